// The hands of the review desk: `b` opens the reasons, a letter chooses one and writes its words, Ctrl+Enter sends back.
import { typing } from "./page.js";

const back = document.querySelector("[data-back]");
const reason = back?.querySelector("textarea");
let written = "";

function choose(radio) {
  radio.checked = true;
  // Words of one's own stay; only the city's are exchanged for those of another reason.
  if (!reason.value.trim() || reason.value === written) { reason.value = written = radio.dataset.text; reason.dispatchEvent(new Event("input", { bubbles: true })); }
  radio.dispatchEvent(new Event("change", { bubbles: true }));
}

back?.addEventListener("change", (event) => { if (event.target.name === "send_back" && event.isTrusted) choose(event.target); });
function seat() {
  (back.querySelector("input:checked") || back.querySelector("input[type=radio]")).focus({ preventScroll: true });
  back.scrollIntoView({ block: "start" });
}
if (back?.open) seat();
// Opened at once, not when the browser tells of it afterwards: the next key is meant for the reasons.
back?.querySelector("summary").addEventListener("click", (event) => {
  event.preventDefault();
  back.open = !back.open;
  if (back.open) seat();
});

document.addEventListener("keydown", (event) => {
  if (!back?.open || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); back.querySelector("form").requestSubmit(); return; }
  if (event.ctrlKey || event.metaKey || typing(document.activeElement)) return;
  const radio = back.querySelector(`[data-letter="${CSS.escape(event.key)}"]`);
  if (event.key === "Escape") { back.open = false; back.querySelector("summary").focus(); }
  else if (radio) { choose(radio); reason.focus(); reason.setSelectionRange(reason.value.length, reason.value.length); }
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

document.addEventListener("jiesu:told", (event) => {
  const mark = document.querySelector(`.calls [data-of="${event.detail.number}"] [data-changed]`);
  if (mark) mark.hidden = false;
});

const narrow = matchMedia("(max-width: 760px)");
document.querySelectorAll("details[data-wide]").forEach((el) => { if (narrow.matches) el.open = false; });
const asked = new URL(location.href);
["done", "of"].forEach((name) => asked.searchParams.delete(name));
if (String(asked) !== location.href) history.replaceState(null, "", asked);
