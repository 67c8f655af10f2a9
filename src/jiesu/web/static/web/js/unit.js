// The unit's desk: rows are marked, papers travel one by one while one writes, forms are sent from where they stand.
import { csrf, parsed, part, renew, say, unsent } from "./page.js";

const rowOf = (el) => el?.closest?.("main [data-number]");
const boxes = (root = document) => Array.from(root.querySelectorAll("main input[name=mark]")).filter((el) => el.checkVisibility() && !el.closest(".gone"));

// -- marks

function count() {
  const marked = boxes().filter((el) => el.checked).length;
  document.querySelectorAll("[data-marked]").forEach((el) => { el.textContent = marked ? String(marked) : ""; });
}

function markAll(event) {
  event.preventDefault();
  const all = boxes();
  const on = all.some((el) => !el.checked);
  all.forEach((el) => { el.checked = on; });
  count();
}

function keyed(event) {
  const typing = /^(TEXTAREA|SELECT)$/.test(event.target.tagName) || (event.target.tagName === "INPUT" && !/^(checkbox|radio|file)$/.test(event.target.type));
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form?.dataset.send !== undefined) {
    event.preventDefault();
    event.target.form.requestSubmit(event.target.form.querySelector("button.primary, button:not([type=button])"));
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const row = rowOf(document.activeElement);
  if (!row || row !== document.activeElement) return;
  const box = row.querySelector("input[name=mark]");
  if (event.key === "x" && box) { event.preventDefault(); box.checked = !box.checked; count(); }
  const back = event.key === "b" ? row.querySelector("[data-back]") : null;
  if (back) { event.preventDefault(); back.open = true; back.querySelector("textarea").focus(); }
}
document.addEventListener("keydown", keyed);
document.addEventListener("change", (event) => { if (event.target.name === "mark") count(); });
document.addEventListener("jiesu:renewed", count);

// -- papers

const LARGE = 2_500_000, LONGEST = 2560, SMALL = 96;
const own = "thumb:";

// A photo of the camera is larger than anybody looks at it: on a bad line it travels smaller.
async function lighter(file) {
  if (!/^image\/(jpeg|png|webp|heic|heif)$/.test(file.type) || (file.size < LARGE && !/hei/.test(file.type))) return file;
  try {
    const picture = await createImageBitmap(file);
    const part_ = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * part_), height: Math.round(picture.height * part_) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.86); });
    return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
  } catch { return file; }
}

async function thumbnail(file) {
  if (!file.type.startsWith("image/")) return "";
  try {
    const picture = await createImageBitmap(file);
    const canvas = Object.assign(document.createElement("canvas"), { width: SMALL, height: Math.round(SMALL * 0.75) });
    const part_ = Math.max(canvas.width / picture.width, canvas.height / picture.height);
    const [w, h] = [picture.width * part_, picture.height * part_];
    canvas.getContext("2d").drawImage(picture, (canvas.width - w) / 2, (canvas.height - h) / 2, w, h);
    return canvas.toDataURL("image/jpeg", 0.7);
  } catch { return ""; }
}

function line(box, name, small) {
  const li = document.createElement("li");
  const label = Object.assign(document.createElement("span"), { className: "name", textContent: name });
  const tells = Object.assign(document.createElement("span"), { className: "tells" });
  const out = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: "删去" });
  out.dataset.takeOut = "";
  out.setAttribute("aria-label", `删去 ${name}`);
  if (small) { const img = new Image(); img.src = small; img.alt = ""; li.append(img); }
  li.append(label, tells, out);
  box.querySelector("[data-taken]").append(li);
  return li;
}

function kept(li, digest) {
  const held = Object.assign(document.createElement("input"), { type: "hidden", name: "files_kept", value: digest });
  li.append(held);
}

// What was uploaded is a part of the draft, so that it need not be sent again.
function hold(box) {
  const held = box.querySelector("input[name=files_held]");
  held.value = JSON.stringify(Array.from(box.querySelectorAll("li")).filter((li) => li.querySelector("[name=files_kept]")).map((li) => [li.querySelector("[name=files_kept]").value, li.querySelector(".name").textContent]));
  held.dispatchEvent(new Event("input", { bubbles: true }));
}

