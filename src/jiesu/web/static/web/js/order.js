// The order page, also in a drawer or in a desk's middle pane: pictures seen large, calls played, forms at the thumb.
import { part, say } from "./page.js";

// -- pictures
let viewer = null, shown = [], at = 0;

function look(link) {
  const inside = link.closest("[data-order]") || document;
  shown = Array.from(new Map(Array.from(inside.querySelectorAll("a[data-view]"), (el) => [el.href, el])).values());
  at = shown.findIndex((el) => el.href === link.href);
  viewer ||= build();
  draw();
  viewer.showModal();
}

function build() {
  const made = document.createElement("dialog");
  made.className = "viewer";
  made.setAttribute("aria-label", "看图");
  const picture = document.createElement("img");
  const name = document.createElement("p");
  name.setAttribute("role", "status");
  const bar = document.createElement("p");
  bar.className = "buttons";
  bar.append(button("上一张", "←", () => turn(-1)), button("下一张", "→", () => turn(1)), full(), button("关闭", "Esc", () => made.close()));
  made.append(picture, name, bar);
  made.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") turn(-1);
    if (event.key === "ArrowRight") turn(1);
    event.stopPropagation();
  });
  made.addEventListener("click", (event) => { if (event.target === made || event.target === picture) made.close(); });
  document.body.append(made);
  return made;
}

function button(words, key, does) {
  const made = document.createElement("button");
  made.type = "button";
  made.append(words);
  const hint = document.createElement("kbd");
  hint.textContent = key;
  made.append(hint);
  made.addEventListener("click", does);
  return made;
}

function full() {
  const made = document.createElement("a");
  made.className = "button";
  made.textContent = "原图";
  made.target = "_blank";
  made.rel = "noopener";
  return made;
}

function turn(step) { at = (at + step + shown.length) % shown.length; draw(); }

function draw() {
  const link = shown[at];
  const name = link.querySelector(".name")?.textContent || "照片";
  viewer.querySelector("img").src = link.href;
  viewer.querySelector("img").alt = name;
  viewer.querySelector("a").href = link.href;
  viewer.querySelector("[role=status]").textContent = `${name}（${at + 1}/${shown.length}）`;
  viewer.querySelectorAll("button").forEach((el, place) => { if (place < 2) el.hidden = shown.length < 2; });
}

// -- forms: from the bar at the thumb, and from links that name one
function open(name, inside) {
  const form = name && inside.querySelector(`#move-${name}`);
  const place = form || inside.querySelector("#order-moves");
  if (!place) return false;
  for (let el = form; el && el !== inside; el = el.parentElement) if (el.tagName === "DETAILS") el.open = true;
  place.scrollIntoView({ block: "start" });
  const field = form && form.querySelector("input:not([type=hidden]), select, textarea");
  if (field) field.focus({ preventScroll: true }); else { place.tabIndex = -1; place.focus({ preventScroll: true }); }
  return true;
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const link = event.target.closest("a[data-view], a[data-to-move], a.reveal");
  if (!link) return;
  const inside = link.closest("[data-order]");
  if ("view" in link.dataset) { event.preventDefault(); look(link); return; }
  if (!inside) return;
  if ("toMove" in link.dataset) { if (open(link.dataset.toMove, inside)) event.preventDefault(); return; }
  const form = inside.querySelector("#move-reveal");
  const field = new URL(link.href).searchParams.get("field");
  if (!form || !field) return;
  event.preventDefault();
  form.querySelector("[name=field]").value = field;
  open("reveal", inside);
  form.querySelector("[name=reason]")?.focus();
});

// -- calls: played where they stand; without this script the recording opens in a page of its own
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-listen]");
  if (!form) return;
  event.preventDefault();
  event.stopPropagation();
  const answer = await part(form.action, "listen", { method: "POST", body: new FormData(form) }).catch(() => null);
  if (!answer) { say("没有取到录音，请检查网络后再试。"); return; }
  const elsewhere = answer.headers.get("X-Recording");
  if (elsewhere) { play(form, elsewhere, true); return; }
  if (!answer.ok) {
    const words = new DOMParser().parseFromString(await answer.text(), "text/html");
    say(words.querySelector("h1 ~ p")?.textContent || "现在不能听这段录音。");
    return;
  }
  play(form, URL.createObjectURL(await answer.blob()), false);
}, true);

function play(form, address, elsewhere) {
  const made = document.createElement(elsewhere ? "a" : "audio");
  if (elsewhere) Object.assign(made, { href: address, target: "_blank", rel: "noopener noreferrer", textContent: "在录音系统中打开" });
  else Object.assign(made, { src: address, controls: true, autoplay: true });
  if (!elsewhere) made.setAttribute("aria-label", "通话录音");
  form.replaceWith(made);
  made.focus();
}
