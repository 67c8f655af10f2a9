// The words of a bulletin: figures stand in them as chips that are put in and taken out whole; three papers at one press.
import { say } from "./page.js";

const form = document.querySelector("[data-edition]");
const known = Array.from(form?.querySelectorAll("[data-known] button") || []);
const values = new Map(known.map((el) => [el.dataset.name, el.dataset.value]));
const PLACE = /\{([^{}\n]{1,40})\}/g;
let last = null;

function chip(name) {
  const el = document.createElement("span");
  el.contentEditable = "false";
  el.dataset.name = name;
  el.title = name;
  el.textContent = values.has(name) ? values.get(name) || "（无）" : name;
  if (!values.has(name)) el.className = "lost";
  return el;
}

// What stands in the box, as it is kept: a chip is its name in braces.
function written(box) {
  const read = (node) => {
    if (node.nodeType === 3) return node.data;
    if (node.dataset?.name) return `{${node.dataset.name}}`;
    const inside = Array.from(node.childNodes, read).join("");
    if (node.nodeName === "BR") return "\n";
    return node.nodeName === "DIV" || node.nodeName === "P" ? `\n${inside}` : inside;
  };
  return Array.from(box.childNodes, read).join("").replace(/\u200b/g, "").replace(/^\n/, "").replace(/\n+$/, "");
}

function draw(area) {
  const box = area.chips;
  const parts = [];
  let at = 0;
  for (const found of area.value.matchAll(PLACE)) {
    parts.push(document.createTextNode(area.value.slice(at, found.index)), chip(found[1]));
    at = found.index + found[0].length;
  }
  parts.push(document.createTextNode(area.value.slice(at)));
  box.replaceChildren(...parts);
}

function keep(area) {
  area.value = written(area.chips);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function dress(area) {
  const box = document.createElement("div");
  box.className = "chips";
  box.contentEditable = "true";
  box.setAttribute("role", "textbox");
  box.setAttribute("aria-multiline", "true");
  box.setAttribute("aria-labelledby", `label-${area.name}`);
  ["aria-invalid", "aria-describedby"].forEach((name) => { if (area.hasAttribute(name)) box.setAttribute(name, area.getAttribute(name)); });
  if (area.dataset.key) { box.dataset.key = area.dataset.key; box.setAttribute("aria-label", "改第一段"); delete area.dataset.key; }
  area.hidden = true;
  area.chips = box;
  box.area = area;
  area.after(box);
  // A key that goes here clicks, and a click by a script gives no focus.
  box.addEventListener("click", () => { if (document.activeElement !== box) box.focus(); });
  document.getElementById(`label-${area.name}`)?.addEventListener("click", (event) => { event.preventDefault(); box.focus(); });
  draw(area);
}

const areas = Array.from(form?.querySelectorAll("textarea[data-chips]") || []);
areas.forEach(dress);
form?.addEventListener("jiesu:restored", () => areas.forEach(draw));

// Words come as words, whatever they were copied from.
form?.addEventListener("paste", (event) => {
  const box = event.target.closest?.(".chips");
  if (!box) return;
  event.preventDefault();
  document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
});
form?.addEventListener("beforeinput", (event) => {
  const box = event.target.closest?.(".chips");
  if (!box) return;
  if (event.inputType.startsWith("format")) { event.preventDefault(); return; }
  if (event.inputType === "insertParagraph") { event.preventDefault(); document.execCommand("insertLineBreak"); return; }
  if (event.data !== "{" && event.data !== "｛") return;
  event.preventDefault();
  remember(box);
  find.value = "";
  narrow();
  find.focus();
});
form?.addEventListener("input", (event) => { const box = event.target.closest?.(".chips"); if (box) keep(box.area); });
form?.addEventListener("keydown", (event) => {
  const box = event.target.closest?.(".chips");
  if (box && event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
});

const find = form?.querySelector("[data-find]");

function remember(box) {
  const chosen = getSelection();
  last = { box, range: chosen.rangeCount && box.contains(chosen.anchorNode) ? chosen.getRangeAt(0).cloneRange() : null };
}
form?.addEventListener("focusout", (event) => { const box = event.target.closest?.(".chips"); if (box) remember(box); });

function narrow() {
  const asked = find.value.trim();
  known.forEach((el) => { el.parentElement.hidden = Boolean(asked) && !el.dataset.name.includes(asked) && !el.dataset.value.includes(asked); });
}

function insert(name) {
  const box = last?.box || areas[0].chips;
  box.focus();
  const chosen = getSelection();
  const range = last?.range || document.createRange();
  if (!last?.range) { range.selectNodeContents(box); range.collapse(false); }
  range.deleteContents();
  const el = chip(name);
  range.insertNode(el);
  range.setStartAfter(el);
  range.collapse(true);
  chosen.removeAllRanges();
  chosen.addRange(range);
  remember(box);
  keep(box.area);
}

find?.addEventListener("input", narrow);
find?.addEventListener("keydown", (event) => {
  const shown = known.filter((el) => !el.parentElement.hidden);
  if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); last?.box.focus(); return; }
  if (event.key !== "Enter") return;
  event.preventDefault();
  const exact = shown.find((el) => el.dataset.name === find.value.trim()) || shown[0];
  if (exact) insert(exact.dataset.name);
});
form?.querySelector("[data-known]").addEventListener("click", (event) => { const el = event.target.closest("button"); if (el) insert(el.dataset.name); });
const wrong = form?.querySelector(".field.wrong .chips");
if (wrong) wrong.focus();

// Three papers one after another, each told of while it is made.
const papers = document.querySelector("[data-papers]");
const get = papers?.querySelector("[data-get]");
if (get) get.hidden = false;

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

const named = (answer) => decodeURIComponent((answer.headers.get("Content-Disposition") || "").split("''")[1] || "通报");

get?.addEventListener("click", async () => {
  const links = Array.from(papers.querySelectorAll(".each a"));
  const going = papers.querySelector("[data-going]");
  get.disabled = true;
  let done = 0;
  for (const link of links) {
    going.textContent = `正在生成 ${link.textContent}，第 ${done + 1} 份，共 ${links.length} 份`;
    const answer = await fetch(link.href, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) { going.textContent = `${link.textContent} 没有生成，请再按一次`; break; }
    save(await answer.blob(), named(answer));
    done += 1;
  }
  get.disabled = false;
  if (done === links.length) { going.textContent = `${done} 份都已下载`; say(going.textContent); }
});

const asked = new URL(location.href);
if (asked.searchParams.has("done")) { asked.searchParams.delete("done"); history.replaceState(null, "", asked); }