function restored(form) {
  form.querySelectorAll("[data-papers]").forEach((box) => {
    let held = [];
    if (!box.querySelector("input[name=files_held]").value) return;
    try { held = JSON.parse(box.querySelector("input[name=files_held]").value || "[]"); } catch { /* another form's words */ }
    const there = new Set(Array.from(box.querySelectorAll("[name=files_kept]"), (el) => el.value));
    held.filter(([digest]) => !there.has(digest)).forEach(([digest, name]) => kept(line(box, name, sessionStorage.getItem(own + digest) || ""), digest));
  });
  preview(form);
}
document.addEventListener("jiesu:restored", (event) => restored(event.target));

function send(box, file, li) {
  const tells = li.querySelector(".tells");
  const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
  bar.setAttribute("aria-label", "上传进度");
  li.className = "";
  tells.replaceChildren(bar);
  const work = new Promise((done) => {
    const asked = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file, file.name);
    asked.open("POST", box.dataset.papers);
    asked.setRequestHeader("X-CSRFToken", csrf());
    asked.setRequestHeader("X-Part", "file");
    asked.timeout = 180000;
    asked.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = Math.round(100 * event.loaded / event.total); });
    asked.addEventListener("load", () => done(answered(asked)));
    ["error", "abort", "timeout"].forEach((name) => asked.addEventListener(name, () => done({ said: "没传上，网络断了" })));
    li.asked = asked;
    asked.send(body);
  });
  li.work = work.then(async (answer) => {
    if (answer.again) { await part("/renewed", "frame").catch(() => null); answer = { said: "没传上，请重试" }; }
    if (!li.isConnected) return;
    if (answer.digest) {
      tells.textContent = "已上传";
      kept(li, answer.digest);
      const small = li.querySelector("img")?.src;
      try { if (small) sessionStorage.setItem(own + answer.digest, small); } catch { /* the tab's room is used up */ }
      hold(box);
    } else lost(box, file, li, answer.said);
    li.work = null;
  });
  return li.work;
}

function answered(asked) {
  if (asked.status === 401 || (asked.status === 403 && !asked.responseText.startsWith("{"))) return { again: true };
  try { return JSON.parse(asked.responseText); } catch { return { said: "没传上，请重试" }; }
}

function lost(box, file, li, said) {
  li.className = "failed";
  const again = Object.assign(document.createElement("button"), { type: "button", textContent: "重试" });
  again.addEventListener("click", () => { again.remove(); send(box, file, li); });
  li.querySelector(".tells").textContent = said || "没传上";
  li.querySelector("[data-take-out]").before(again);
}

async function take(box, files) {
  for (const chosen of files) {
    const file = await lighter(chosen);
    const name = file.name || `截图${new Date().toLocaleTimeString("zh-CN", { hour12: false }).replace(/:/g, "")}.png`;
    send(box, file.name ? file : new File([file], name, { type: file.type }), line(box, name, await thumbnail(file)));
  }
}

