// Shows open alarms on a staff-only screen and answers them. The banner is painted from the stream's event itself;
// the open alarms are also
// fetched at the start and after every gap. A screen within earshot of the place (data-quiet-places) shows no
// banner and makes no sound.
//   [data-alarms] takes a copy of <template data-alarm-template> for each; in it: data-part="mode urgency place
//     state coming link",
//   a <time data-part="clock">, and buttons data-do="acknowledge decline attend"
//   [data-alert]  the lasting empty role="alert"; it is filled with one sentence and holds no button
//   F8 I am coming (asked once more; undone for ten seconds) and Shift+F8 cannot come work from anywhere, also
//     inside a form

import "./kept.js";
import { body, fill, isLoud, isQuiet, say, staffOnly, tell, words, write } from "./words.js";

const { kept } = self;
const ALARMS = "/api/v1/alarms";
const CONFIRM = 5000; // ms in which the second press counts
const UNDO = 10000;
const REPEAT = 10000;
const UNRECORDED = 2000;
const RETRY = 500;
const RANK = { help: 0, manager: 1, nearby: 2 };
const CLASSES = { help: "one", manager: "two", nearby: "three" };
const known = new Map(); // id -> alarm
const heardAt = new Map(); // id -> {event: highest id, at: when anything was heard of it}
const answers = new Map(); // id -> {asked, coming}: when this screen's person pressed
const given = new Map(); // id -> the answer that was given last and is not settled: {alarm, verb, made}
const seen = new Set();
const banners = document.querySelector("[data-alarms]");

const within = (moment, ms) => moment !== undefined && performance.now() - moment < ms;
const isOpen = ({ state }) => state !== "closed";
const namesMe = ({ coming }) => (coming ?? []).some(({ name }) => name === words.person);
// A colleague of the same name may be coming: whose answer it is says only the server, asked by this person.
const isMine = (alarm) => answers.get(alarm.id)?.coming !== undefined || Boolean(alarm.mine && namesMe(alarm));
const isUnanswered = (alarm) => alarm.state === "open" && !alarm.coming?.length && !alarm.stood_down_at;

// Early news may come before, after or without its recorded fact; recorded facts come in the order of their ids.
function learn(alarm, eventId) {
  const before = known.get(alarm.id);
  const heard = heardAt.get(alarm.id);
  if (eventId && heard?.event >= Number(eventId)) return;
  heardAt.set(alarm.id, { event: Number(eventId) || heard?.event || 0, at: performance.now() });
  known.set(alarm.id, { ...before, ...alarm, recorded: Boolean(before?.recorded || alarm.recorded) });
  if (!isOpen(alarm)) return;
  const again = before && (before.presses ?? 1) < (alarm.presses ?? 1);
  if ((!before || again || RANK[alarm.urgency] < RANK[before.urgency]) && !isQuiet(alarm)) {
    // A counter screen says nothing in words; that somebody is ill it sounds once (design: medical is open).
    if (staffOnly) announce(alarm);
    else if (isLoud(alarm) && isUnanswered(alarm)) sound(alarm);
  }
}

function announce(alarm) {
  const place = document.querySelector("[data-alert]");
  if (place) place.textContent = ""; // the same sentence twice must be spoken twice
  setTimeout(() => {
    const now = known.get(alarm.id);
    if (!now || !isOpen(now)) return; // a screen that catches up also hears of calls that were closed meanwhile
    if (place) place.textContent = fill(words.wordsAlarmSaid, named(now));
    if (isUnanswered(now)) sound(now);
  }, 50);
}

const sound = ({ urgency }) => tell("sound-play", urgency === "help" ? "help" : "call");

function named({ mode, urgency, place, kind, source, walk_to: end = [] }) {
  return {
    mode: { real: words.wordsReal, drill: words.wordsDrill, test: words.wordsTest }[mode],
    urgency: { medical: words.wordsMedical, building: words.wordsBuilding, emergency_call: words.wordsEmergency }[kind] ?? { help: words.wordsHelp, manager: source === "phrase" ? words.wordsPhrase : words.wordsManager, nearby: words.wordsNearby }[urgency],
    place: [place?.name, end[0]?.name].filter(Boolean).join(" → "), // away from a desk: where they walk to
  };
}

