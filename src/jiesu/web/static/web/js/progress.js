// Long work shows how far it is and can be called off. <div class="progress" data-progress="/address"> is asked every
// second until the answer says it is over; the answer is the same element again. When it is over, what its data-renews
// names is shown as it is now, unless somebody is writing there.
import { parsed, part, renew, say, typing } from "./page.js";

async function over(el) {
  el.dispatchEvent(new CustomEvent("jiesu:over", { bubbles: true }));
  const places = (el.dataset.renews || "").split(" ").map((id) => document.getElementById(id)).filter(Boolean);
  if (!places.length) return;
  const busy = () => typing(document.activeElement) && places.some((place) => place.contains(document.activeElement));
  const answer = busy() ? null : await part(location.href).catch(() => null);
  if (!answer?.ok || busy()) { say("做完了。刷新这一页，看结果。"); return; }
  renew(parsed(await answer.text()), places.map((place) => place.id));
  document.dispatchEvent(new CustomEvent("jiesu:shown", { detail: { inside: document.querySelector("main") } }));
}

async function follow(el) {
  while (el.isConnected && el.dataset.progress) {
    await new Promise((done) => { setTimeout(done, 1000); });
    const answer = await part(el.dataset.progress, "progress").catch(() => null);
    if (!answer?.ok) continue;
    const fresh = parsed(await answer.text()).firstElementChild;
    if (!fresh) return;
    fresh.dataset.followed = "1";
    el.replaceWith(fresh);
    el = fresh;
  }
  over(el);
}
const look = (root) => root.querySelectorAll("[data-progress]").forEach((el) => { if (!el.dataset.followed) { el.dataset.followed = "1"; follow(el); } });
look(document);
document.addEventListener("jiesu:shown", (event) => look(event.detail.inside));
