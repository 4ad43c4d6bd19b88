// The phone page: hold for a second to call, or press twice; where one is; and whom to ring while there is no link.
//   [data-hold]    released early it does nothing; for a keyboard or a switch, which cannot hold, twice counts as for
//   [data-twice]   the button beside it
//   [name=what]    value "urgency kind"      [data-where] a select of "site place", with data-known, data-known-at, -how
//   [data-no-link] shown at once when there is no link, or a call could not be sent

import "./kept.js";
import { body, fill, say, tell, words, write } from "./words.js";

const HOLD = 1000; // ms
const TWICE = 5000; // a switch needs its time
const PULSE = 200;
const KNOWN = 12 * 3600_000; // where somebody was longer ago tells nothing
const hold = document.querySelector("[data-hold]");
const twice = document.querySelector("[data-twice]");
const where = document.querySelector("[data-where]");
const noLink = document.querySelector("[data-no-link]");
const unsent = new Set();
let holding = 0;
let pulse = 0;
let first = 0;
let fading = 0;
let lost = false;

const vibrate = (pattern) => navigator.vibrate?.(pattern);

const what = () => document.querySelector("[name=what]:checked");

// What is on the button for now; after a while it says again what it is for.
function label(text, again = true) {
  write(hold.querySelector("[data-label]"), text);
  if (again) say(text);
  clearTimeout(fading);
  fading = setTimeout(label, TWICE, hold.dataset.words, false);
}

function showChoice() {
  const place = where.value && where.selectedOptions[0].textContent.trim();
  write(hold.querySelector("[data-choice]"), [what().parentElement.textContent.trim(), place].filter(Boolean).join(" · "));
}

function call() {
  first = 0;
  const [urgency, kind] = what().value.split(" ");
  const [site, place] = where.value.split(" ");
  tell("call-wanted", { urgency, kind, ...(site && { site, place }) });
  vibrate([60, 60, 60]);
  label(hold.dataset.wordsCalled);
}

function stop() {
  clearTimeout(holding);
  clearInterval(pulse);
  holding = 0;
  hold.classList.remove("holding");
}

function start(event) {
  if (event.button || holding) return;
  hold.classList.add("holding");
  vibrate(20);
  pulse = setInterval(vibrate, PULSE, 20);
  holding = setTimeout(() => {
    stop();
    call();
  }, HOLD);
}

function press() {
  if (first && performance.now() - first < TWICE) return call();
  first = performance.now();
  label(hold.dataset.wordsAgain);
}

hold.addEventListener("pointerdown", start);
for (const kind of ["pointerup", "pointercancel", "pointerleave", "blur"]) hold.addEventListener(kind, stop);
hold.addEventListener("contextmenu", (event) => event.preventDefault()); // what a long touch opens elsewhere
hold.addEventListener("click", (event) => !event.detail && press()); // no pointer made it
twice.addEventListener("click", press);
for (const button of [hold, twice]) {
  button.addEventListener("keydown", (event) => event.repeat && event.preventDefault()); // a held Enter would be many presses
}

// Where

function chosen() {
  try {
    return JSON.parse(localStorage.getItem("steadydesk-place")) ?? {};
  } catch {
    return {};
  }
}

function known() {
  const { known: value, knownAt, knownHow: how } = where.dataset;
  const own = { ...chosen(), how: "chosen" };
  const told = { value, at: Date.parse(knownAt) || 0, how };
  const isThere = ({ value: wanted, at }) => wanted && Date.now() - at < KNOWN && [...where.options].some((option) => option.value === wanted);
  const [last] = [own, told].filter(isThere).sort((a, b) => b.at - a.at);
  return last ?? { ...told, at: 0 };
}

function showAge() {
  const { value, at, how } = known();
  const minutes = Math.max(0, Math.round((Date.now() - at) / 60_000));
  const words = { chosen: where.dataset.wordsChosen, tapped: where.dataset.wordsTapped }[at ? how : ""];
  write(document.querySelector("[data-where-age]"), value && value === where.value ? fill(words ?? where.dataset.wordsShift, { minutes }) : "");
}

where.addEventListener("change", () => {
  localStorage.setItem("steadydesk-place", JSON.stringify({ value: where.value, at: Date.now() }));
  showAge();
  showChoice();
});
for (const choice of document.querySelectorAll("[name=what]")) choice.addEventListener("change", showChoice);
where.value = known().value ?? "";
showAge();
showChoice();
setInterval(showAge, 30_000);

// Without a link

function showLink() {
  noLink.hidden = navigator.onLine && !lost && !unsent.size;
  for (const age of document.querySelectorAll("[data-as-of]")) age.hidden = noLink.hidden;
}

body.addEventListener("live-state", ({ detail: { state } }) => ((lost = state === "lost"), showLink()));
body.addEventListener("call-unsent", ({ detail: { key } }) => {
  if (!unsent.has(key)) label(hold.dataset.wordsUnsent);
  unsent.add(key);
  showLink();
});
body.addEventListener("call-taken", ({ detail: { key } }) => (unsent.delete(key), showLink()));
for (const kind of ["online", "offline"]) addEventListener(kind, showLink);
showLink();