async function fetchOpen() {
  const started = performance.now();
  try {
    const reply = await fetch(`${ALARMS}?open=true`, { cache: "no-store", headers: { Accept: "application/json" } });
    if (!reply.ok) return;
    const open = new Map((await reply.json()).items.map((alarm) => [alarm.id, alarm]));
    // What an event has told since the question was put is newer than the answer.
    const newer = (id) => (heardAt.get(id)?.at ?? 0) > started;
    for (const id of known.keys()) if (!open.has(id) && !newer(id)) known.delete(id);
    for (const [id, alarm] of open) if (!newer(id)) learn(alarm);
    paint();
  } catch {
    // The link is down; the watchdog says so, and the next refetch comes with its return.
  }
}

// That nobody else can be told is known of the call itself, so a page that was opened later shows it too.
const stateWords = (alarm) => [standing(alarm), alarm.exhausted && words.wordsNobodyElse].filter(Boolean).join(". ");

function standing(alarm) {
  if (alarm.stood_down_at) return words.wordsStoodDown;
  if (alarm.state === "attended") return words.wordsAttended;
  const waiting = performance.now() - heardAt.get(alarm.id).at;
  return !alarm.recorded && waiting > UNRECORDED ? words.wordsUnrecorded : "";
}

function paintOne(alarm) {
  let banner = banners.querySelector(`[data-alarm="${CSS.escape(alarm.id)}"]`);
  if (!banner) {
    banner = document.querySelector("[data-alarm-template]").content.firstElementChild.cloneNode(true);
    banner.dataset.alarm = alarm.id;
  }
  banner.className = `alarm ${CLASSES[alarm.urgency] ?? "one"}`;
  banner.dataset.mode = alarm.mode;
  const part = (name) => banner.querySelector(`[data-part="${name}"]`);
  const coming = alarm.coming ?? [];
  const texts = {
    ...named(alarm),
    state: stateWords(alarm),
    coming: fill(words.wordsComing, { count: coming.length, needed: alarm.needed, names: coming.map(({ name }) => name).join(", ") }),
  };
  for (const [name, text] of Object.entries(texts)) write(part(name), text ?? "");
  part("clock").dataset.startedAt = alarm.raised_at;
  part("link").href = fill(words.alarmPage, { id: alarm.id });
  part("link").hidden = part("link").pathname === location.pathname; // it would lead to where one is
  paintButtons(banner, alarm);
  return banner;
}

function paintButtons(banner, alarm) {
  const button = (name) => banner.querySelector(`[data-do="${name}"]`);
  const answer = answers.get(alarm.id) ?? {};
  const mine = isMine(alarm);
  button("acknowledge").hidden = mine;
  button("attend").hidden = !mine || alarm.state === "attended";
  button("decline").hidden = mine && !within(answer.coming, UNDO);
  write(button("acknowledge").querySelector("[data-label]"), within(answer.asked, CONFIRM) ? words.wordsComeAgain : words.wordsCome);
  write(button("decline").querySelector("[data-label]"), mine ? words.wordsUndo : words.wordsCannot);
}

