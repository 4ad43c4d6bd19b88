// What only a desk's board does: Find narrows the rows, and a card closes by itself.
//   [data-find] [data-find-results]   typed words hide the rows that do not have them; Enter goes to the first that does
//   [data-closes-by-itself="60"]      a card that goes after so many seconds without a key or a touch in it
//   [data-closes-to="/desk"]          a page of its own goes there instead, unless something is filled in on it: the lock covers that
//   F3                                to the first question that waits for an answer

import { body, say, words, write } from "./words.js";

const field = document.querySelector("[data-find]");
const results = document.querySelector("[data-find-results]");
let closing = 0;
let shown = null; // the card that the time runs for: a new board must not give it more

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function matches() {
  const wanted = plain(field.value.trim());
  const found = [];
  for (const row of document.querySelectorAll("[data-row]")) {
    const cells = [...row.cells].slice(0, 3).map(({ textContent }) => textContent).join(" ");
    row.hidden = Boolean(wanted) && !plain(cells).includes(wanted);
    if (!row.hidden) found.push(row);
  }
  write(results, wanted && !found.length ? words.wordsNoResults : "");
  return found;
}

function find(event) {
  if (event.key === "Escape") field.value = "";
  else if (event.key === "Enter") event.preventDefault();
  else return;
  const [first] = matches();
  if (field.value.trim() || event.key === "Escape") first?.focus();
}

function closeLater() {
  clearTimeout(closing);
  const card = (shown = document.querySelector("[data-closes-by-itself]"));
  if (!card || card.hidden) return;
  closing = setTimeout(() => {
    if (card.dataset.closesTo) return leave(card);
    const held = card.contains(document.activeElement);
    card.hidden = true;
    if (held) document.querySelector("[data-row]")?.focus();
  }, Number(card.dataset.closesByItself) * 1000);
}

// Whatever differs from how the page came: words, a tick, a choice from a list.
function isFilled(field) {
  if (field.options) return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
  if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked; // its value says nothing
  return field.value !== field.defaultValue;
}

function leave(page) {
  if ([...page.querySelectorAll("textarea, select, input:not([type=hidden])")].some(isFilled)) closeLater();
  else location.assign(page.dataset.closesTo);
}

function toFirstQuestion(event) {
  if (event.key !== "F3" || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  document.querySelector("#questions :is(button, a)")?.focus();
}

// The card that an answer was asked for may have been replaced by the answer before it: it goes into the card of now.
function aimAnew({ detail: { ctx } }) {
  if (ctx.target?.id && !ctx.target.isConnected) ctx.target = document.getElementById(ctx.target.id) ?? ctx.target;
}

function swapped() {
  if (field?.value) matches();
  const said = document.querySelector("#card [role=status], #arrival-place [role=status], #said");
  if (said?.textContent) say(said.textContent);
  if (document.querySelector("[data-closes-by-itself]") !== shown) closeLater();
}

field?.addEventListener("input", matches);
field?.addEventListener("keydown", find);
document.addEventListener("htmx:before:response", aimAnew);
document.addEventListener("htmx:after:swap", swapped);
for (const kind of ["keydown", "pointerdown"]) {
  addEventListener(kind, (event) => {
    if (event.target.closest?.("[data-closes-by-itself]")) closeLater();
  });
}
addEventListener("keydown", toFirstQuestion);
// Who waits is asked for anew at each opening: who comes while it is read out was not told.
const room = document.getElementById("room");
if (room) {
  const opened = () => room.open && body.dispatchEvent(new CustomEvent("room-opened"));
  new MutationObserver(opened).observe(room, { attributeFilter: ["open"] });
}
closeLater();
