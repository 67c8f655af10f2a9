// What others do appears here without reloading. Work per event is bounded: one question for several rows, not before
// a moment has passed; the frame's numbers at most every few seconds.
import { FRAME, now, parsed, part, renew, say } from "./page.js";
import { drawerOrder, openInDrawer } from "./drawer.js";
import { turnAll } from "./clocks.js";

const SOON = 250, NUMBERS = 10000, MOST = 50;
const address = document.body.dataset.live;
const list = () => document.querySelector("main [data-rows-from]");
const orderHere = () => document.querySelector("main [data-order]") || drawerOrder();
let stream = null, here = "", lostAt = 0, waiting = new Set(), timer = 0, numbersAt = 0, numbersTimer = 0;

function listen() {
  const wanted = orderHere()?.dataset.order || "";
  if (!address || (stream && wanted === here && stream.readyState !== EventSource.CLOSED)) return;
  here = wanted;
  const old = stream;
  const fresh = new EventSource(address + (here ? `?here=${here}` : ""), { withCredentials: true });
  stream = fresh;
  fresh.addEventListener("open", () => { old?.close(); if (fresh === stream) found(); });
  fresh.addEventListener("error", () => { if (fresh === stream) lost(fresh); });
  fresh.addEventListener("move", (event) => { if (fresh === stream) moved(JSON.parse(event.data)); });
  fresh.addEventListener("present", (event) => { if (fresh === stream) present(JSON.parse(event.data)); });
  fresh.addEventListener("call", (event) => { if (fresh === stream) document.dispatchEvent(new CustomEvent("jiesu:call", { detail: JSON.parse(event.data) })); });
  fresh.addEventListener("resync", () => { if (fresh === stream) everything(); });
}

function lost(which) {
  if (!lostAt) lostAt = Date.now();
  setTimeout(() => { if (lostAt && Date.now() - lostAt >= 2500) document.getElementById("lost").hidden = false; }, 2600);
  // A refused stream (a session that ended, a proxy's error) is not taken up again by the browser itself.
  if (which.readyState === EventSource.CLOSED) setTimeout(async () => {
    const answer = await part("/renewed", "frame").catch(() => null);
    if (answer?.ok) { stream = null; listen(); } else lost(which);
  }, 5000);
}

function found() {
  const was = lostAt;
  lostAt = 0;
  document.getElementById("lost").hidden = true;
  if (was && Date.now() - was > 2500) { say("已重新连上。"); everything(); }
}

function everything() {
  shownNumbers().forEach((number) => waiting.add(number));
  renewOrder();
  soon();
  numbers();
}

const shownNumbers = () => Array.from(document.querySelectorAll("main [data-number]:not(.gone)")).map((el) => Number(el.dataset.number));

function moved({ number, seq, move }) {
  document.dispatchEvent(new CustomEvent("jiesu:told", { detail: { number, seq, move } }));
  const order = orderHere();
  if (order && Number(order.dataset.order) === number && seq > Number(order.dataset.version)) renewOrder();
  const at = list();
  const enters = at?.dataset.enters ? at.dataset.enters.split(" ") : null;
  if (at && (document.querySelector(`main [data-number="${number}"]`) || !enters || enters.includes(move))) {
    waiting.add(number);
    soon();
  } else numbers();
}

function soon() { if (!timer && waiting.size) timer = setTimeout(renewRows, SOON); }

function numbers() {
  if (numbersTimer) return;
  const wait = Math.max(500, numbersAt + NUMBERS - Date.now()) + Math.random() * 500;
  numbersTimer = setTimeout(async () => {
    numbersTimer = 0;
    numbersAt = Date.now();
    const open = new URLSearchParams(document.querySelector("main [data-rows-from], main [data-frame]")?.dataset.frame || "");
    const answer = await part("/renewed?" + open, "frame").catch(() => null);
    if (answer?.ok) frame(parsed(await answer.text()));
  }, wait);
}

function frame(content) {
  renew(content, FRAME);
  numbersAt = Date.now();
}

async function renewRows() {
  timer = 0;
  const at = list();
  const asked = Array.from(waiting).slice(0, MOST);
  asked.forEach((number) => waiting.delete(number));
  if (!at || !asked.length) return;
  const from = new URL(at.dataset.rowsFrom, location.href);
  from.searchParams.set("rows", asked.join(","));
  const answer = await part(from, "rows").catch(() => null);
  if (answer?.ok) take(at, parsed(await answer.text()));
  soon();
}

