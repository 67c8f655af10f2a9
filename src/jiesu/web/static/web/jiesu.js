// Small helps over pages that work without them: keys, theme, drafts. No rule lives here.
"use strict";
(function () {
  const root = document.documentElement;
  const kept = localStorage.getItem("theme");
  if (kept) root.dataset.theme = kept;
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName));
  const rows = () => Array.from(document.querySelectorAll("tr[data-number]"));

  function step(by) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement.closest ? document.activeElement.closest("tr[data-number]") : null);
    all[Math.min(all.length - 1, Math.max(0, at + by))].focus();
  }
  function openMove(details) {
    for (let at = details; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    const wrong = details.querySelector("[aria-invalid]");
    const fields = Array.from(details.querySelectorAll("form input:not([type=hidden]), form select, form textarea"));
    (wrong || fields.find((el) => !el.value) || details.querySelector("form button"))?.focus();
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const el = document.activeElement;
    if (event.key === "Escape") {
      if (typing(el)) { el.blur(); return; }
      const open = document.querySelector(".moves details[open]");
      if (open) { open.open = false; open.querySelector("summary").focus(); }
      return;
    }
    if (typing(el)) return;
    if (event.key === "/") { event.preventDefault(); document.getElementById("search")?.focus(); }
    else if (event.key === "?") document.getElementById("keys")?.showModal();
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "Enter" && el.dataset && el.dataset.number) el.querySelector("a")?.click();
    else {
      const details = document.querySelector('.moves [data-key="' + CSS.escape(event.key) + '"]');
      if (details) { event.preventDefault(); openMove(details); }
    }
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    root.dataset.theme = dark() ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
  });
  const wanted = location.hash.startsWith("#move-") ? document.getElementById(location.hash.slice(1)) : null;
  const unfinished = wanted || document.querySelector(".moves .move[open]");
  if (unfinished) openMove(unfinished);
  // What was typed survives an accident of the browser and a session that ended; it goes when the move is made.
  // It is this person's alone, and goes with him.
  const drafts = "draft:" + document.body.dataset.me + ":";
  if (document.querySelector("p.done")) Object.keys(sessionStorage).forEach((name) => {
    if (name === drafts + "/register" || name.startsWith(drafts + location.pathname + "/")) sessionStorage.removeItem(name);
  });
  document.querySelector('form[action="/logout"]')?.addEventListener("submit", () => sessionStorage.clear());
  document.querySelectorAll(".moves form, form.register").forEach((form) => {
    const name = drafts + form.getAttribute("action");
    const fields = () => Array.from(form.querySelectorAll("textarea, input:not([type=hidden]):not([type=file]):not([type=checkbox])"));
    // A form that the server gave back holds what was written, and not what was taken out on purpose.
    const given = form.querySelector(".problem");
    try {
      const held = given ? {} : JSON.parse(sessionStorage.getItem(name) || "{}");
      fields().forEach((el) => { if (!el.value && held[el.name]) el.value = held[el.name]; });
    } catch { sessionStorage.removeItem(name); }
    form.addEventListener("input", () => {
      const held = {};
      fields().forEach((el) => { if (el.value) held[el.name] = el.value; });
      sessionStorage.setItem(name, JSON.stringify(held));
    });
    form.addEventListener("submit", () => {
      setTimeout(() => form.querySelectorAll("button").forEach((b) => { b.disabled = true; }), 0);
    });
  });
  // Back from the next page by the browser's own button: the form must be usable again.
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form button").forEach((b) => { b.disabled = false; });
  });
  const phone = document.getElementById("register-phone");
  const history = document.getElementById("history");
  if (phone && history) phone.addEventListener("change", async () => {
    const body = new FormData();
    body.set("phone", phone.value);
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    const answer = await fetch(history.dataset.from, { method: "POST", body });
    if (answer.ok) history.innerHTML = await answer.text();
  });
})();
