// The inspector's hands: an item's key takes points from it, Enter writes why, Ctrl+Enter goes on to the next thing.
import { typing } from "./page.js";

const sheet = document.querySelector("[data-sheet]");
const items = () => Array.from(sheet?.querySelectorAll("[data-item]") || []);
const audio = () => document.querySelector(".whole audio");
let at = null;

// The item that keys without a letter of their own are about.
function stand(item) {
  at?.classList.remove("at");
  at = item;
  at?.classList.add("at");
  document.querySelector(".whole")?.classList.toggle("picking", Boolean(at) && !best(at));
}

const best = (item) => item.querySelector("[data-best]").checked;

function lower(item) {
  const radios = Array.from(item.querySelectorAll("input[type=radio]"));
  const next = radios[(radios.findIndex((one) => one.checked) + 1) % radios.length];
  next.checked = true;
  next.dispatchEvent(new Event("change", { bubbles: true }));
  item.scrollIntoView({ block: "nearest" });
}

const why = (item) => item?.querySelector(".reason textarea");
const where = (item) => item?.querySelector(".reason input");

function position() {
  const player = audio();
  if (!player) return "";
  const seconds = Math.floor(player.currentTime);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function note(item, words) {
  const field = where(item);
  if (!field || !words) return;
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

sheet?.addEventListener("change", (event) => {
  const item = event.target.closest("[data-item]");
  if (!item || event.target.type !== "radio") return;
  stand(item);
  // Where the recording stands now is where it was heard.
  if (!best(item) && where(item) && !where(item).value && audio()) note(item, position());
});
sheet?.addEventListener("focusin", (event) => { const item = event.target.closest("[data-item]"); if (item) stand(item); });

// A step of the way that is pressed while an item has lost points is its evidence.
document.querySelector(".whole")?.addEventListener("click", (event) => {
  const step = event.target.closest("li[data-seq]");
  if (step && at && !best(at) && !event.target.closest("a, button, summary")) note(at, `第${step.dataset.seq}步`);
});

function send() {
  const form = document.activeElement?.closest?.("form:has([data-send])") || sheet || document.querySelector("form:has([data-send])");
  const button = form?.querySelector("[data-send]");
  if (button && button.checkVisibility()) button.click();
}

function inField(event) {
  const el = document.activeElement;
  const item = el.closest?.("[data-item]");
  if (event.key !== "Enter" || event.shiftKey || !item) return false;
  // From why to where, from where back to the keys.
  if (el === why(item)) where(item).focus(); else el.blur();
  return true;
}

function player(key) {
  const now = audio();
  if (!now) return false;
  if (key === " ") { if (now.paused) now.play(); else now.pause(); } else if (key === ",") now.currentTime -= 5; else if (key === ".") now.currentTime += 5; else return false;
  return true;
}

function pressed(key) {
  const item = items().find((one) => one.dataset.letter === key);
  if (item) { lower(item); return true; }
  if (key === "Enter" && at && !best(at) && why(at)) { why(at).focus(); return true; }
  if (key === "t" && at && position()) { note(at, position()); return true; }
  if (key === "l") return listen();
  if (key === "c") return coach();
  return player(key);
}

function listen() {
  const form = document.querySelector(".whole form[data-listen]");
  if (!form) return false;
  const reason = form.querySelector("input[name=reason]");
  if (reason && !reason.value) reason.focus(); else form.querySelector("button").click();
  return true;
}

function coach() {
  const details = sheet?.querySelector("details.coach");
  if (details) details.open = true;
  const field = sheet?.querySelector("#coach, #decision");
  field?.focus();
  return Boolean(field);
}

// One's own results: the one below, the one above.
function step(by) {
  const links = Array.from(document.querySelectorAll(".own .calls a"));
  const next = links[links.findIndex((one) => one.getAttribute("aria-current")) + by];
  next?.click();
  return Boolean(next);
}

// Before the frame's own keys, which know some of these letters too.
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(); return; }
  if (event.ctrlKey || event.metaKey) return;
  const el = document.activeElement;
  if (typing(el)) { if (inField(event)) { event.preventDefault(); event.stopImmediatePropagation(); } return; }
  if ((event.key === "j" || event.key === "k") && step(event.key === "j" ? 1 : -1)) { event.preventDefault(); return; }
  if (!sheet || (/^(BUTTON|SUMMARY|A)$/.test(el?.tagName) && /^( |Enter)$/.test(event.key))) return;
  if (!pressed(event.key)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// Opened at once, not when the browser tells of it afterwards: the next key is meant for what is inside.
document.querySelectorAll("details.appeal > summary, details.drop > summary").forEach((summary) => summary.addEventListener("click", (event) => {
  const el = summary.parentElement;
  event.preventDefault();
  el.open = !el.open;
  if (el.open) el.querySelector("textarea, input:not([type=hidden])")?.focus();
}));
document.addEventListener("jiesu:told", (event) => {
  const mark = document.querySelector(`.calls [data-of="${event.detail.number}"] [data-changed]`);
  if (mark) mark.hidden = false;
});

const wrong = sheet?.querySelector(".item.wrong");
if (wrong) { stand(wrong); (why(wrong)?.checkVisibility() ? why(wrong) : wrong.querySelector(":checked"))?.focus(); }
const narrow = matchMedia("(max-width: 760px)");
document.querySelectorAll("details[data-wide]").forEach((el) => { if (narrow.matches) el.open = false; });
const asked = new URL(location.href);
["done", "part", "asked"].forEach((name) => asked.searchParams.delete(name));
if (String(asked) !== location.href) history.replaceState(null, "", asked);
