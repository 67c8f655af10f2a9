// Hands stay on the keys: rows, forms of moves, desks; `?` lists what this page knows.
import { typing } from "./page.js";
import { closeDrawer, drawerOpen, openInDrawer } from "./drawer.js";

const rows = () => Array.from(document.querySelectorAll("main [data-number], main [data-row]")).filter((el) => el.checkVisibility());
const row = (el) => el?.closest?.("[data-number], [data-row]");
let going = false;

function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((el) => el === row(document.activeElement) || el.classList.contains("shown"));
  const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  if (drawerOpen()) openInDrawer(next);
}

export function openMove(holder) {
  for (let at = holder; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  const wrong = holder.querySelector("[aria-invalid]");
  const fields = Array.from(holder.querySelectorAll("form input:not([type=hidden]), form select, form textarea"));
  (wrong || fields.find((el) => !el.value) || holder.querySelector("form button"))?.focus();
}

function scope() {
  const dialog = document.querySelector("dialog[open]");
  if (dialog) return dialog;
  return drawerOpen() ? document.getElementById("drawer") : document;
}

function press(key) {
  const named = Array.from(scope().querySelectorAll(`[data-key="${CSS.escape(key)}"]`));
  const el = named.find((one) => !one.disabled && (one.checkVisibility() || one.closest("details.rest")));
  if (!el) return false;
  if (el.tagName === "DETAILS" || el.classList.contains("move")) openMove(el);
  else if (/^(INPUT|SELECT|TEXTAREA)$/.test(el.tagName) && !/^(checkbox|radio)$/.test(el.type)) el.focus();
  else el.click();
  return true;
}

function escape(el) {
  const menu = document.querySelector("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); return; }
  if (typing(el)) { el.blur(); return; }
  const inside = scope().querySelector(".moves details.move[open]");
  if (inside) { inside.open = false; inside.querySelector("summary").focus(); return; }
  if (drawerOpen()) closeDrawer();
}

function known() {
  const list = document.querySelector("[data-keys]");
  if (!list) return;
  list.querySelectorAll("[data-of-page]").forEach((el) => el.remove());
  document.querySelectorAll("main [data-key], .drawer [data-key]").forEach((el) => {
    if (!el.checkVisibility()) return;
    const label = (el.labels?.[0] || el.querySelector("legend, summary, button") || el).cloneNode(true);
    label.querySelectorAll("kbd, small, i, .sr").forEach((one) => one.remove());
    const whole = label.textContent.trim();
    label.querySelectorAll("b").forEach((count) => count.remove());  // how many there are is not what the key does
    add(list, el.dataset.key, el.getAttribute("aria-label") || label.textContent.trim() || whole);
  });
  // Keys that work inside fields, which a page tells of itself.
  document.querySelectorAll("main [data-says]").forEach((el) => add(list, el.dataset.says, el.textContent));
}

function add(list, key, says) {
  const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
  dt.textContent = key; dd.textContent = says;
  dt.dataset.ofPage = dd.dataset.ofPage = "";
  list.append(dt, dd);
}

function go(key) {
  going = false;
  const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
  if (link) link.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  const el = document.activeElement;
  if (event.key === "Escape") { if (!document.querySelector("dialog[open]")) escape(el); return; }
  if (typing(el) || document.querySelector("dialog[open]")) return;
  if (going) { event.preventDefault(); go(event.key); return; }
  const at = row(el);
  if (event.key === "/") { event.preventDefault(); document.getElementById("search")?.focus(); }
  else if (event.key === "?") { known(); document.getElementById("keys")?.showModal(); }
  else if (event.key === "g") { going = true; setTimeout(() => { going = false; }, 1500); }
  else if (event.key === "j" || event.key === "ArrowDown" && at) { event.preventDefault(); step(1); }
  else if (event.key === "k" || event.key === "ArrowUp" && at) { event.preventDefault(); step(-1); }
  else if (event.key === "Enter" && at && el === at) { if ("row" in at.dataset) at.querySelector("a")?.click(); else openInDrawer(at); }
  else if (event.key === "o" && drawerOpen()) document.querySelector("[data-drawer-full]").click();
  else if (event.key === "o" && at) at.querySelector("a")?.click();
  else if (press(event.key)) event.preventDefault();
});

// A form that the address asks for, or that came back with a fault, stands open.
const wanted = location.hash.startsWith("#move-") ? document.getElementById(location.hash.slice(1)) : null;
const unfinished = wanted || document.querySelector(".moves .move[open]");
if (unfinished) openMove(unfinished);
