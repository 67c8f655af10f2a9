// The intake desk while somebody talks: the caller by his number, suggestions beside the fields that Tab accepts,
// orders like this one and knowledge at the right, the map, an answer from an article. Nothing is filled in unasked.
import { now, parsed, part, say, typing } from "./page.js";

const form = document.getElementById("register-form");
const field = (id) => document.getElementById(id);
const [phone, text, place, matter, region] = ["phone", "text", "place", "matter", "region"].map(field);
const picks = Array.from(document.querySelectorAll("[data-pick]"));
const WAIT = 500;
const touched = matchMedia("(pointer: coarse)").matches;
let hints = {}, timer = 0, turn = 0, lookedUp = "", dismissed = new Set();

// -- the caller

async function caller(then) {
  const number = phone.value.replace(/\D/g, "");
  if (number.length < 7 || number === lookedUp) { if (then) leavePhone(); return; }
  lookedUp = number;
  const answer = await part(phone.dataset.caller, "caller", { method: "POST", body: new FormData(form) }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = parsed(await answer.text());
  field("caller").replaceWith(fresh);
  shown();
  if (then) leavePhone();
}

function shown() {
  const region = field("caller");
  globalThis.htmx?.process(region);
  document.dispatchEvent(new CustomEvent("jiesu:shown", { detail: { inside: region } }));
  const people = Array.from(region.querySelectorAll("[data-person]"));
  if (people.length === 1 && !field("name").value && !field("company").value) takePerson(people[0]);
}

// An open order is asked about first; without one the story begins.
function leavePhone() {
  if (document.activeElement !== phone && document.activeElement !== document.body) return;
  (document.querySelector(".open-orders [data-number]") || text).focus();
}

function takePerson(el) {
  if ("guarded" in el.dataset) { field("name").focus(); return; }
  const given = { name: el.dataset.name, address: el.dataset.address, company: el.dataset.company, credit_code: el.dataset.credit };
  Object.entries(given).forEach(([id, value]) => { if (value) field(id).value = value; });
  document.querySelectorAll("[data-person]").forEach((one) => one.setAttribute("aria-pressed", String(one === el)));
  changed(field("name"));
}

phone.addEventListener("input", () => { if (/^1\d{10}$/.test(phone.value.replace(/[\s-]/g, ""))) caller(true); });
phone.addEventListener("change", () => caller(false));

// -- suggestions: a ghost in the empty field, chips beneath; Tab accepts, down looks at the next, Escape wants none

const choices = (name) => (dismissed.has(name) ? [] : hints[name] || []);
const chosen = (name) => (field(name) ? field(name).value : form.elements[name]?.value) || "";
const usual = (name) => name === "urgency" && chosen(name) === "normal";

function drawHints() {
  ["place", "matter"].forEach((name) => {
    const input = field(name), at = Number(input.dataset.at || 0), list = choices(name);
    const ghost = !input.value && list[at % list.length];
    input.placeholder = ghost ? ghost.label + (touched ? "" : "　Tab 接受") : input.dataset.plain;
    input.classList.toggle("ghost", Boolean(ghost));
    const chips = document.querySelector(`[data-chips="${name}"]`);
    chips.replaceChildren(...(input.value ? [] : list).map((one, index) => chip(name, one, index === at % list.length)));
  });
  picks.forEach((group) => {
    const name = group.dataset.pick, ghost = (!chosen(name) || usual(name)) && choices(name)[0];
    group.querySelectorAll("label").forEach((label) => {
      const on = Boolean(ghost) && label.querySelector("input").value === ghost.value;
      label.classList.toggle("ghost", on);
      label.title = on ? `建议：${ghost.why}，按 Tab 接受` : "";
    });
  });
}

function chip(name, one, first) {
  const made = document.createElement("button");
  made.type = "button";
  made.tabIndex = -1;
  made.className = "chip";
  made.textContent = one.label;
  const why = document.createElement("small");
  why.textContent = one.why;
  made.append(why);
  if (first && !touched) made.append(Object.assign(document.createElement("kbd"), { textContent: "Tab" }));
  made.addEventListener("click", () => { accept(name, one); field(name).focus(); });
  return made;
}

function accept(name, one) {
  const input = field(name);
  if (input) {
    input.value = one.value;
    input.dispatchEvent(new CustomEvent("jiesu:chosen", { bubbles: true, detail: one }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  } else {
    const radio = form.querySelector(`input[name="${name}"][value="${one.value}"]`);
    radio.checked = true;
    changed(radio);
  }
  drawHints();
}
const changed = (el) => el.dispatchEvent(new Event("change", { bubbles: true }));

function onTab(event) {
  const el = document.activeElement, group = el.closest?.("[data-pick]");
  if (group) {
    const name = group.dataset.pick, ghost = choices(name)[0];
    if (ghost && (!chosen(name) || usual(name))) accept(name, ghost);
    const next = picks[picks.indexOf(group) + 1];
    event.preventDefault();
    (next ? next.querySelector("input:checked") || next.querySelector("input") : field("name")).focus();
    return;
  }
  if (el !== place && el !== matter) return;
  const ghost = choices(el.id)[Number(el.dataset.at || 0) % (choices(el.id).length || 1)];
  // What was taken over brings its region along: the hands go straight on.
  const on = () => { event.preventDefault(); (el === place ? matter : picks[0].querySelector("input:checked") || picks[0].querySelector("input")).focus(); };
  if (!el.value && ghost) { accept(el.id, ghost); on(); return; }
  const box = el.nextElementSibling;
  const option = box?.matches(".suggestions:not([hidden])") && (box.querySelector("[aria-selected=true]") || (spelt(el.value) && box.querySelector("[role=option]")));
  if (option) { option.click(); on(); } else if (spelt(el.value)) { settle(el); on(); } else settle(el);
}

// Letters are a spelling, not a name: what they mean is asked for, also when the hand was faster than the list.
const spelt = (words) => /^[a-z'\s]+[\d\S]*$/i.test(words) && /^[a-z]/i.test(words);
async function settle(input) {
  const words = input.value.trim();
  if (!words || words === input.dataset.settled) return;
  input.dataset.settled = words;
  const body = new FormData();
  body.set(input.name, words);
  body.set("rules", form.elements.rules.value);
  const answer = await part(input.dataset.suggest, "suggest", { method: "POST", body }).catch(() => null);
  if (!answer?.ok || input.value.trim() !== words) return;
  const options = Array.from(parsed(await answer.text()).querySelectorAll("[role=option]"));
  const meant = spelt(words) ? options[0] : options.find((one) => one.dataset.value === words || one.dataset.value.split(" ")[1] === words);
  if (meant) accept(input.id, { ...meant.dataset, label: meant.dataset.value });
  else if (spelt(words)) say(input === place ? "没有找到这个地点，按写的记下" : "没有找到这个事项，请再选");
}

// -- what was told so far

function later() { clearTimeout(timer); timer = setTimeout(ask, WAIT); }

async function ask() {
  const mine = turn += 1;
  const body = new FormData(form);
  body.delete("files");
  const answer = await part(form.dataset.told, "told", { method: "POST", body }).catch(() => null);
  if (!answer?.ok || mine !== turn) return;
  const content = parsed(await answer.text());
  const fresh = content.querySelector("#beside"), old = field("beside");
  hints = JSON.parse(fresh.dataset.hints || "{}");
  field("preview").replaceChildren(...fresh.querySelector("#preview-told").childNodes);
  // What somebody is looking at stays where it is.
  const linked = old.querySelector("input[name=like]:checked")?.value;
  if (!old.contains(document.activeElement) && !old.matches(":hover")) {
    if (linked) fresh.querySelector(`input[name=like][value="${linked}"]`)?.setAttribute("checked", "");
    old.replaceWith(fresh);
  }
  drawHints();
}

form.addEventListener("input", (event) => { if (event.target === text || event.target === place) later(); drawHints(); });
form.addEventListener("change", (event) => { if (event.target.name !== "like") later(); drawHints(); });
form.addEventListener("jiesu:restored", () => { caller(false); later(); });

// -- the map

const map = document.querySelector("[data-map]");
function mark(detail) {
  const spot = map.querySelector(".spot");
  if (detail?.x !== undefined) { spot.setAttribute("cx", detail.x); spot.setAttribute("cy", detail.y); }
  else { spot.setAttribute("cx", -100); spot.setAttribute("cy", -100); }
  map.querySelectorAll("polygon").forEach((one) => one.classList.toggle("here", one.dataset.region === region.value));
}
place.addEventListener("jiesu:chosen", (event) => {
  const { region: code } = event.detail;
  place.dataset.settled = place.value;
  if (code && region.querySelector(`option[value="${CSS.escape(code)}"]`)) region.value = code;
  mark(event.detail);
});
place.addEventListener("input", () => mark());
matter.addEventListener("jiesu:chosen", () => { matter.dataset.settled = matter.value; });
region.addEventListener("change", () => mark());
// Where the place that stands in the form already lies.
async function locate() {
  const body = new FormData();
  body.set("place", place.value);
  const answer = await part(place.dataset.suggest, "suggest", { method: "POST", body }).catch(() => null);
  const found = answer?.ok && Array.from(parsed(await answer.text()).querySelectorAll("[role=option]")).find((one) => one.dataset.value === place.value);
  if (found) { place.dataset.settled = place.value; mark(found.dataset); }
}
map.addEventListener("click", (event) => {
  const code = event.target.dataset?.region;
  if (code) { region.value = code; changed(region); }
});

// -- an answer from an article

async function use(button) {
  const answer = await part(button.dataset.use, "article").catch(() => null);
  if (!answer?.ok) return;
  const held = parsed(await answer.text()).querySelector("[data-code]");
  form.elements.article.value = held.dataset.code;
  field("public_reply").value = held.querySelector(".article-body").textContent.trim();
  document.querySelector("[data-article]").textContent = `用知识 ${held.dataset.code}：${held.dataset.title}`;
  field("answer").hidden = false;
  field("public_reply").focus();
  field("public_reply").setSelectionRange(0, 0);
  field("answer").scrollIntoView({ block: "center" });
  changed(field("public_reply"));
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.use) { event.preventDefault(); use(button); }
  else if ("person" in button.dataset) takePerson(button);
  else if ("noAnswer" in button.dataset) { field("answer").hidden = true; form.elements.article.value = field("public_reply").value = ""; text.focus(); }
});
document.addEventListener("toggle", async (event) => {
  const holder = event.target;
  if (!holder.open || !holder.dataset?.articleOf || holder.dataset.read) return;
  holder.dataset.read = "1";
  const answer = await part(holder.dataset.articleOf, "article").catch(() => null);
  if (answer?.ok) holder.replaceChildren(holder.querySelector("summary"), parsed(await answer.text()));
}, true);

// -- the tree of matters

const tree = field("tree");
async function walk(at) {
  const answer = await part(`${tree.dataset.tree}&at=${encodeURIComponent(at)}`, "tree").catch(() => null);
  if (!answer?.ok) return;
  tree.querySelector("[data-tree-body]").replaceChildren(parsed(await answer.text()));
  tree.querySelector(".tree a, .tree button")?.focus();
}
document.querySelector('[data-dialog="tree"]').addEventListener("click", () => walk(""));
tree.addEventListener("click", (event) => {
  const link = event.target.closest("[data-tree-at]"), choice = event.target.closest("[data-tree-choose]");
  if (link) { event.preventDefault(); walk(link.dataset.treeAt); }
  else if (choice) { accept("matter", { value: choice.dataset.treeChoose }); tree.close(); field("matter").focus(); }
});
tree.addEventListener("keydown", (event) => {
  const all = Array.from(tree.querySelectorAll(".tree a, .tree button")), at = all.indexOf(document.activeElement);
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by && all.length) { event.preventDefault(); all[(at + by + all.length) % all.length].focus(); }
  else if (event.key === "ArrowRight" && document.activeElement.dataset.treeAt) { event.preventDefault(); document.activeElement.click(); }
  else if (event.key === "ArrowLeft") { const up = tree.querySelectorAll("nav [data-tree-at]"); event.preventDefault(); if (up.length > 1) up[up.length - 2].click(); }
});

// -- keys that work inside fields too; the letters of the frame work outside of them

function press(event) {
  const el = document.activeElement;
  if (event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); submit(event.shiftKey); return; }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Tab" && !event.shiftKey) { onTab(event); return; }
  const group = el.closest?.("[data-pick]");
  if (group && /^[1-9]$/.test(event.key)) { const radio = group.querySelectorAll("input")[event.key - 1]; if (radio) { event.preventDefault(); event.stopPropagation(); radio.checked = true; radio.focus(); changed(radio); } return; }
  if (event.key === "Enter" && el === phone) { event.preventDefault(); caller(true); return; }
  if (event.key === "Enter" && el.form === form && el.tagName === "INPUT" && !el.nextElementSibling?.matches?.(".suggestions:not([hidden])")) { event.preventDefault(); return; }
  if (event.key === "ArrowDown" && (el === place || el === matter) && !el.value && choices(el.id).length > 1) { event.preventDefault(); event.stopPropagation(); el.dataset.at = (Number(el.dataset.at || 0) + 1) % choices(el.id).length; drawHints(); return; }
  if (event.key === "Escape" && (el === place || el === matter) && !el.value && choices(el.id).length) { event.preventDefault(); event.stopPropagation(); dismissed.add(el.id); drawHints(); return; }
  if (typing(el)) return;
  const row = el.closest?.("[data-number]");
  if (/^\d$/.test(event.key) && !phone.value) { phone.focus(); return; }
  if (event.key === "c" && row?.querySelector("[data-chase]")) { event.preventDefault(); event.stopPropagation(); row.querySelector("[data-chase]").click(); }
  else if (event.key === "y") { const first = document.querySelector("#beside [data-number]"); if (first) { event.preventDefault(); event.stopPropagation(); first.focus(); } }
  else if (/^[lu]$/.test(event.key)) { const of = picks.find((one) => one.dataset.key === event.key); event.preventDefault(); event.stopPropagation(); (of.querySelector("input:checked") || of.querySelector("input")).focus(); }
}
document.addEventListener("keydown", press, true);

