// A session that ended over open work: sign in where the page stands, and everything written is still there.
import { csrf, me, renewToken, say, whenSignedOut } from "./page.js";

const dialog = document.getElementById("signin");
const form = dialog?.querySelector("[data-sign-in]");
let waiting = [];

export function askToSignIn() {
  if (!dialog) { location.reload(); return new Promise(() => {}); }
  if (!dialog.open) dialog.showModal();
  return new Promise((done) => { waiting.push(done); });
}
whenSignedOut(askToSignIn);

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = dialog.querySelector(".problem");
  problem.hidden = true;
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Part": "signin", "X-CSRFToken": csrf() } });
  } catch { problem.textContent = "连不上服务器，请稍后再试。"; problem.hidden = false; return; }
  if (!answer.ok) {
    const said = (await answer.json().catch(() => ({}))).said;
    problem.textContent = said || "没有登录上，请再试一次。";
    problem.hidden = false;
    return;
  }
  const held = await answer.json();
  // Somebody else at this machine sees his own page, not what another was writing.
  if (String(held.me) !== me) { sessionStorage.clear(); location.href = "/"; return; }
  renewToken(held.csrf);
  form.reset();
  dialog.close();
  say("已重新登录，请继续。");
  const done = waiting;
  waiting = [];
  done.forEach((go) => go());
  document.dispatchEvent(new CustomEvent("jiesu:signed-in"));
});

// A part that htmx asked for: ask to sign in, then send the same form again.
document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRFToken"] = csrf(); });
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status !== 401) return;
  event.detail.shouldSwap = false;
  const { elt } = event.detail.requestConfig;
  askToSignIn().then(() => {
    if (elt.tagName === "FORM") elt.requestSubmit(); else elt.click();
  });
});
document.querySelector("[data-sign-out]")?.addEventListener("submit", () => sessionStorage.clear());
