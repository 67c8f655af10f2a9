// Desks that decide order by order: a row is opened beside the list, decided with the keys, and the next one follows.
// What is lawful is the server's to say; here hands are only kept on the keys. Works without: links and forms.
import { parsed, part, say, typing } from "./page.js";
import { turnAll } from "./clocks.js";
import { dress as dressUnits, find } from "./units.js";

const board = document.querySelector("[data-board]");
const panes = document.getElementById("panes");
const sent = document.getElementById("sent");
const base = board?.dataset.board;
const narrow = matchMedia("(max-width: 760px)");
const ahead = new Map();
let shown = Number(panes?.querySelector("[data-decides]")?.dataset.decides || 0), turn = 0, busy = false, focusing = 0, walked = 0;

const rows = () => Array.from(board.querySelectorAll("#rows li[data-number]"));
const waiting = () => rows().filter((row) => !row.classList.contains("gone"));
const rowOf = (number) => board.querySelector(`#rows li[data-number="${number}"]`);
const lead = () => document.getElementById("lead");

// -- an order beside the list

function fetched(number) {
  if (!ahead.has(number)) {
    const asked = part(`${base}/${number}?back=${encodeURIComponent(board.dataset.back)}`, "order").then((answer) => answer.text());
    asked.catch(() => ahead.delete(number));
    ahead.set(number, asked);
  }
  return ahead.get(number);
}

function nextOf(row, by = 1) {
  const all = rows(), left = waiting().filter((one) => one !== row);
  const beyond = left.filter((one) => by > 0 ? all.indexOf(one) > all.indexOf(row) : all.indexOf(one) < all.indexOf(row));
  return by > 0 ? beyond[0] || left[0] : beyond.at(-1);
}

async function open(row, { focus = true } = {}) {
  const number = Number(row.dataset.number), mine = turn += 1;
  rows().forEach((one) => one.classList.toggle("shown", one === row));
  row.scrollIntoView({ block: "nearest" });
  let html;
  try { html = await fetched(number); } catch { say("没有取到这张工单，请检查网络后再试。"); return; }
  ahead.delete(number);
  if (mine !== turn) return;
  put(parsed(html), number);
  if (focus) aim();
  const after = nextOf(row);
  if (after) fetched(Number(after.dataset.number));
}

function put(content, number) {
  panes.replaceChildren(content);
  shown = number;
  board.classList.add("has-order");
  history.replaceState(null, "", `${base}?${board.dataset.back}&order=${number}`);
  scrollTo({ top: 0 });
  settle(panes);
}

function settle(root) {
  dress(root);
  window.htmx?.process(root);
  turnAll();
  document.dispatchEvent(new CustomEvent("jiesu:shown", { detail: { inside: root } }));
}

// The hands' next place: what is wrong, else the unit; where something is asked, the letters of its answers.
function aim() {
  const wrong = panes.querySelector("[aria-invalid], .pane-decide details[open] .problem");
  if (wrong) { (wrong.matches("input, select, textarea") ? wrong : wrong.closest("form")?.querySelector("input:not([type=hidden]), textarea, select"))?.focus(); return; }
  if (narrow.matches) { panes.querySelector("h1")?.scrollIntoView({ block: "nearest" }); return; }
  if (panes.querySelector(".asked-one")) { document.activeElement?.blur(); return; }
  const input = panes.querySelector("[data-missing]") || lead();
  if (input) { input.focus({ preventScroll: true }); input.select(); } else document.activeElement?.blur();
}

// -- the form that sends it

function dress(root) {
  root.querySelectorAll("input[data-units], .pane-decide input[list=list-unit]").forEach((input) => {
    const form = input.form, excluded = (form?.dataset.excluded || "").split(" ");
    dressUnits(input, (unit) => taken(input, unit), (unit) => excluded.includes(unit.code) ? "已退单获准" : "");
  });
  const form = root.querySelector("[data-send]");
  if (form) { told(form); hint(form); }
}

function hint(form) {
  if (form.querySelector(".keys-hint")) return;
  const line = document.createElement("p");
  line.className = "keys-hint";
  line.textContent = "打两个字母换单位，Tab 选定，Enter 派出。按 Esc 离开输入框后：j k 换工单，x 标记，字母办别的。";
  form.append(line);
}

function taken(input, unit) {
  const form = input.form;
  if ("add" in input.dataset) { chip(form, unit); input.value = ""; return; }
  if (input.id !== "lead") return;
  told(form);
  const basis = form.querySelector("[data-basis]");
  if (basis.hidden) { input.focus(); return; }
  basis.querySelector("input").focus();
}

