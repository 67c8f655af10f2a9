// Menus close when one looks elsewhere; dialogs open by their button; colours are chosen; tabs; quiet forms.
import { FRAME, parsed, part, renew } from "./page.js";

document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((el) => { if (!el.contains(event.target)) el.open = false; });
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  const closer = event.target.closest("[data-close]");
  if (closer) closer.closest("dialog")?.close();
  const menu = event.target.closest("[data-menu]");
  if (menu) { event.preventDefault(); document.getElementById("side").classList.toggle("shown"); }
  const tab = event.target.closest("[role=tab]");
  if (tab) show(tab);
});

const root = document.documentElement;
document.querySelectorAll("[data-theme-choice] input").forEach((el) => {
  el.checked = el.value === (localStorage.getItem("theme") || "");
  el.addEventListener("change", () => {
    if (el.value) { root.dataset.theme = el.value; localStorage.setItem("theme", el.value); }
    else { delete root.dataset.theme; localStorage.removeItem("theme"); }
  });
});

function show(tab) {
  const list = tab.closest("[role=tablist]");
  list.querySelectorAll("[role=tab]").forEach((one) => {
    const on = one === tab;
    one.setAttribute("aria-selected", String(on));
    one.tabIndex = on ? 0 : -1;
    const panel = document.getElementById(one.getAttribute("aria-controls"));
    if (panel) panel.hidden = !on;
  });
  tab.focus();
}
document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[role=tab]");
  if (!tab || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  const all = Array.from(tab.closest("[role=tablist]").querySelectorAll("[role=tab]"));
  show(all[(all.indexOf(tab) + (event.key === "ArrowRight" ? 1 : all.length - 1)) % all.length]);
});

// A form whose answer only renews the frame: the page stays where it is.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!("quiet" in form.dataset)) return;
  event.preventDefault();
  const answer = await part(form.action, "main", { method: "POST", body: new FormData(form) }).catch(() => null);
  if (answer?.ok) renew(parsed(await answer.text()), FRAME);
});
