// Entering sheets one after another: Ctrl+Enter sends from any field, so that the hands stay where they are.
const form = document.querySelector("form[data-send]");
form?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.requestSubmit();
});
// What is wrong is where the hands go first.
document.querySelector(".entry .wrong input, .entry .wrong textarea, .entry .wrong select")?.focus();
