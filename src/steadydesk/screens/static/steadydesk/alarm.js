// Raising an alarm from this page, and the one footer mark that tells how it goes: "·" nothing, "○" sent, "●" a
// person is coming,
// "?" not sent, use the phone. The screen that raises shows nothing else: no word, colour, sound or moved focus.
// The mark is in no live region.
//   body: data-silent-key="Control+Shift+9", data-place, data-quiet-places="id id ..."
//   [data-call]  the open button Call a colleague: press twice within two seconds, or hold for one
//   [data-raise="help manager nearby"] data-kind, data-to, data-source   a button of a form that calls; the form's
//     own request follows with the same key
//   [data-mark] [data-mark-word]  the mark and its words for whom it is read to
//   [data-no-server]  numbers and way out, shown by itself on a staff-only screen alone; elsewhere it lies behind
//     the mark
// What it tells other scripts: call-made {key, body, made}, call-unsent {key} after each failure, call-taken {key, reply};
// what it hears: call-wanted {urgency, kind, site, place}, call-kept {key, body, made}, as this browser kept it

import "./kept.js";
import { body, fill, isQuiet, staffOnly, tell, words, write } from "./words.js";

const { kept } = self;
const RETRY = 500; // ms
const SAY_NOT_SENT = 2000;
const TWICE = 2000;
const HOLD = 1000;
const SIGNS = { nothing: "·", sent: "○", coming: "●", unsent: "?" };
const presses = new Map(); // idempotency key -> {at, made, body, alarm id once the server has confirmed}
let alarms = new Map(); // id -> alarm, as respond.js knows them
let held = 0;
let first = 0;
let fired = false;
let again = false;

// Only secure pages have randomUUID; a desk on a plain http address must be able to call as well.
function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte, i) => ([4, 6, 8, 10].includes(i) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}

function raise(urgency, source, more = {}) {
  const key = uuid();
  const press = { at: performance.now(), made: kept.moment(), id: null };
  press.body = { urgency, source, ...(words.place && { place: words.place }), ...more };
  presses.set(key, press);
  tell("call-made", { key, body: press.body, made: press.made });
  send(key, press);
  return key;
}

// A button of a form: the call goes out at once, and the form that follows names the same press by its key.
function raiseBy({ dataset: { raise: urgency, source = "button", kind, to }, form }) {
  const about = form?.elements.about?.value; // whom of the organisation it is about: they must not hear of it first
  const key = raise(urgency, source, { ...(kind && { kind }), ...(to && { to }), ...(about && { about }) });
  if (form?.elements.key) form.elements.key.value = key;
}

async function send(key, press) {
  if (press.id || press.busy) return;
  press.busy = true;
  try {
    const reply = await kept.send({ kind: "press", key, body: press.body, made: press.made });
    if (!reply.ok) throw new Error(reply.status);
    const copy = reply.clone();
    const alarm = await reply.json();
    press.id = alarm.id;
    tell("alarm-known", alarm);
    tell("call-taken", { key, reply: copy });
  } catch {
    tell("call-unsent", { key });
  }
  press.busy = false;
  show();
}

// Without end: a press is given up by nobody but the person, who has rung by then. The oldest first, as its time is
// that of the call which the others join.
async function sendAgain() {
  if (again) return;
  again = true;
  for (const [key, press] of [...presses]) await send(key, press);
  again = false;
}

// This desk's own calls first, then those within earshot; a counter screen shows any call so, as it shows none in
// words.
function state() {
  const pressed = [...presses.values()];
  const now = performance.now();
  if (pressed.some(({ id, at }) => !id && now - at > SAY_NOT_SENT)) return "unsent";
  const open = [...alarms.values()].filter(({ state: is }) => is !== "closed");
  const own = open.filter(({ id }) => pressed.some((press) => press.id === id));
  const near = open.filter((alarm) => isQuiet(alarm) || !staffOnly);
  const shown = own.length ? own : near;
  if (!shown.length) return "nothing";
  return shown.every(({ coming, state: is }) => coming?.length || is === "attended") ? "coming" : "sent";
}

