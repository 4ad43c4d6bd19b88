// What is said here is kept until the server has it, through a tunnel, a reload and a closed browser, and is sent by one
// tab alone. A person's own phone shows what became of each; a desk shows nothing but its mark, and keeps nothing that
// the server has.
//   [data-kept]            the list of it, with its words; <template data-kept-template> holds one line
//   form[action="/check-ins/answer"]   is kept and sent by this script
//   form[action="/accounts/logout/"]   forgets everything; asks once more while something was not sent

import "./kept.js";
import { body, clockTime, fill, say, tell, words, write } from "./words.js";

const { kept } = self;
const RETRY = 1000; // ms
const SOON = 30_000; // later than this a call says when it was received
const QUIET = 3600_000;
const atDesk = Boolean(words.desk);
const owner = atDesk ? `desk ${words.desk}` : words.viewer; // a desk's call is sent whoever sits there by then
const who = atDesk ? `${words.viewer} ${words.person ?? ""}` : ""; // whose answers may be sent from here
const list = document.querySelector("[data-kept]");
const texts = list?.dataset ?? {};
const claimed = new Map(); // key -> what lets the other tabs have it
const keeping = new Map(); // key -> until it is on the disk
const tabs = new BroadcastChannel("steadydesk kept");
let alarms = new Map();
let rows = [];

// Nobody else's news, and nothing about this person's own call, may sound from the phone that called.
function keepQuiet(place) {
  if (place && !(words.quietPlaces ?? "").split(" ").includes(place)) words.quietPlaces = `${words.quietPlaces ?? ""} ${place}`.trim();
}

async function keep(row) {
  const done = kept.put({ ...row, ...(who && row.kind === "answer" && { by: who }), viewer: owner });
  keeping.set(row.key, done);
  await done;
  navigator.serviceWorker?.ready.then(({ sync }) => sync?.register("kept")).catch(() => {});
  changed();
}

function changed() {
  tabs.postMessage("changed");
  return look();
}

// While this tab holds the row no other sends it; the next in the queue looks whether there is still something to do.
function claim(key, begin = () => {}) {
  if (claimed.has(key)) return;
  let letGo;
  const over = new Promise((done) => (letGo = done));
  claimed.set(key, letGo);
  kept.alone(key, async () => {
    const row = await kept.one(key);
    if (!row || row.settled) return void claimed.delete(key);
    begin(row);
    await over;
  });
}

async function settle(key, reply) {
  await keeping.get(key)?.catch(() => {});
  keeping.delete(key);
  const row = await kept.one(key);
  const settled = row && (await kept.outcome(row, reply));
  if (settled) await (!atDesk && isWorthALine({ ...row, settled }) ? kept.put({ ...row, settled }) : kept.drop(key));
  if (settled && row.unwanted) standDown({ ...row, settled });
  claimed.get(key)?.();
  claimed.delete(key);
  return changed();
}

// As it may have been said under duress, the call went out first, and the protocol says when whoever called may do this.
async function standDown(row) {
  const { alarm, joined } = row.settled;
  if (!alarm || joined || row.stoodDown) return;
  const again = () => setTimeout(standDown, 5 * RETRY, row);
  try {
    const stand = { kind: "answer", alarm, verb: "stand-down", body: { reason: row.reason }, made: kept.moment(), csrf: words.csrf };
    const reply = await kept.send(stand);
    const { code } = reply.ok ? {} : await reply.json();
    if (!reply.ok && (code === "own_alarm" || reply.status >= 500)) return void again();
    await kept.put({ ...row, stoodDown: true });
  } catch {
    again();
  }
}

async function sendCheckIn(row) {
  try {
    const reply = await kept.send({ ...row, csrf: words.csrf });
    if (await kept.outcome(row, reply.clone())) return void (await settle(row.key, reply), checkedIn());
  } catch {
    // No link yet.
  }
  setTimeout(sendCheckIn, RETRY, row);
}

const checkedIn = () => document.querySelector("#check-ins") && tell("live-delivery");

const begin = {
  press: (row) => tell("call-kept", row),
  answer: (row) => tell("answer-kept", row),
  "check-in": sendCheckIn,
};

async function adopt() {
  await look();
  for (const row of await kept.all(owner)) {
    if (row.settled && row.unwanted) standDown(row);
    else if (atDesk && kept.isTooOld(row)) await kept.drop(row.key); // nobody is asked there whether it is still needed
    else if (row.by && row.by !== who) continue;
    else if (!row.settled && !kept.isTooOld(row)) claim(row.key, begin[row.kind]);
    if (!row.settled && kept.ago(row.made) > RETRY) await markLate(row.key);
  }
}

// What the list says

const day = (moment) => new Intl.DateTimeFormat(document.documentElement.lang || undefined, { weekday: "short", day: "numeric", month: "short" }).format(moment);
const time = (moment) => (Math.abs(Date.now() - moment) < 12 * 3600_000 ? clockTime(moment) : `${day(moment)} ${clockTime(moment)}`);

function whatIsSaid(row) {
  const values = { time: time(row.made.wall), place: row.place ?? "", answer: texts[{ acknowledge: "wordsComing", attend: "wordsThere", decline: "wordsCannot" }[row.verb] ?? "wordsCheckIn"] };
  if (kept.isTooOld(row)) return fill(row.kind === "press" ? texts.wordsTooOld : texts.wordsAnswerTooOld, values);
  if (row.kind !== "press") return sayAnswer(row, values);
  if (!row.settled) return fill(row.unwanted ? texts.wordsUnwanted : texts.wordsUnsent, values);
  const { alarm, raised, received } = row.settled;
  const late = Date.parse(received) - Date.parse(raised) >= SOON;
  const now = alarms.get(alarm);
  const names = (now?.coming ?? []).map(({ name }) => name).join(", ");
  const state = { attended: texts.wordsSomebody, closed: texts.wordsClosed }[now?.state];
  const seen = fill(state ?? (names ? texts.wordsAreComing : now ? texts.wordsNobodyYet : ""), { names });
  return `${fill(late ? texts.wordsLate : texts.wordsSent, { ...values, raised: time(Date.parse(raised)), received: time(Date.parse(received)) })} ${seen}`.trim();
}

