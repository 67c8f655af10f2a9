// The earlier demands of a caller, when the number is written.
import { part } from "./page.js";

const phone = document.getElementById("register-phone");
const history = document.getElementById("history");
phone?.addEventListener("change", async () => {
  const body = new FormData();
  body.set("phone", phone.value);
  const answer = await part(history.dataset.from, "history", { method: "POST", body });
  if (answer.ok) history.innerHTML = await answer.text();
});