function chip(form, unit) {
  const place = form.querySelector("[data-chips]");
  const held = place.querySelector(`input[value="${CSS.escape(unit.code)}"]`);
  if (held) { held.checked = true; return; }
  const label = document.createElement("label"), box = document.createElement("input");
  Object.assign(box, { type: "checkbox", name: "assist", value: unit.code, checked: true });
  label.append(box, ` ${unit.name}`);
  place.append(label);
}

// Whom the button names; the basis is asked for when it is not whom the catalog names.
function told(form) {
  const input = form.querySelector("#lead");
  form.querySelector("[data-to]").textContent = input.value || "……";
  form.querySelectorAll("[data-chips] label").forEach((label) => { if (label.textContent.trim() === input.value) label.querySelector("input").checked = false; });
  const basis = form.querySelector("[data-basis]");
  basis.hidden = (!input.dataset.named || input.value === input.dataset.named) && !basis.querySelector("[aria-invalid]");
}

panes?.addEventListener("click", (event) => {
  const picked = event.target.closest("[data-pick]"), words = event.target.closest("[data-words]"), cue = event.target.closest("[data-cue]");
  if (cue) { const input = document.getElementById("class-matter"); input.value = cue.dataset.cue; input.dispatchEvent(new Event("change", { bubbles: true })); }
  if (picked) { lead().value = picked.dataset.pick; taken(lead(), { name: picked.dataset.pick }); }
  if (words) { const input = document.getElementById("basis"); input.value = words.dataset.words; input.focus(); }
});

panes?.addEventListener("change", async (event) => {
  const el = event.target;
  if ("reasons" in el.dataset) {
    const words = el.form.querySelector("textarea[name=told]"), said = el.selectedOptions[0]?.dataset.text || "";
    if (words && (!words.value || words.value === el.dataset.filled)) { words.value = said; el.dataset.filled = said; }
  }
  if ("class" in el.dataset) {
    const answer = await part(`${base}/${shown}/suggestion`, "decide", { method: "POST", body: new FormData(el.form) }).catch(() => null);
    if (!answer?.ok) { say("没有找到这个事项，请从列表里选。"); return; }
    document.getElementById("pane-decide").replaceWith(parsed(await answer.text()));
    const id = el.id, fresh = document.getElementById("pane-decide");
    settle(fresh);
    fresh.querySelector(".classes").open = true;
    (id === "class-matter" ? lead() : document.getElementById(id))?.focus();
  }
});
document.addEventListener("jiesu:restored", (event) => { if (event.target.matches?.("[data-send]")) told(event.target); });

// -- what comes of it

board?.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.action.includes(`${base}/`) || form.method !== "post") return;
  event.preventDefault();
  if (form.id === "marks") { document.querySelector("[data-many-open]").click(); return; }
  decide(form, event.submitter);
});

async function decide(form, button) {
  if (busy) return;
  const input = form.matches("[data-send]") ? form.querySelector("#lead") : null;
  const meant = input && find(input.value)[0];
  if (meant && meant.name !== input.value) { input.value = meant.name; taken(input, meant); return; }
  busy = true;
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await part(form.action, "done", { method: "POST", body: new FormData(form, button) });
    settled(parsed(await answer.text()), answer.ok, form);
  } catch { say("没有发出去，请检查网络后再试；您写的内容还在。"); }
  finally { busy = false; form.removeAttribute("aria-busy"); }
}

function settled(content, good, form) {
  const line = content.querySelector("[data-sent]");
  if (good && line) { form.closest("[data-sent]")?.remove(); done(line); return; }
  if (content.querySelector("#pane-decide")) { put(content, shown); aim(); return; }
  say(content.textContent.trim().slice(0, 120) || "没有办成，请稍后再试。");
}

function done(line) {
  const number = Number(line.dataset.sent), row = rowOf(number);
  log(line);
  ahead.delete(number);
  if (!document.body.dataset.live) document.dispatchEvent(new CustomEvent("jiesu:moved", { detail: { number } }));
  if (line.dataset.move === "recall") return;
  if ("goesOn" in line.dataset && row) { open(row); return; }
  if (row) gone(row, "已办");
  if (number === shown) forward(row);
}

function log(line) {
  board.querySelector("[data-sent-title]").hidden = false;
  sent.prepend(line);
  while (sent.children.length > 6) sent.lastElementChild.remove();
  document.dispatchEvent(new CustomEvent("jiesu:shown", { detail: { inside: sent } }));
}

