// The wall renews itself: soon after somebody made a move, and every minute for what the worker counted. Only a part
// that reads otherwise than before is drawn again, so nothing flickers and no number moves by itself.
import { parsed, part, renew } from "./page.js";
import "./signin.js";
import "./live.js";

const PARTS = ["day", "counts", "map", "red", "month", "matters"];
const SOON = 1500, APART = 5000, EVERY = 60000;
let timer = 0, asking = false, askedAt = 0;

async function ask() {
  timer = 0;
  if (asking) return;
  asking = true;
  askedAt = Date.now();
  const answer = await part("/wall", "wall").catch(() => null);
  asking = false;
  document.getElementById("lost").hidden = Boolean(answer?.ok);
  if (!answer?.ok) return;
  const held = document.activeElement?.getAttribute("href");
  renew(parsed(await answer.text()), PARTS);
  // Whoever stood on a link by the keyboard still stands there.
  if (held && document.activeElement === document.body) document.querySelector(`main a[href="${CSS.escape(held)}"]`)?.focus();
}

function soon() {
  if (!timer) timer = setTimeout(ask, Math.max(SOON, askedAt + APART - Date.now()));
}

document.addEventListener("jiesu:told", soon);
document.addEventListener("jiesu:signed-in", soon);
document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });
setInterval(ask, EVERY);
