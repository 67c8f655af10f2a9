// What every module needs of the page: its moment, its token, parts of it from the server, words said to its person.
const body = document.body;

// The server's clock, however wrong this machine's is.
const ahead = body.dataset.now ? Date.parse(body.dataset.now) - Date.now() : 0;
export const now = () => Date.now() + ahead;

export const me = body.dataset.me || "";
export const csrf = () => body.dataset.csrf || "";

export function renewToken(token) {
  body.dataset.csrf = token;
  document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((el) => { el.value = token; });
}

let askedToSignIn = null;
// Set by signin.js: asks the person to sign in where the page stands, and resolves when that is done.
export function whenSignedOut(ask) { askedToSignIn = ask; }

// A part of a page. After an expired session the person is asked to sign in, and the part is asked for again.
export async function part(address, name = "main", options = {}) {
  const headers = { "X-Part": name, "X-CSRFToken": csrf(), ...(options.headers || {}) };
  const answer = await fetch(address, { credentials: "same-origin", ...options, headers });
  if (answer.status !== 401 || !askedToSignIn) return answer;
  await askedToSignIn();
  headers["X-CSRFToken"] = csrf();
  // Signing in gave the page another token; the one that was written into the form is refused.
  if (options.body instanceof FormData && options.body.has("csrfmiddlewaretoken")) options.body.set("csrfmiddlewaretoken", csrf());
  return fetch(address, { credentials: "same-origin", ...options, headers });
}

export function parsed(html) {
  const held = document.createElement("template");
  held.innerHTML = html;
  return held.content;
}

// A line that comes and goes, read out by a screen reader.
export function say(words, seconds = 6) {
  const place = document.getElementById("toasts");
  if (!place || !words) return;
  const line = document.createElement("div");
  line.className = "toast";
  line.textContent = words;
  place.append(line);
  while (place.children.length > 3) place.firstChild.remove();
  setTimeout(() => line.remove(), seconds * 1000);
}

// Beside the button of a form: that it was not sent. Without words: nothing is said any more.
export function unsent(form, words) {
  form.querySelector(".problem.unsent")?.remove();
  if (!words) return;
  const held = Object.assign(document.createElement("p"), { className: "problem unsent", textContent: words });
  held.setAttribute("role", "alert");
  const buttons = Array.from(form.querySelectorAll(".buttons, button.primary")).find((el) => el.checkVisibility());
  if (buttons) buttons.before(held); else form.prepend(held);
}

export const typing = (el) => el && (el.isContentEditable || /^(TEXTAREA|SELECT)$/.test(el.tagName)
  || (el.tagName === "INPUT" && !/^(checkbox|radio|button|submit|file)$/.test(el.type)));

// Put fresh parts of the page in the place of those with the same id.
export function renew(content, ids) {
  ids.forEach((id) => {
    const fresh = content.querySelector("#" + id);
    const old = document.getElementById(id);
    if (fresh && old && old.outerHTML !== fresh.outerHTML) old.replaceWith(fresh);
  });
}
export const FRAME = ["nav", "unread", "banner", "shift"];