function gone(row, words) {
  row.classList.add("gone");
  row.classList.remove("shown");
  row.setAttribute("aria-disabled", "true");
  row.querySelector("[data-state]").textContent = words;
  if (kept.delete(row.dataset.number)) remark();
  const held = document.getElementById("count");
  if (held) held.textContent = `${waiting().length} 件`;
}

// The numbers on the tabs are the frame's: when it is renewed, so are they.
const side = document.getElementById("side");
if (side && board) new MutationObserver(() => {
  board.querySelectorAll(".tabs [data-queue]").forEach((tab) => {
    const fresh = side.querySelector(`a.list-of[href="/work/${tab.dataset.queue}"] b`)?.textContent || "";
    tab.querySelector("b").textContent = fresh === "0" ? "" : fresh;
  });
}).observe(side, { childList: true });

async function forward(row) {
  const after = row ? nextOf(row) : waiting()[0];
  if (after) { open(after); return; }
  turn += 1;
  const answer = await part(board.querySelector("[data-rows-from]").dataset.rowsFrom).catch(() => null);
  const fresh = answer?.ok ? parsed(await answer.text()) : null;
  const list = fresh?.querySelector("[data-rows-from]");
  if (list) board.querySelector("[data-rows-from]").replaceWith(list);
  if (waiting().length) { open(waiting()[0]); return; }
  shown = 0;
  board.classList.remove("has-order");
  const words = fresh?.querySelector("[data-first]");
  panes.replaceChildren(...(words ? [words] : []));
  history.replaceState(null, "", `${base}?${board.dataset.back}`);
  document.dispatchEvent(new CustomEvent("jiesu:shown", { detail: { inside: panes } }));
}

// -- several at once

const kept = new Set();
const marks = () => rows().filter((row) => kept.has(row.dataset.number) && !row.classList.contains("gone"));

// Rows are drawn anew by what others do; what was marked stays marked.
function remark() {
  rows().forEach((row) => { const box = row.querySelector("[name=marked]"); if (box) box.checked = kept.has(row.dataset.number); });
  count();
}
const list = document.getElementById("marks");
if (list) new MutationObserver(remark).observe(list, { childList: true });

function count() {
  const bar = board.querySelector("[data-marked]"), held = marks();
  if (!bar) return;
  const units = new Map();
  held.forEach((row) => units.set(row.dataset.unitName || "待选", (units.get(row.dataset.unitName || "待选") || 0) + 1));
  const one = units.size === 1 && Boolean(held[0]?.dataset.unit);
  bar.hidden = !held.length;
  bar.querySelector("[data-marked-said]").textContent = one ? `已标 ${held.length} 件，都建议派给${held[0].dataset.unitName}`
    : `已标 ${held.length} 件：${Array.from(units, ([name, number]) => `${name} ${number}`).join("、")}。同一单位的才能一起派`;
  bar.querySelector("[data-many-open]").disabled = !one;
  board.querySelector("[data-marked-lead]").value = one ? held[0].dataset.unit : "";
}

function mark(row) {
  if (!row?.querySelector("[name=marked]") || row.classList.contains("gone")) return;
  if (!kept.delete(row.dataset.number)) kept.add(row.dataset.number);
  remark();
}

board?.addEventListener("change", (event) => {
  if (event.target.name !== "marked") return;
  const number = event.target.closest("[data-number]").dataset.number;
  if (event.target.checked) kept.add(number); else kept.delete(number);
  count();
});
board?.addEventListener("click", (event) => {
  if (event.target.closest("[data-unmark]")) { kept.clear(); remark(); }
  if (event.target.closest("[data-many-open]")) look();
});

function look() {
  const dialog = document.getElementById("many"), held = marks();
  if (!held.length) return;
  dialog.querySelector("[data-many-list]").replaceChildren(...held.map((row) => {
    const line = document.createElement("li"), at = document.createElement("small");
    line.textContent = row.querySelector(".title").textContent;
    at.textContent = row.querySelector(".at").textContent;
    line.append(at);
    return line;
  }));
  dialog.querySelector("h2").textContent = `一起派给${held[0].dataset.unitName}`;
  const go = dialog.querySelector("[data-many-go]");
  go.textContent = `派出 ${held.length} 件`;
  dialog.showModal();
  go.focus();
}

