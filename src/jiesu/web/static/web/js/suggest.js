// A box that answers while one types: up and down choose, Enter goes there, Escape leaves the words as they are.
// The words travel in the body of a request, never in an address.
import { parsed, part } from "./page.js";

const WAIT = 180;
let count = 0;

function dress(input) {
  if (input.dataset.dressed) return;
  input.dataset.dressed = "1";
  const box = document.createElement("div");
  box.className = "suggestions";
  box.id = `suggestions-${count += 1}`;
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", "搜索结果");
  box.hidden = true;
  input.after(box);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", box.id);
  input.setAttribute("aria-autocomplete", "list");
  let timer = 0, asked = 0;

  const options = () => Array.from(box.querySelectorAll("[role=option]"));
  const chosen = () => box.querySelector("[aria-selected=true]");
  function open(on) { box.hidden = !on; input.setAttribute("aria-expanded", String(on)); if (!on) input.removeAttribute("aria-activedescendant"); }
  function choose(by) {
    const all = options();
    if (!all.length) return;
    const at = all.indexOf(chosen());
    all[at]?.setAttribute("aria-selected", "false");
    const next = all[(at + by + all.length + (at < 0 && by < 0 ? 1 : 0)) % all.length];
    next.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  }
  async function ask() {
    const words = input.value.trim();
    if (words.length < 2) { open(false); return; }
    const turn = asked += 1;
    const body = new FormData();
    body.set(input.name, words);
    const answer = await part(input.dataset.suggest, "suggest", { method: "POST", body }).catch(() => null);
    if (!answer?.ok || turn !== asked || document.activeElement !== input) return;
    box.replaceChildren(parsed(await answer.text()));
    options().forEach((el, at) => { el.id = `${box.id}-${at}`; el.setAttribute("aria-selected", "false"); });
    open(box.childElementCount > 0);
  }
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); if (box.hidden) ask(); else choose(event.key === "ArrowDown" ? 1 : -1); }
    else if (event.key === "Enter" && chosen() && !box.hidden) { event.preventDefault(); chosen().click(); }
    else if (event.key === "Escape" && !box.hidden) { event.preventDefault(); event.stopPropagation(); open(false); }
  });
  box.addEventListener("mousedown", (event) => event.preventDefault());
  box.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    if (option.dataset.value !== undefined) {
      input.value = option.dataset.value;
      input.dispatchEvent(new CustomEvent("jiesu:chosen", { bubbles: true, detail: { ...option.dataset } }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
      open(false);
    }
  });
  input.addEventListener("blur", () => { clearTimeout(timer); asked += 1; open(false); });
}
const look = (root) => root.querySelectorAll?.("input[data-suggest]").forEach(dress);
look(document);
document.addEventListener("jiesu:shown", (event) => look(event.detail.inside));
document.addEventListener("htmx:afterSwap", (event) => look(event.target));
