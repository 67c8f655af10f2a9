// A unit is found by two letters of its name or two characters: Tab or Enter takes the first that fits, arrows choose.
const all = () => Array.from(document.querySelectorAll("#list-unit option"), (el) => ({
  name: el.value, code: el.dataset.code, letters: (el.dataset.letters || "").split(" "),
}));

function fit(unit, asked) {
  const [initials, pinyin] = unit.letters;
  if (unit.name === asked || unit.code.toLowerCase() === asked) return 100;
  if (/^[a-z]+$/.test(asked)) {
    if (initials === asked) return 95;
    if (initials?.startsWith(asked)) return 90;
    if (pinyin?.startsWith(asked)) return 80;
    return initials?.includes(asked) ? 60 : pinyin?.includes(asked) ? 40 : 0;
  }
  if (unit.name.startsWith(asked)) return 90;
  if (unit.name.includes(asked)) return 70;
  let at = -1;
  return Array.from(asked).every((one) => (at = unit.name.indexOf(one, at + 1)) >= 0) ? 50 : 0;
}

// The units that the words may mean, the likeliest first; of equals, the one that leads more lines of the catalog.
export function find(words, most = 8) {
  const asked = words.trim().toLowerCase();
  if (!asked) return [];
  return all().map((unit, at) => ({ unit, at, fits: fit(unit, asked) })).filter((one) => one.fits)
    .sort((a, b) => b.fits - a.fits || a.at - b.at).slice(0, most).map((one) => one.unit);
}

let count = 0;

// Dress an input: `picked(unit)` is told what was taken; `note(unit)` may say something beside a name.
export function dress(input, picked, note = () => "") {
  if (input.dataset.dressed) return;
  input.dataset.dressed = "1";
  input.removeAttribute("list");
  const box = document.createElement("ul");
  box.className = "unit-options";
  box.id = `unit-options-${count += 1}`;
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", "单位");
  box.hidden = true;
  input.after(box);
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", box.id], ["aria-autocomplete", "list"]]) input.setAttribute(name, value);
  let found = [], at = 0, before = input.value;

  function close() { box.hidden = true; found = []; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); }
  function draw() {
    box.replaceChildren(...found.map((unit, place) => {
      const line = document.createElement("li");
      line.id = `${box.id}-${place}`;
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", String(place === at));
      line.append(unit.name);
      const said = document.createElement("small");
      said.textContent = note(unit) || unit.letters[0];
      line.append(said);
      return line;
    }));
    input.setAttribute("aria-activedescendant", `${box.id}-${at}`);
    input.setAttribute("aria-expanded", "true");
    box.hidden = false;
  }
  function take(unit) { before = unit.name; input.value = unit.name; close(); picked(unit); }

  input.addEventListener("input", () => {
    found = find(input.value);
    at = 0;
    if (found.length) draw(); else close();
  });
  input.addEventListener("focus", () => { before = input.value; input.select(); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || box.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") at = (at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
    else if ((event.key === "Tab" && !event.shiftKey) || event.key === "Enter") { event.preventDefault(); event.stopPropagation(); take(found[at]); return; }
    else if (event.key === "Escape") { input.value = before; close(); event.preventDefault(); event.stopPropagation(); return; }
    else return;
    event.preventDefault();
    event.stopPropagation();
    draw();
  });
  box.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const line = event.target.closest("[role=option]");
    if (line) take(found[Array.from(box.children).indexOf(line)]);
  });
  input.addEventListener("blur", close);
}
