// A sheet of paper that is typed in, and pages that are printed.
//   [data-paper="exchange"]   the sheet: Enter goes to the next line, Ctrl+Enter sends; what is typed stays in this
//                             browser, through a reload and a lost link, until the server has entered it
//   [data-print]              a button that prints the page

const WEEK = 7 * 24 * 3600 * 1000;
const form = document.querySelector("[data-paper]");
const key = form && `paper:${form.dataset.paper}`;
const lines = () => [...form.querySelectorAll("[data-line]")];
const total = () => form.elements.namedItem("line-TOTAL_FORMS");

function keep() {
  const values = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  const typed = values.some(([name, value]) => /^line-\d+-/.test(name) && value);
  if (typed) localStorage.setItem(key, JSON.stringify({ at: Date.now(), values }));
  else localStorage.removeItem(key);
}

function addLine() {
  const number = lines().length;
  if (number >= Number(form.elements.namedItem("line-MAX_NUM_FORMS").value)) return null;
  const blank = form.querySelector("[data-blank-line]").innerHTML.replaceAll("__prefix__", number);
  form.querySelector("[data-lines]").insertAdjacentHTML("beforeend", blank);
  total().value = number + 1;
  const line = lines()[number];
  line.querySelector("[data-line-number]").textContent = number + 1;
  return line;
}

function bring({ values }) {
  const count = Number(values.find(([name]) => name === "line-TOTAL_FORMS")?.[1] ?? 0);
  while (lines().length < count && addLine());
  for (const [name, value] of values) {
    const found = form.elements.namedItem(name);
    for (const field of found instanceof RadioNodeList ? found : found ? [found] : []) {
      if (field.type === "checkbox") field.checked = field.checked || field.value === value;
      else if (field.type !== "hidden") field.value = value;
    }
  }
  for (const more of form.querySelectorAll("details")) {
    more.open = [...more.querySelectorAll("input, select")].some((f) => (f.type === "checkbox" ? f.checked : f.value));
  }
  const said = document.querySelector("[data-paper-said]");
  said.textContent = said.dataset.wordsBack;
  said.hidden = false;
}

function bringBack() {
  const kept = JSON.parse(localStorage.getItem(key) ?? "null");
  if (!kept || form.hasAttribute("data-typed")) return;
  if (Date.now() - kept.at > WEEK) localStorage.removeItem(key);
  else bring(kept);
}

function nextLine(event) {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("input, select")) return;
  event.preventDefault();
  if (event.ctrlKey || event.metaKey) return form.requestSubmit();
  const every = lines();
  const at = every.indexOf(event.target.closest("[data-line]"));
  const line = every[at + 1] ?? addLine();
  line?.querySelector("input, select").focus();
}

function forget() {
  localStorage.removeItem(key);
  location.assign(location.pathname + location.search);
}

function begin() {
  const here = new URL(location);
  if (here.searchParams.has("entered")) {
    localStorage.removeItem(key);
    here.searchParams.delete("entered"); // a reload must not clear what is typed next
    history.replaceState(null, "", here);
  }
  bringBack();
  form.addEventListener("input", keep);
  form.addEventListener("keydown", nextLine);
  for (const [button, press] of [["[data-more-lines]", () => addLine()?.querySelector("input").focus()], ["[data-forget-sheet]", forget]]) {
    const found = form.querySelector(button);
    found.hidden = false;
    found.addEventListener("click", press);
  }
}

if (form) begin();
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