function shown() {
  const loud = [...known.values()].filter((alarm) => staffOnly && isOpen(alarm) && !isQuiet(alarm));
  const key = ({ mode, urgency, raised_at }) => [mode === "real" ? 0 : 1, RANK[urgency] ?? 0, raised_at].join(" ");
  return loud.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

// Whoever has opened a call's own page has it before them, also where no banner may be shown.
function reportOpened() {
  for (const alarm of known.values()) if (isOpen(alarm) && fill(words.alarmPage, alarm) === location.pathname) reportSeen(alarm);
}

function paint() {
  tell("alarms-known", known);
  reportOpened();
  if (!banners) return;
  const now = shown();
  for (const old of [...banners.children]) if (!now.some(({ id }) => id === old.dataset.alarm)) old.remove();
  now.forEach((alarm, i) => {
    const banner = paintOne(alarm);
    // Moved only when out of its place: moving would take the focus from its buttons.
    if (banners.children[i] !== banner) banners.insertBefore(banner, banners.children[i] ?? null);
  });
  document.title = document.title.replace(/^(\(\d+\) )?/, now.length ? `(${now.length}) ` : "");
  requestAnimationFrame(() => now.forEach(reportSeen));
}

function reportSeen({ id, recorded }) {
  if (!recorded || seen.has(id) || document.visibilityState !== "visible") return;
  seen.add(id);
  post(id, "seen").catch(() => seen.delete(id));
}

async function post(id, action) {
  const headers = { "Content-Type": "application/json", "Steadydesk-Press": "1", ...(words.csrf && { "X-CSRFToken": words.csrf }) };
  const reply = await fetch(`${ALARMS}/${id}/${action}`, { method: "POST", headers, body: "{}", signal: AbortSignal.timeout(4000) });
  if (reply.status >= 500) throw new Error(reply.status);
  return reply;
}

// Sent again until the server takes or refuses it: a person who said "coming" has turned away from the screen. What was
// said later takes the place of what waits.
async function send(answer) {
  if (given.get(answer.alarm) !== answer) return;
  try {
    const reply = await kept.send({ kind: "answer", csrf: words.csrf, ...answer });
    if (reply.status >= 500) throw new Error(reply.status);
    if (given.get(answer.alarm) !== answer) return; // taken back meanwhile: that is sent for itself
    given.delete(answer.alarm);
    tell("answer-taken", { ...answer, reply: reply.clone() });
    if (reply.ok) return;
    answers.delete(answer.alarm);
    say((await reply.json()).detail);
    paint();
  } catch {
    setTimeout(send, RETRY, answer);
  }
}

function give(alarm, verb, made = kept.moment()) {
  const answer = { alarm, verb, made };
  given.set(alarm, answer);
  tell("answer-made", { ...answer, place: known.get(alarm)?.place?.name ?? "" });
  send(answer);
}

function answer(id, action) {
  const alarm = known.get(id);
  const before = answers.get(id) ?? {};
  if (action === "acknowledge" && !within(before.asked, CONFIRM)) {
    answers.set(id, { asked: performance.now() });
    say(fill(words.wordsComeAgainSaid, named(alarm)));
    setTimeout(paint, CONFIRM + 10);
    return paint();
  }
  if (action === "acknowledge") {
    answers.set(id, { coming: performance.now() });
    setTimeout(paint, UNDO + 10);
  } else if (action === "decline") answers.delete(id);
  give(id, action);
  paint();
}

addEventListener("keydown", (event) => {
  if (event.key !== "F8" || event.ctrlKey || event.altKey || event.metaKey || !banners) return;
  event.preventDefault();
  if (event.repeat) return;
  const next = shown().find((alarm) => (event.shiftKey ? !isMine(alarm) || within(answers.get(alarm.id)?.coming, UNDO) : !isMine(alarm)));
  if (next) answer(next.id, event.shiftKey ? "decline" : "acknowledge");
}, { capture: true });

banners?.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-do]");
  if (button) answer(button.closest("[data-alarm]").dataset.alarm, button.dataset.do);
});
body.addEventListener("live-alarm", ({ detail }) => {
  if (!detail) return void fetchOpen();
  learn(detail.facts, detail.id);
  if (namesMe(detail.facts)) fetchOpen();
  paint();
});
body.addEventListener("alarm-known", ({ detail }) => {
  if (!known.has(detail.id)) learn(detail);
  paint();
});
body.addEventListener("answer-kept", ({ detail: { alarm, verb, made } }) => {
  if (given.has(alarm)) return;
  if (verb !== "decline") answers.set(alarm, { coming: performance.now() - kept.ago(made) });
  const answer = { alarm, verb, made };
  given.set(alarm, answer);
  send(answer);
  paint();
});
addEventListener("visibilitychange", paint);
setInterval(() => {
  const loud = shown().find(isUnanswered);
  if (loud) sound(loud);
}, REPEAT);
setInterval(() => banners?.childElementCount && paint(), 1000);
fetchOpen();
