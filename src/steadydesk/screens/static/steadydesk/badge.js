// A badge held to a reader is recognised wherever the keyboard happens to be: at the idle board, at the locked desk, in
// the middle of a note. A reader types a number and Enter as a keyboard does, only faster than a person can; what it
// typed into a field is taken out again, so that no number of a badge ends in a note or on the record.
//   body: data-badge-begins=";"  what the site's reader types before each number; empty: any number may be a badge
//   #tapping form                the form that taps in, where the page has it
// A run of six keys or more without a blank, each within 50 ms of the last, and Enter at once: that is a reader.
// Not recognised: a reader that ends with Tab or with nothing, or that is slower than this. A ticket of the board that
// is scanned, and what is scanned into Find when somebody had gone there, stays a search.

import { body, say, words } from "./words.js";

const GAP = 50; // ms between keys
const SHORTEST = 6;
const TEXT = "input:not([type=hidden], [type=checkbox], [type=radio], [type=button], [type=submit]), textarea";
const WITH_LETTERS = new Set(["Shift", "CapsLock"]);
let run = null; // what was typed at that speed: {typed, at, field, chosen, before}

const locked = () => body.classList.contains("locked");
// Where keys.js lets letters go that were typed outside a field.
const elsewhere = () => document.querySelector(locked() ? "[data-unlock] [name=key]" : "[data-find]");

function begin(target) {
  const chosen = target.closest?.(TEXT);
  const field = chosen ?? elsewhere();
  const before = field && { value: field.value, from: field.selectionStart, to: field.selectionEnd };
  return { typed: "", at: 0, field, chosen: Boolean(chosen), before };
}

function isBadge({ typed, field, chosen }) {
  const begins = words.badgeBegins ?? "";
  if (typed.length < SHORTEST || !typed.startsWith(begins)) return false;
  if (field?.name === "key" || begins) return true;
  // A word without a digit is a word, however fast it came.
  return /\d/.test(typed) && !(chosen && field.matches("[data-find]")) && !isTicket(typed);
}

const isTicket = (typed) => [...document.querySelectorAll("[data-row] th")].some((ref) => ref.textContent.trim() === typed);

function takeOut({ field, before }) {
  if (!field) return;
  field.value = before.value;
  if (before.from !== null) field.setSelectionRange(before.from, before.to);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// A form that asks who it is takes the badge itself; a name beside it would make a PIN of the number.
function withoutName({ form }) {
  if (form?.elements.person) form.elements.person.value = "";
}

function tapIn(number) {
  const form = document.querySelector("#tapping form");
  if (!form) return send(number);
  form.elements.key.value = number;
  withoutName({ form });
  form.requestSubmit();
}

async function send(number) {
  try {
    const reply = await fetch("/desk/tap", {
      method: "POST", body: new URLSearchParams({ key: number }), redirect: "manual",
      headers: { "X-CSRFToken": words.csrf },
    });
    say(reply.type === "opaqueredirect" ? words.wordsBadgeKnown : words.wordsBadgeUnknown);
  } catch {
    say(words.wordsNotSent);
  }
}

function end(event) {
  const ended = run;
  run = null;
  if (!ended || event.timeStamp - ended.at > GAP || !isBadge(ended)) return;
  if (ended.field?.name === "key") return withoutName(ended.field);
  event.preventDefault();
  event.stopImmediatePropagation();
  takeOut(ended);
  tapIn(ended.typed);
}

addEventListener("keydown", (event) => {
  if (WITH_LETTERS.has(event.key)) return;
  if (event.key === "Enter") return end(event);
  const held = event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing;
  if (event.key.length !== 1 || event.key === " " || held) return void (run = null);
  if (!run || event.timeStamp - run.at > GAP) run = begin(event.target);
  run.typed += event.key;
  run.at = event.timeStamp;
}, { capture: true });