function take(at, content) {
  content.querySelectorAll("[data-rows] > [data-number], .rows-renewed > [data-number]").forEach((fresh) => {
    const old = at.querySelector(`[data-number="${fresh.dataset.number}"]`);
    if ("left" in fresh.dataset) { if (old) gone(old, fresh.dataset.left); news(at, fresh.dataset.number, false); }
    else if (old) swap(old, fresh);
    else news(at, fresh.dataset.number, true);
  });
  if (content.querySelector("#nav")) frame(content);
  turnAll();
}

function swap(old, fresh) {
  const focused = old === document.activeElement;
  if (old.contains(document.activeElement) && !focused) return;
  if (old.classList.contains("shown")) fresh.classList.add("shown");
  old.replaceWith(fresh);
  if (focused) fresh.focus();
  document.dispatchEvent(new CustomEvent("jiesu:renewed", { detail: { row: fresh } }));
}

function gone(row, state) {
  if (row.classList.contains("gone")) return;
  row.classList.add("gone");
  row.setAttribute("aria-disabled", "true");
  const place = row.querySelector(".c-state, [data-state]") || row.lastElementChild;
  place.textContent = state ? `已离开：${state}` : "已离开";
}

// New rows wait until they are called for: nothing moves under the cursor.
function news(at, number, come) {
  const held = new Set((at.dataset.news || "").split(" ").filter(Boolean));
  if (come) held.add(number); else held.delete(number);
  at.dataset.news = Array.from(held).join(" ");
  const line = at.querySelector("[data-news]");
  if (!line) return;
  line.hidden = !held.size;
  const button = line.querySelector("button");
  button.textContent = `${held.size} 条新工单`;
  if (come) line.setAttribute("role", "status");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-news] button");
  if (!button) return;
  const at = button.closest("[data-rows-from]");
  const fresh = (at.dataset.news || "").split(" ");
  const answer = await part(at.dataset.rowsFrom).catch(() => null);
  if (!answer?.ok) { say("没有取到，请稍后再试。"); return; }
  const content = parsed(await answer.text());
  const whole = content.querySelector("[data-rows-from]");
  if (!whole) return;
  const shown = at.querySelector(".shown")?.dataset.number;
  at.replaceWith(whole);
  renew(content, ["count"]);
  fresh.forEach((number) => whole.querySelector(`[data-number="${number}"]`)?.classList.add("fresh"));
  whole.querySelector(`[data-number="${shown}"]`)?.classList.add("shown");
  whole.querySelector(".fresh")?.focus({ preventScroll: true });
});

// The order on the page: its way is renewed; a form that somebody is writing in is left alone.
let renewing = 0;
function renewOrder() {
  const at = orderHere();
  if (!at || renewing) return;
  renewing = setTimeout(async () => {
    renewing = 0;
    const answer = await part(at.dataset.from, "way").catch(() => null);
    if (!answer?.ok || !at.isConnected) return;
    const content = parsed(await answer.text());
    const version = Number(content.querySelector("[data-renewed]")?.dataset.renewed || 0);
    if (version <= Number(at.dataset.version)) return;
    const first = content.querySelector(".way li[data-seq] p")?.textContent.replace(/\s+/g, " ").trim();
    const busy = at.querySelector(".moves details.move[open] form, .moves form:focus-within");
    renew(content, ["order-head", "order-said", "order-way", ...(busy ? [] : ["order-moves", "order-thumb"])]);
    at.dataset.version = String(version);
    showPresent();
    window.htmx?.process(at);
    if (!busy) document.dispatchEvent(new CustomEvent("jiesu:shown", { detail: { inside: at } }));
    at.querySelector(".way li[data-seq]")?.classList.add("fresh");
    const line = at.querySelector("[data-order-news]");
    line.textContent = `${first}${busy ? "。您正在写的表单没有动，提交前请看一下最新情况。" : ""}`;
    line.hidden = false;
  }, SOON);
}

let told = { number: 0, people: [] };
function present(message) { told = message; showPresent(); }

function showPresent() {
  const at = orderHere();
  const line = at && Number(at.dataset.order) === told.number ? at.querySelector("[data-present]") : null;
  if (!line) return;
  line.hidden = !told.people.length;
  line.textContent = told.people.length ? `${told.people.map((one) => `${one.name}（${one.role}）`).join("、")}也在看这张工单` : "";
}

document.addEventListener("jiesu:shown", listen);
document.addEventListener("jiesu:moved", (event) => { waiting.add(event.detail.number); soon(); });
document.addEventListener("jiesu:signed-in", () => { stream?.close(); stream = null; listen(); everything(); });
document.addEventListener("jiesu:rolled", numbers);
document.addEventListener("visibilitychange", () => { if (!document.hidden) turnAll(); });
listen();
export { now };
