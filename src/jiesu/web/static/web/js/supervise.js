// Ticking rows of the supervisor's desk: x on the row, a for all; how many are ticked is always said.
const form = () => document.querySelector("[data-tell]");
const boxes = () => Array.from(form()?.querySelectorAll("tr:not(.gone) [name=marked]") || []);
const typing = () => document.activeElement?.matches("input:not([type=checkbox]), textarea, select");

function said() {
  const ticked = boxes().filter((one) => one.checked).length, out = form()?.querySelector("[data-ticked]"), all = form()?.querySelector("[data-all]");
  if (!out) return;
  out.textContent = ticked ? `已勾 ${ticked} 件` : "没有勾选";
  all.checked = ticked > 0 && ticked === boxes().length;
  all.indeterminate = ticked > 0 && !all.checked;
}

function every(on) { boxes().forEach((one) => { one.checked = on; }); said(); }

document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-all]")) every(event.target.checked);
  else if (event.target.matches?.("[name=marked]")) said();
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing() || !form()) return;
  if (event.key === "x") {
    const box = document.activeElement?.closest?.("tr[data-number]")?.querySelector("[name=marked]");
    if (box) { box.checked = !box.checked; said(); event.preventDefault(); }
  } else if (event.key === "a" && form().querySelector("[data-all]")) {
    every(boxes().some((one) => !one.checked));
    event.preventDefault();
  }
});
// A renewed row keeps its tick.
const ticks = new Set();
document.addEventListener("change", () => { ticks.clear(); boxes().filter((one) => one.checked).forEach((one) => ticks.add(one.value)); });
document.addEventListener("jiesu:renewed", (event) => {
  const box = event.detail.row.querySelector("[name=marked]");
  if (box && ticks.has(box.value)) box.checked = true;
  said();
});
said();
