// Clocks go on by themselves. The moments are the server's; here they are only compared and put in words.
import { now } from "./page.js";

const moment = (text) => text === "-" ? NaN : Number(text) * 1000;

export function span(milliseconds) {
  const minutes = Math.floor(Math.abs(milliseconds) / 60000);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes % 1440 / 60), minutes % 60];
  if (days) return `${days}天${hours ? `${hours}小时` : ""}`;
  if (hours) return `${hours}小时${rest ? `${rest}分钟` : ""}`;
  return rest ? `${rest}分钟` : "不到1分钟";
}

function filled(start, amber, due, at) {
  if (at >= due) return 100;
  if (isNaN(start) || isNaN(amber) || start >= due) return 0;
  if (at >= amber) return due > amber ? 75 + Math.floor(25 * (at - amber) / (due - amber)) : 75;
  return amber > start ? Math.max(0, Math.floor(75 * (at - start) / (amber - start))) : 75;
}

function turn(el, at) {
  const [start, amber, due] = el.dataset.clock.split(" ").map(moment);
  const colour = at > due ? "red" : at >= amber ? "amber" : "green";
  if (!el.classList.contains(colour)) { el.classList.remove("red", "amber", "green"); el.classList.add(colour); }
  const said = el.querySelector(".said");
  const words = `${at > due ? "已超期" : "还剩"} ${span(due - at)}`;
  if (said.textContent !== words) said.textContent = words;
  el.querySelector("progress").value = filled(start, amber, due, at);
}

// Past midnight, or the end of a shift, the day and the shift in the bar are asked for anew, once.
let rolled = "";
function roll(bar, at) {
  const until = bar?.dataset.until;
  if (!until || rolled === until || at < Date.parse(until)) return;
  rolled = until;
  document.dispatchEvent(new CustomEvent("jiesu:rolled"));
}

export function turnAll() {
  const at = now();
  document.querySelectorAll("[data-clock]").forEach((el) => turn(el, at));
  const shift = document.querySelector("[data-shift]");
  if (shift) roll(shift.closest("[data-until]"), at);
  if (shift) shift.textContent = new Date(at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
}
if (document.body.dataset.me) setInterval(turnAll, 5000);
