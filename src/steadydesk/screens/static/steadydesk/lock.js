// A desk that nobody has used for a while locks: what a customer must not read goes, and so do the keys that write.
// The silent key, the code, the button and the marks of the link and the call stay as they are.
//   body: data-desk="7", data-lock-after="300" seconds (0 never), data-locked="yes" on a page that came locked
//   [data-lock]      what stands there meanwhile; its form [data-unlock] asks who it is
//   [data-lock-now]  locks at once
//   .lockable, main  what is hidden and out of reach; it stays in the page, so that what was half typed comes back
// The desk is locked on the server too, so that no other tab and no address shows more.

import { body, tell, words } from "./words.js";

const AFTER = Number(words.lockAfter) * 1000;
const panel = document.querySelector("[data-lock]");
const form = document.querySelector("[data-unlock]");
const said = document.querySelector("[data-lock-said]");
const field = panel.querySelector("input[name=key]");
const cameLocked = words.locked === "yes";
let before = null; // what had the focus
let known = cameLocked; // the server has it too
let asking = 0; // questions of this page that are under way
let told = 0; // the newest event that an answer knew of: what is heard of earlier ones comes late and is no news
let heardMeanwhile = null;

const locked = () => body.classList.contains("locked");
const parts = () => [...document.querySelectorAll(".lockable, main, dialog")].filter((part) => !part.contains(panel));

// All tabs of the desk count as one: somebody may work in another.
function used() {
  try {
    localStorage.setItem("desk-used", Date.now());
  } catch {
    // A browser that keeps nothing locks each tab for itself.
  }
  used.at = Date.now();
}

function lastUsed() {
  let shared = 0;
  try {
    shared = Number(localStorage.getItem("desk-used"));
  } catch {
    // As above.
  }
  return Math.max(used.at, shared);
}

function post(address, data) {
  return fetch(address, {
    method: "POST", body: data, keepalive: true,
    headers: { "X-CSRFToken": words.csrf, Accept: "application/json" },
  });
}

async function ask(address, data) {
  asking += 1;
  try {
    const reply = await post(address, data);
    const answer = await reply.json();
    told = Math.max(told, answer.after ?? 0);
    return { ...answer, ok: reply.ok };
  } finally {
    asking -= 1;
    setTimeout(judgeMeanwhile); // when the answer has been acted upon
  }
}

function show(on) {
  body.classList.toggle("locked", on);
  for (const part of parts()) part.inert = on;
  panel.hidden = !on;
}

function lock() {
  if (locked()) return;
  before = document.activeElement;
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  for (const open of document.querySelectorAll(":popover-open")) open.hidePopover();
  form.reset();
  tellWhy("");
  show(true);
  field.focus();
}

function lockDesk() {
  if (locked()) return;
  lock();
  post("/screens/used", new URLSearchParams({ unlocked: "no" })).catch(() => {});
  // Without the server the page is locked all the same.
  tellServer().catch(() => {});
}

async function tellServer() {
  known = (await ask("/desk/lock")).ok;
}

function tellWhy(sentence) {
  said.textContent = sentence;
  said.hidden = !sentence;
}

// The link may be back before the first answer: the person is told to try again, and nothing is shown meanwhile.
async function unlock(event) {
  event.preventDefault();
  const typed = new FormData(form);
  try {
    if (!known) await tellServer();
    const answer = await ask("/desk/unlock", typed);
    if (answer.ok) return opened(answer.same);
    const fresh = form.querySelector("[data-new-pin]");
    if (fresh) fresh.hidden = !answer.new_pin;
    if (!answer.new_pin) field.value = "";
    tellWhy(answer.said);
    (answer.new_pin ? fresh.querySelector("input") : field).focus();
  } catch {
    tellWhy(words.wordsNotSent);
  }
}

function opened(same) {
  // Somebody else must not see what another has half typed.
  if (cameLocked || !same) return location.assign("/desk");
  used();
  form.reset();
  show(false);
  known = false;
  before?.focus?.();
  tell("live-board");
  tell("live-refetch");
}

function heard({ detail }) {
  if (detail?.subject !== `device:${words.desk}`) return;
  if (asking) heardMeanwhile = detail;
  else judge(detail);
}

function judgeMeanwhile() {
  if (asking || !heardMeanwhile) return;
  const event = heardMeanwhile;
  heardMeanwhile = null;
  judge(event);
}

function judge({ id, type }) {
  if (Number(id) <= told) return;
  known ||= type === "desk:locked";
  if (type === "desk:locked") lock();
  else if (type === "desk:unlocked" && locked()) location.assign("/desk");
}

used.at = Date.now();
if (!cameLocked) used();
for (const kind of ["keydown", "pointerdown", "pointermove", "wheel"]) {
  addEventListener(kind, () => locked() || used(), { capture: true, passive: true });
}
if (AFTER) setInterval(() => Date.now() - lastUsed() >= AFTER && lockDesk(), 1000);
addEventListener("click", ({ target }) => target.closest("[data-lock-now]") && lockDesk());
form.addEventListener("submit", unlock);
body.addEventListener("live-desk", heard);
document.addEventListener("desk-locked", lock);
if (cameLocked) {
  show(true);
  field.focus();
}