document.addEventListener("change", (event) => {
  const box = event.target.type === "file" ? event.target.closest("[data-papers]") : null;
  if (!box) return;
  const files = Array.from(event.target.files);
  event.target.value = "";
  openTo(box.closest("details.move"));
  take(box, files);
});
document.addEventListener("paste", (event) => {
  const files = Array.from(event.clipboardData?.files || []);
  const box = files.length ? (event.target.closest?.("form")?.querySelector("[data-papers]") || document.querySelector("details.move[open] [data-papers]")) : null;
  if (box) { event.preventDefault(); take(box, files); }
});
["dragover", "dragleave", "drop"].forEach((name) => document.addEventListener(name, (event) => {
  const box = event.target.closest?.("form")?.querySelector("[data-papers]");
  if (!box || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  box.classList.toggle("over", name === "dragover");
  if (name === "drop") take(box, Array.from(event.dataTransfer.files));
}));
document.addEventListener("click", (event) => {
  const out = event.target.closest("[data-take-out]");
  if (out) { const box = out.closest("[data-papers]"); const li = out.closest("li"); li.asked?.abort(); li.remove(); hold(box); }
  const all = event.target.closest("[data-mark-all]");
  if (all) markAll(event);
  const to = event.target.closest("[data-to]");
  if (!to) return;
  const there = to.dataset.to ? document.getElementById(`move-${to.dataset.to}`) : document.getElementById("order-moves");
  if (to.tagName === "A") event.preventDefault();
  openTo(there);
  there?.scrollIntoView({ block: "start" });
  if (to.tagName === "A") there?.querySelector("textarea, input:not([type=hidden]):not([type=file])")?.focus({ preventScroll: true });
});

function openTo(holder) { for (let at = holder; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true; }

// -- what the citizen will read

function preview(form) {
  if (!form.closest(".unit-moves")) return;
  form.querySelectorAll("[data-counted]").forEach((el) => {
    const field = form.querySelector(`#${CSS.escape(el.dataset.counted)}`);
    el.textContent = field?.value ? `已写 ${Array.from(field.value.trim()).length} 字` : "";
  });
  const at = form.querySelector("[data-preview]");
  if (!at) return;
  const words = form.querySelector("[name=public_reply]").value.trim();
  const claim = form.querySelector("[name=claim]:checked");
  at.hidden = !words;
  at.querySelector("[data-preview-words]").textContent = words;
  at.querySelector("[data-preview-claim]").textContent = claim?.dataset.zh || "（还没选办理结果）";
  const promise = at.querySelector("[data-preview-promise]");
  const due = form.querySelector("[name=promise_due]")?.value;
  promise.hidden = !(claim?.value === "promised" && due);
  promise.textContent = due ? `承诺 ${due.replace("T", " ")} 前：${form.querySelector("[name=promise_text]")?.value || ""}` : "";
}
["input", "change"].forEach((name) => document.addEventListener(name, (event) => { if (event.target.form?.matches(".unit-moves form")) preview(event.target.form); }));

// -- sending

async function travelled(form) {
  const going = Array.from(form.querySelectorAll("[data-taken] li")).map((li) => li.work).filter(Boolean);
  if (going.length) { unsent(form, "照片还在上传，传完自动提交。"); await Promise.all(going); }
  const gone = form.querySelectorAll("[data-taken] .failed").length;
  unsent(form, gone ? `有 ${gone} 个附件没传上，请重试或删去后再提交。` : "");
  return !gone;
}

async function submit(event) {
  const form = event.target;
  if (form.dataset?.send === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  if (form.dataset.going) return;
  form.dataset.going = "1";
  const buttons = [...form.querySelectorAll("button"), ...document.querySelectorAll(`[form="${form.id || "-"}"]`)].filter((el) => el.tagName === "BUTTON" && !el.disabled);
  try {
    if (!(await travelled(form))) return;
    const body = new FormData(form, event.submitter?.form === form ? event.submitter : null);
    body.delete("files");
    buttons.forEach((el) => { el.disabled = true; });
    const answer = await part(form.getAttribute("action"), "main", { method: "POST", body });
    if (answer.status >= 500) throw new Error(String(answer.status));
    const inside = form.closest("#drawer-body") || document.getElementById("main");
    const number = Number(form.closest("[data-order]")?.dataset.order || 0);
    show(inside, await answer.text(), number);
  } catch {
    unsent(form, "没有发出去。您写的内容还在这里，网络恢复后再按一次。");
    say("没有发出去，内容还在。");
  } finally {
    delete form.dataset.going;
    buttons.forEach((el) => { el.disabled = false; });
  }
}
document.addEventListener("submit", submit, true);

function show(inside, html, number) {
  inside.replaceChildren(parsed(html));
  inside.scrollTop = 0;
  if (inside.id === "main") scrollTo({ top: 0 });
  window.htmx?.process(inside);
  look(inside);
  document.dispatchEvent(new CustomEvent("jiesu:shown", { detail: { inside } }));
  if (number) document.dispatchEvent(new CustomEvent("jiesu:moved", { detail: { number } }));
  const wrong = inside.querySelector("[aria-invalid], .move[open] .problem");
  (wrong || inside.querySelector("#report"))?.focus?.({ preventScroll: false });
  ringSoon();
}

// Drafts of this tab were put back before this module was there.
function look(root) { root.querySelectorAll("form:has([data-papers])").forEach(restored); count(); }
look(document);
document.addEventListener("jiesu:shown", (event) => look(event.detail.inside));

// -- the ring goes on by itself

let ringTimer = 0;
function ringSoon() {
  if (ringTimer || !document.getElementById("ring")) return;
  ringTimer = setTimeout(async () => {
    ringTimer = 0;
    const answer = await part(location.pathname + location.search, "ring").catch(() => null);
    if (answer?.ok) renew(parsed(await answer.text()), ["ring"]);
  }, 3000);
}
document.addEventListener("jiesu:told", ringSoon);