function sayAnswer({ settled }, values) {
  if (!settled) return fill(texts.wordsAnswerUnsent, values);
  if (settled.refused) return `${fill(texts.wordsAnswerRefused, values)} ${settled.said}`.trim();
  return fill(texts.wordsAnswerLate, { ...values, received: time(settled.at) });
}

function paint() {
  if (!list) return;
  list.hidden = !rows.length;
  for (const line of [...list.children]) if (!rows.some(({ key }) => key === line.dataset.key)) line.remove();
  for (const row of rows) {
    const line = list.querySelector(`[data-key="${CSS.escape(row.key)}"]`) ?? list.appendChild(newLine(row.key));
    const tooOld = kept.isTooOld(row);
    write(line.querySelector("[data-said]"), whatIsSaid(row));
    const shown = {
      again: tooOld && row.kind === "press",
      unwanted: !tooOld && row.kind === "press" && !row.settled && !row.unwanted,
      clear: tooOld || Boolean(row.settled),
    };
    for (const [name, is] of Object.entries(shown)) line.querySelector(`[data-do="${name}"]`).hidden = !is;
    const link = line.querySelector("a");
    link.hidden = !row.settled?.alarm;
    if (row.settled?.alarm) link.href = fill(words.alarmPage, { id: row.settled.alarm });
  }
}

function newLine(key) {
  const line = document.querySelector("[data-kept-template]").content.firstElementChild.cloneNode(true);
  line.dataset.key = key;
  return line;
}

// Of an answer only what had to wait, or was refused.
const isWorthALine = ({ kind, late, settled }) => kind === "press" || late || Boolean(settled?.refused);

async function look() {
  rows = (await kept.all(owner)).filter(isWorthALine);
  tell("kept-known", rows);
  paint();
}

const doing = {
  again: async (row) => (await kept.drop(row.key), tell("call-wanted", row.body)),
  unwanted: (row) => kept.put({ ...row, unwanted: true, reason: texts.wordsReason }),
  clear: (row) => kept.drop(row.key),
};

list?.addEventListener("click", async ({ target }) => {
  const name = target.closest("[data-do]")?.dataset.do;
  const row = name && (await kept.one(target.closest("[data-key]").dataset.key));
  if (row) await doing[name](row);
  if (row) changed();
});

// What is said on this page

body.addEventListener("call-made", ({ detail: { key, body: said, made } }) => {
  if (!atDesk) keepQuiet(said.place);
  if (!atDesk) localStorage.setItem("steadydesk-quiet", JSON.stringify({ place: said.place, at: Date.now() }));
  keep({ key, kind: "press", body: said, made, place: placeName(said) }).then(() => claim(key), () => {});
});
body.addEventListener("call-taken", ({ detail: { key, reply } }) => settle(key, reply));
body.addEventListener("answer-made", ({ detail }) => {
  const key = `answer ${detail.alarm}`;
  keep({ key, kind: "answer", csrf: words.csrf, ...detail }).then(() => claim(key), () => {});
  setTimeout(markLate, RETRY, key);
});
body.addEventListener("answer-taken", ({ detail: { alarm, reply } }) => settle(`answer ${alarm}`, reply));

async function markLate(key) {
  const row = await kept.one(key);
  if (!row || row.settled || row.late) return;
  await kept.put({ ...row, late: true });
  look();
}

function placeName({ site, place }) {
  const option = document.querySelector(`[data-where] option[value="${CSS.escape(`${site} ${place}`)}"]`);
  return option?.textContent.trim() ?? "";
}

// Not form.action: a form may have a field of that name.
const leadsTo = (form) => new URL(form.getAttribute("action") || location, location).pathname;

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (leadsTo(form) !== "/check-ins/answer" || form.dataset.plain || atDesk) return;
  event.preventDefault();
  const row = { key: `check-in ${performance.timeOrigin + performance.now()}`, kind: "check-in", answer: submitter.value, csrf: words.csrf, made: kept.moment(), viewer: owner };
  try {
    await keep(row);
  } catch {
    form.dataset.plain = "yes"; // nothing can be kept here: as without this script
    return void form.requestSubmit(submitter);
  }
  say(texts.wordsCheckInKept);
  setTimeout(markLate, RETRY, row.key);
  claim(row.key, sendCheckIn);
});

let asked = false;
document.addEventListener("submit", async (event) => {
  const { target: form } = event;
  if (leadsTo(form) !== "/accounts/logout/" || atDesk) return;
  event.preventDefault();
  const waiting = rows.filter((row) => !row.settled);
  const line = form.querySelector("[data-not-sent]");
  if (waiting.length && !asked && line) return void (asked = true, (line.hidden = false), line.focus());
  await kept.wipe().catch(() => {});
  for (const name of ["steadydesk-quiet", "steadydesk-place"]) localStorage.removeItem(name);
  form.submit();
});

body.addEventListener("alarms-known", ({ detail }) => ((alarms = detail), paint()));
tabs.addEventListener("message", adopt);
addEventListener("online", adopt);
const { place, at } = JSON.parse(localStorage.getItem("steadydesk-quiet") ?? "{}");
if (Date.now() - at < QUIET) keepQuiet(place);
kept.begin(owner).then(adopt, () => {});
