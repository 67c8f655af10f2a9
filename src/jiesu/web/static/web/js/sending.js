// A form with words in it leaves the page only when somebody is there to take it: a server that is away, or a session
// that ended meanwhile, is told where the page stands, and what was written stays.
import { say, unsent } from "./page.js";
import { askToSignIn } from "./signin.js";

const LONGEST = 8000;
const NOT_SENT = "没有发出去。您写的内容还在这里，网络恢复后再按一次。";
const cleared = new WeakSet();

async function there() {
  const asked = { credentials: "same-origin", headers: { "X-Part": "here" }, signal: AbortSignal.timeout(LONGEST) };
  const answer = await fetch("/here", asked).catch(() => null);
  if (answer?.status === 401) { await askToSignIn(); return true; }
  return Boolean(answer?.ok);
}

async function ask(form, submitter) {
  form.dataset.asking = "1";
  unsent(form, "");
  const open = await there();
  delete form.dataset.asking;
  if (!form.isConnected) return;
  if (!open) { unsent(form, NOT_SENT); say("没有发出去，内容还在。"); return; }
  cleared.add(form);
  form.requestSubmit(submitter?.isConnected ? submitter : null);
}

// Before drafts.js, which takes the form for sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.dataset.draft || form.method !== "post" || form.target || form.closest("[hx-boost]")) return;
  if (cleared.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!form.dataset.asking) ask(form, event.submitter);
});

// In a drawer htmx sends the form and nothing moves when it fails.
function lost(event) {
  const form = event.detail.requestConfig?.elt;
  if (form?.tagName === "FORM") unsent(form, NOT_SENT);
  say("没有发出去，内容还在。");
}
document.addEventListener("htmx:sendError", lost);
document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status >= 500) lost(event); });
