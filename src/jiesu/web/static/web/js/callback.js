// The hands of the callback desk: `r` and one more key tell what came of a call; dialling without leaving the page.
import { now, parsed, part, say, typing } from "./page.js";

const panel = () => document.getElementById("panel");
const results = () => document.querySelector("[data-results]");
let armed = false;

function arm(on) {
  armed = on && Boolean(results());
  results()?.classList.toggle("armed", armed);
  if (armed) results().scrollIntoView({ block: "nearest" });
}

const toSend = (form) => Array.from(form.querySelectorAll("button.primary")).find((one) => one.checkVisibility());

// Two answers by their numbers: first whether it is solved, then whether one is content; then Enter records them.
function pick(key) {
  const form = document.querySelector("[data-answer]");
  const group = form && Array.from(form.querySelectorAll("[data-pick]")).find((one) => !one.querySelector(":checked"));
  const radio = group?.querySelectorAll("input")[Number(key) - 1];
  if (!radio) return false;
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  if (form.querySelectorAll("[data-pick]:has(:checked)").length === 2) {
    arm(false);
    toSend(form)?.focus();
  }
  return true;
}

function pressed(key) {
  const button = results().querySelector(`[data-result="${CSS.escape(key)}"]`);
  if (button) { arm(false); button.click(); return true; }
  return /^[123]$/.test(key) && pick(key);
}

// Before the frame's own keys, which know these letters too.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { const form = document.activeElement?.closest?.("#panel form"); if (form) toSend(form)?.click(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  if (typing(document.activeElement) || !panel()) { arm(false); return; }
  if (event.key === "Escape" && armed) arm(false);
  else if (armed && pressed(event.key)) { /* taken */ }
  else if (!armed && event.key === "r" && results()) arm(true);
  else if (armed && event.key !== "Shift") { arm(false); return; }
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// -- the phone

async function dial(form) {
  const button = form.querySelector("button");
  button.disabled = true;
  const answer = await part(form.action, "dial", { method: "POST", body: new FormData(form) }).catch(() => null);
  button.disabled = false;
  const told = answer ? await answer.json().catch(() => ({})) : { said: "连不上服务器，请用话机拨打，结果照样可以记。" };
  if (told.call) document.querySelectorAll("[data-call]").forEach((el) => { el.value = told.call; });
  line(told.said || "没有拨出，请再试一次。");
}

function line(words) {
  const at = document.getElementById("talk");
  if (!at) { say(words); return; }
  at.textContent = words;
  at.hidden = false;
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-dial]");
  if (!form) return;
  event.preventDefault();
  dial(form);
}, true);

document.addEventListener("jiesu:call", async () => {
  const at = document.getElementById("talk");
  if (!at) return;
  const answer = await part(panel().dataset.talk, "talk").catch(() => null);
  if (!answer?.ok) return;
  at.replaceChildren(parsed(await answer.text()));
  at.hidden = !at.textContent.trim();
  tick();
});

function tick() {
  const at = document.querySelector("#talk time[data-since]");
  if (!at) return;
  const seconds = Math.max(0, Math.round(((at.dataset.until ? Date.parse(at.dataset.until) : now()) - Date.parse(at.dataset.since)) / 1000));
  at.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
setInterval(tick, 1000);

// -- the list

document.addEventListener("jiesu:told", (event) => {
  const mark = document.querySelector(`.calls [data-of="${event.detail.number}"] [data-changed]`);
  if (mark) mark.hidden = false;
});

const narrow = matchMedia("(max-width: 760px)");
document.querySelectorAll("details[data-wide]").forEach((el) => { if (narrow.matches) el.open = false; });

// What was said in the address is said once: reloading dials nobody again.
const asked = new URL(location.href);
const first = document.querySelector("[data-dial-now]");
["dial", "done", "of", "form"].forEach((name) => asked.searchParams.delete(name));
if (String(asked) !== location.href) history.replaceState(null, "", asked);
if (first) dial(first);
