// Long work shows how far it is and can be called off. <div class="progress" data-progress="/address"> is asked every
// second until the answer says it is over; the answer is the same element again.
import { parsed, part } from "./page.js";

async function follow(el) {
  while (el.isConnected && el.dataset.progress) {
    await new Promise((done) => { setTimeout(done, 1000); });
    const answer = await part(el.dataset.progress, "progress").catch(() => null);
    if (!answer?.ok) continue;
    const fresh = parsed(await answer.text()).firstElementChild;
    if (!fresh) return;
    el.replaceWith(fresh);
    el = fresh;
  }
  el.dispatchEvent(new CustomEvent("jiesu:over", { bubbles: true }));
}
const look = (root) => root.querySelectorAll("[data-progress]").forEach((el) => { if (!el.dataset.followed) { el.dataset.followed = "1"; follow(el); } });
look(document);
document.addEventListener("jiesu:shown", (event) => look(event.detail.inside));
