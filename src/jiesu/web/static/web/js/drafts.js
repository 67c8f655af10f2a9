// What is written and not sent is kept: at once in this tab, and a moment later on the server for this person alone.
import { csrf, me, part } from "./page.js";

const WAIT = 1500;
const own = `draft:${me}:`;
const timers = new Map();

const fieldsOf = (form) => Array.from(form.elements).filter((el) => el.name && !["csrfmiddlewaretoken", "seen", "rules"].includes(el.name)
  && !["file", "password", "submit", "button"].includes(el.type) && (el.type !== "hidden" || "draft" in el.dataset));

function read(form) {
  const held = {};
  fieldsOf(form).forEach((el) => {
    if ((el.type === "checkbox" || el.type === "radio") && !el.checked) return;
    if (!el.value) return;
    if (el.name in held) held[el.name] = [].concat(held[el.name], el.value); else held[el.name] = el.value;
  });
  return held;
}

function same(form) { return JSON.stringify(read(form)) === form.dataset.given; }

function write(form, held) {
  fieldsOf(form).forEach((el) => {
    const values = [].concat(held[el.name] ?? []);
    if (el.type === "checkbox" || el.type === "radio") el.checked = values.includes(el.value);
    else if (values.length) el.value = values[0];
  });
  form.dispatchEvent(new Event("jiesu:restored", { bubbles: true }));
}

function note(form, words, clear) {
  let line = form.querySelector(".draft-note");
  if (!line) {
    line = document.createElement("p");
    line.className = "draft-note";
    line.setAttribute("role", "status");
    form.prepend(line);
  }
  line.textContent = words;
  if (!clear) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "清除";
  button.addEventListener("click", () => { write(form, emptied(form)); forget([form.dataset.draft]); line.remove(); form.querySelector("input:not([type=hidden]), textarea, select")?.focus(); });
  line.append(button);
}

function emptied(form) {
  const given = JSON.parse(form.dataset.given || "{}");
  fieldsOf(form).forEach((el) => { if (!(el.name in given)) given[el.name] = ""; });
  return given;
}

export function forget(forms) {
  forms.forEach((name) => { clearTimeout(timers.get(name)); sessionStorage.removeItem(own + name); });
  const body = new FormData();
  forms.forEach((name) => body.append("form", name));
  return part("/drafts/drop", "draft", { method: "POST", body }).catch(() => {});
}

async function keep(form) {
  const name = form.dataset.draft;
  const body = new FormData();
  body.set("draft", name);
  if (!same(form)) Object.entries(read(form)).forEach(([key, value]) => [].concat(value).forEach((one) => body.append(key, one)));
  try {
    const answer = await part("/drafts", "draft", { method: "POST", body });
    if (!form.isConnected || form.dataset.sent) return;
    const held = await answer.json();
    if (answer.ok) note(form, `${held.at} 已留存`); else note(form, held.said || "没有留存");
  } catch { note(form, "连不上服务器，写的内容先留在这台电脑上"); later(form, 10000); }
}

function later(form, wait = WAIT) {
  clearTimeout(timers.get(form.dataset.draft));
  timers.set(form.dataset.draft, setTimeout(() => keep(form), wait));
}

function typed(event) {
  const form = event.target.form;
  if (!form || !form.dataset.draft || form.dataset.sent) return;
  sessionStorage.setItem(own + form.dataset.draft, JSON.stringify({ when: new Date().toISOString(), fields: read(form) }));
  later(form);
}
document.addEventListener("input", typed);
document.addEventListener("change", typed);

// What the person left in the forms of this part of the page, the newer of both places.
async function restore(root) {
  const forms = Array.from(root.querySelectorAll("form[data-draft]")).filter((form) => !form.dataset.given);
  if (!forms.length || !me) return;
  forms.forEach((form) => { form.dataset.given = JSON.stringify(read(form)); });
  const waiting = forms.filter((form) => !form.querySelector(".problem"));
  const local = (name) => { try { return JSON.parse(sessionStorage.getItem(own + name)); } catch { return null; } };
  waiting.forEach((form) => { const held = local(form.dataset.draft); if (held?.fields) { write(form, held.fields); if (!same(form)) note(form, "上次未写完，已恢复", true); } });
  const query = waiting.map((form) => "form=" + encodeURIComponent(form.dataset.draft)).join("&");
  if (!query) return;
  const answer = await part("/drafts?" + query, "draft").catch(() => null);
  const held = answer?.ok ? await answer.json() : {};
  waiting.forEach((form) => {
    const kept = held[form.dataset.draft];
    if (!kept || form.dataset.sent || timers.has(form.dataset.draft)) return;
    if (!local(form.dataset.draft)) write(form, kept.fields);
    if (same(form)) return;
    note(form, `上次未写完，${kept.at} 已留存`, true);
    for (let at = form.parentElement; at; at = at.parentElement) if (at.tagName === "DETAILS" && !at.classList.contains("move")) at.open = true;
  });
}

function sent(root) {
  const done = root.querySelector("[data-done]")?.dataset.done;
  if (!done) return null;
  return forget(done.endsWith("/register") ? [done, "register"] : [done]);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.draft) { form.dataset.sent = "1"; clearTimeout(timers.get(form.dataset.draft)); setTimeout(() => { delete form.dataset.sent; }, 4000); }
  if (form.closest("[hx-boost]") || "quiet" in form.dataset || "stays" in form.dataset) return;
  const token = form.querySelector("input[name=csrfmiddlewaretoken]");
  if (token && csrf()) token.value = csrf();
  setTimeout(() => form.querySelectorAll("button").forEach((b) => { b.disabled = true; }), 0);
});
// Back from the next page by the browser's own button: the form must be usable again.
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form button").forEach((b) => { b.disabled = false; });
});

// What was just sent is forgotten first, where the same form stands on the page that says so.
async function look(root) { const gone = sent(root); if (gone) await gone; restore(root); }
look(document);
document.addEventListener("jiesu:shown", (event) => look(event.detail.inside));
document.addEventListener("htmx:afterSwap", (event) => look(event.target));