function show() {
  const now = state();
  write(document.querySelector("[data-mark]"), SIGNS[now]);
  write(document.querySelector("[data-mark-word]"), fill({
    nothing: words.wordsMarkNothing, sent: words.wordsMarkSent, coming: words.wordsMarkComing, unsent: words.wordsMarkUnsent,
  }[now]));
  const numbers = document.querySelector("[data-no-server]");
  if (numbers) numbers.hidden = !(staffOnly && now === "unsent");
}

function isKey(event, written) {
  const wanted = (written || "").split("+");
  const key = wanted.pop();
  const held = (name) => wanted.includes(name);
  // The code, as Shift+9 is "(" on one keyboard and ")" on another.
  const same = event.code === `Digit${key}` || event.code === `Key${key.toUpperCase()}` || event.code === key || event.key === key;
  return Boolean(key) && same && event.ctrlKey === held("Control") && event.shiftKey === held("Shift")
    && event.altKey === held("Alt") && event.metaKey === held("Meta");
}

// Before anything else on the page hears the keys; and they do nothing else, ever.
addEventListener("keydown", (event) => {
  const silent = isKey(event, words.silentKey);
  if (!silent && !isKey(event, words.phraseKey)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!event.repeat) raise(...(silent ? ["help", "hot_key"] : ["manager", "phrase"]));
}, { capture: true });

addEventListener("keydown", (event) => {
  const find = event.target.closest?.("[data-find], [data-unlock] [name=key]");
  if (event.key !== "Enter" || find?.value.trim() !== "#00") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  find.value = "";
  write(document.querySelector("[data-find-results]"), words.wordsNoResults ?? "");
  raise("help", "code");
}, { capture: true });

function label(text) {
  write(document.querySelector("[data-call] [data-call-label]"), text);
}

function call() {
  first = 0;
  label(words.wordsCall);
  raise("nearby", "button");
}

function press() {
  if (fired) return void (fired = false);
  if (first && performance.now() - first < TWICE) return call();
  first = performance.now();
  label(words.wordsCallAgain);
  setTimeout(() => first && performance.now() - first >= TWICE && label(words.wordsCall), TWICE + 10);
}

function hold(event) {
  if (!event.target.closest?.("[data-call]") || (event.type === "keydown" && ![" ", "Enter"].includes(event.key))) return;
  if (event.repeat) return event.preventDefault(); // a held Enter would count as many presses
  fired = false;
  clearTimeout(held);
  held = setTimeout(() => {
    fired = true;
    call();
  }, HOLD);
}

addEventListener("click", ({ target }) => target.closest("[data-call]") && press());
addEventListener("click", ({ target }) => {
  const button = target.closest("[data-raise]");
  if (!button) return;
  raiseBy(button);
  button.closest("[popover]")?.hidePopover();
});
addEventListener("keydown", (event) => {
  if (event.repeat && event.target.closest?.("[data-raise]")) event.preventDefault();
});
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, hold);
for (const kind of ["pointerup", "pointercancel", "keyup", "blur"]) addEventListener(kind, () => clearTimeout(held));
body.addEventListener("alarms-known", ({ detail }) => {
  alarms = detail;
  for (const [key, { id }] of presses) if (alarms.get(id)?.state === "closed") presses.delete(key);
  show();
});
body.addEventListener("call-wanted", ({ detail: { urgency, ...more } }) => raise(urgency, "app", more));
body.addEventListener("call-kept", ({ detail: { key, body: said, made } }) => {
  if (presses.has(key)) return;
  presses.set(key, { at: performance.now() - kept.ago(made), made, body: said, id: null });
  sendAgain();
});
setInterval(sendAgain, RETRY);
addEventListener("online", sendAgain);
setInterval(show, 500);
show();