document.querySelector("[data-many-go]")?.addEventListener("click", async () => {
  if (busy) return;
  busy = true;
  const form = document.getElementById("marks"), dialog = document.getElementById("many");
  const answer = await part(form.action, "report", { method: "POST", body: new FormData(form) }).catch(() => null);
  busy = false;
  dialog.close();
  if (!answer) { say("没有发出去，请检查网络后再试。"); return; }
  const content = parsed(await answer.text());
  const stayed = content.querySelector(".stayed"), title = content.querySelector("h2, .problem");
  content.querySelectorAll("[data-sent]").forEach((line) => { const row = rowOf(line.dataset.sent); if (row) gone(row, "已派"); log(line); });
  const left = Array.from(content.querySelectorAll("[data-stayed]"), (line) => why(rowOf(line.dataset.stayed), line.textContent.replace(/^\s*\d+\s*/, "")));
  const report = document.createElement("li");
  report.textContent = title?.textContent || "";
  if (stayed) report.append(stayed);
  log(report);
  remark();
  [shown, ...left].forEach((number) => document.dispatchEvent(new CustomEvent("jiesu:moved", { detail: { number } })));
  const row = rowOf(shown);
  if (!row || row.classList.contains("gone")) forward(row); else if (left.includes(shown)) open(row, { focus: false });
});

// It may have changed since the list was drawn: it is asked for anew, and no longer marked.
function why(row, words) {
  if (!row) return 0;
  const number = Number(row.dataset.number);
  ahead.delete(number);
  kept.delete(row.dataset.number);
  row.querySelector(".stays")?.remove();
  const line = document.createElement("span");
  line.className = "stays";
  line.textContent = words;
  row.append(line);
  return number;
}

// -- hands on the list and on the keys

board?.addEventListener("click", (event) => {
  const row = event.target.closest("#rows li[data-number]");
  if (!row || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (event.target.closest(".mark")) return;
  event.preventDefault();
  if (!row.classList.contains("gone")) open(row);
});
// j and k walk the list: each order is shown as it is passed, the hands stay on the list.
board?.addEventListener("focusin", (event) => {
  const row = event.target.matches("#rows li[data-number]") ? event.target : null;
  clearTimeout(focusing);
  if (event.timeStamp - walked > 300) return;
  if (row) rows().forEach((one) => one.classList.toggle("shown", one === row));
  if (row && Number(row.dataset.number) !== shown && !row.classList.contains("gone")) focusing = setTimeout(() => open(row, { focus: false }), 120);
});

document.addEventListener("keydown", (event) => {
  if (!board || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  const el = document.activeElement;
  if (/^(j|k|ArrowUp|ArrowDown)$/.test(event.key)) walked = event.timeStamp;
  // A key held down must not send one order after another unseen.
  if (event.key === "Enter" && event.repeat && el?.tagName !== "TEXTAREA") { event.preventDefault(); event.stopPropagation(); return; }
  if (el?.id === "basis" && !el.value && /^[1-9]$/.test(event.key)) { choose(event, Number(event.key)); return; }
  if (el?.id === "lead" && el.getAttribute("aria-expanded") !== "true" && /^Arrow(Up|Down)$/.test(event.key)) { walk(event); return; }
  if (typing(el) || document.querySelector("#drawer:not([hidden])")) return;
  const row = el?.closest?.("#rows li[data-number]");
  if (event.key === "x") { event.preventDefault(); event.stopPropagation(); mark(row || rowOf(shown)); }
  else if (event.key === "Enter" && (el === row || el === document.body) && (row || shown)) { event.preventDefault(); event.stopPropagation(); enter(row); }
}, true);

function enter(row) {
  if (row && Number(row.dataset.number) !== shown) { if (!row.classList.contains("gone")) open(row); } else lead()?.focus();
}

function choose(event, at) {
  const button = panes.querySelectorAll("[data-bases] button")[at - 1];
  if (!button) return;
  event.preventDefault();
  button.click();
}

function walk(event) {
  const row = nextOf(rowOf(shown), event.key === "ArrowDown" ? 1 : -1);
  event.preventDefault();
  if (row) open(row);
}

// -- what others do meanwhile

document.addEventListener("jiesu:told", ({ detail: { number, seq } }) => {
  ahead.delete(number);
  const at = document.getElementById("pane-decide");
  if (!at || number !== shown || busy || seq <= Number(at.dataset.at)) return;
  const note = at.querySelector("[data-moved]");
  note.textContent = "这张工单刚有变动，左边已是最新；您写的内容没有动。";
  note.hidden = false;
});
document.addEventListener("jiesu:renewed", remark);

if (board) {
  dress(document);
  const first = rowOf(shown);
  if (first) { first.classList.add("shown"); aim(); const after = nextOf(first); if (after) fetched(Number(after.dataset.number)); }
  else if (!shown && !narrow.matches && waiting().length) open(waiting()[0]);
  else if (shown) aim();
}