function submit(again) {
  const answering = !field("answer").hidden && field("public_reply").value.trim();
  const button = document.querySelector(answering ? "[data-answer]" : again ? "[data-again]" : "[data-submit]");
  if (place.value) place.dataset.settled = place.dataset.settled || "";
  form.requestSubmit(button);
}

// -- the call

const since = document.querySelector("[data-since]");
function tick() {
  const until = since.dataset.until ? Date.parse(since.dataset.until) : now();
  const seconds = Math.max(0, Math.round((until - Date.parse(since.dataset.since)) / 1000));
  since.textContent = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
}
if (since) { tick(); setInterval(tick, 1000); }

const untouched = () => !text.value && !place.value && !matter.value;
document.addEventListener("jiesu:call", ({ detail }) => {
  if (String(detail.call) === form.elements.call.value) return;
  if (untouched()) { location.assign("/register"); return; }
  const note = document.querySelector("[data-new-call]");
  note.querySelector("span").textContent = "有新的来电。";
  note.hidden = false;
});
document.addEventListener("htmx:afterSwap", (event) => { if (event.target.id === "caller" || event.detail?.target?.id === "caller") shown(); });

// -- where the hands begin

drawHints();
if (place.value) locate();
const wrong = document.querySelector(".intake .problem")?.closest(".field, .answer")?.querySelector("input:not([type=hidden]), textarea, select");
if (wrong) { wrong.focus(); caller(false); later(); }
else if (phone.value) { caller(false).then(() => { if (document.activeElement === document.body) (form.elements.after.value ? text : document.querySelector(".open-orders [data-number]") || text).focus(); }); if (text.value) later(); }
else if (!document.querySelector(".done")) phone.focus();
