// Fields that take several names complete each of them; after a check the keyboard is at its result.
document.querySelectorAll("input[data-many]").forEach((input) => {
  const names = Array.from(document.getElementById(input.getAttribute("list"))?.options || [], (one) => one.value);
  const own = document.createElement("datalist");
  own.id = `${input.id}-list`;
  input.after(own);
  input.setAttribute("list", own.id);
  const offer = () => {
    const at = Math.max(...["、", "，", ","].map((sign) => input.value.lastIndexOf(sign)));
    const before = input.value.slice(0, at + 1), written = input.value.slice(at + 1).trim();
    const held = before.split(/[、，,]/);
    own.replaceChildren(...names.filter((one) => !held.includes(one) && (!written || one.includes(written))).slice(0, 30).map((one) => Object.assign(document.createElement("option"), { value: before + one })));
  };
  input.addEventListener("input", offer);
  input.addEventListener("focus", offer);
});
const weighed = document.querySelector("[data-weighed]");
if (weighed) weighed.focus({ preventScroll: true });
else document.querySelector("[aria-invalid]")?.focus();
