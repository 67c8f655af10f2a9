// The detail of a row beside its list: the list keeps its place, forms inside it are sent and answered there.
import { parsed, part, say } from "./page.js";

const drawer = document.getElementById("drawer");
const inside = document.getElementById("drawer-body");
let from = null;

export const drawerOpen = () => Boolean(drawer && !drawer.hidden);
export const drawerOrder = () => drawerOpen() ? inside.querySelector("[data-order]") : null;

const linkOf = (row) => row.dataset.detail || row.querySelector("a[href]")?.getAttribute("href");

export async function openInDrawer(row) {
  const address = linkOf(row);
  // An order page has no list beside which to stand: there a link goes where it leads.
  if (!drawer || !address || document.querySelector("main [data-order]")) { if (address) location.href = address; return; }
  from?.classList.remove("shown");
  from = row;
  row.classList.add("shown");
  drawer.hidden = false;
  drawer.querySelector("[data-drawer-full]").href = address;
  const waits = setTimeout(() => inside.replaceChildren(parsed('<span class="skeleton"></span>'.repeat(6))), 300);
  try {
    const answer = await part(address);
    if (from !== row) return;
    show(await answer.text());
  } catch { say("没有打开，请检查网络后再试。"); closeDrawer(); }
  finally { clearTimeout(waits); }
}

function show(html) {
  inside.replaceChildren(parsed(html));
  inside.scrollTop = 0;
  window.htmx?.process(inside);
  told();
}

function told() { document.dispatchEvent(new CustomEvent("jiesu:shown", { detail: { inside } })); }

export function closeDrawer() {
  if (!drawerOpen()) return;
  drawer.hidden = true;
  inside.replaceChildren();
  // The list may have been drawn anew meanwhile: the row is found by its number.
  const row = from?.isConnected ? from : document.querySelector(`main [data-number="${from?.dataset.number}"]`);
  from = null;
  document.querySelectorAll("main .shown").forEach((el) => el.classList.remove("shown"));
  row?.focus();
  told();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-drawer-close]")) { closeDrawer(); return; }
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button || event.defaultPrevented) return;
  const link = event.target.closest("main a[href]");
  if (event.target.closest("button, input, label, select, textarea, summary") || (link && "full" in link.dataset)) return;
  const row = event.target.closest("main [data-number]");
  if (row && !row.classList.contains("gone") && (!link || link.getAttribute("href") === linkOf(row))) {
    if (!link && getSelection().toString()) return;
    event.preventDefault();
    openInDrawer(row);
  } else if (link && "drawer" in link.dataset) {
    event.preventDefault();
    const holder = link.closest("li, tr, div");
    holder.dataset.detail = link.getAttribute("href");
    openInDrawer(holder);
  }
});

// A form inside the drawer was answered there: the row in the list is renewed too.
inside?.addEventListener("htmx:afterSwap", () => {
  inside.scrollTop = 0;
  told();
  const order = inside.querySelector("[data-order]");
  if (order) document.dispatchEvent(new CustomEvent("jiesu:moved", { detail: { number: Number(order.dataset.order) } }));
});
