// Clocks in m:ss, computed from the server's time and never counted, so that a sleeping tab or a wrong machine
// clock cannot make them wrong.
//   <time data-started-at="..." data-due-at="..." [data-warn-at="..."] [data-stopped-at="..."]
//     [data-name="A118"]>6:12</time>
//   <span data-clock-word></span> in the same row or [data-clock-group] takes the word: two minutes left, over ten
//     minutes.
//   <time data-left-to="..."> counts down.
//   <td data-good-until="..." data-otherwise="not known"> takes the other words when its time is over.
// The status line ([data-say]) speaks when a clock passes a threshold, never each second; many at once become one
// sentence.

import { body, fill, say, staffOnly, words, write } from "./words.js";

const MANY = 3;
let serverTime = null; // ms, at the moment `asOf` of this page's own steady clock
let asOf = 0;
let speed = 1;
const stages = new Map(); // key of a clock -> "", "warn" or "over"

function now() {
  return serverTime === null ? Date.now() : serverTime + (performance.now() - asOf) * speed;
}

function minutesSeconds(ms) {
  const all = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(all / 60)}:${String(all % 60).padStart(2, "0")}`;
}

const at = (text) => (text ? Date.parse(text) : null);

// Exactly at the limit is in time.
function stageOf(due, warn, moment) {
  if (due === null) return "";
  if (moment > due) return "over";
  return moment >= warn ? "warn" : "";
}

function show(clock, moment) {
  const { startedAt, dueAt, warnAt, stoppedAt, leftTo, name } = clock.dataset;
  if (leftTo) {
    write(clock, minutesSeconds(at(leftTo) - moment));
    return null;
  }
  const started = at(startedAt);
  const due = at(dueAt);
  const until = at(stoppedAt) ?? moment;
  write(clock, minutesSeconds(until - started));
  // The warning comes with a fifth of the time left: 8 of 10 minutes, 4 of 5.
  const stage = stageOf(due, at(warnAt) ?? due - (due - started) / 5, until);
  const values = { name, minutes: stage === "warn" ? Math.ceil((due - until) / 60000) : Math.round((due - started) / 60000) };
  mark(clock, stage, values);
  return stoppedAt ? null : passed(`${name} ${dueAt}`, stage, values);
}

function mark(clock, stage, values) {
  clock.dataset.stage = stage;
  const place = clock.closest("[data-clock-group], tr")?.querySelector("[data-clock-word]");
  if (!place) return;
  write(place, fill({ warn: words.wordsLeft, over: words.wordsOver }[stage], values));
  for (const name of ["two", "sign"]) place.classList.toggle(name, stage !== "" && staffOnly);
}

// What is to be said of a clock that has just passed a threshold; nothing for one that had passed it when the page
// was opened.
function passed(key, stage, values) {
  const before = stages.get(key);
  stages.set(key, stage);
  if (before === undefined || before === stage || !stage) return null;
  return fill(stage === "over" ? words.wordsSayOver : words.wordsSayLeft, values) || null;
}

function tick() {
  const moment = now();
  const said = [];
  for (const clock of document.querySelectorAll("[data-started-at], [data-left-to]")) {
    const sentence = show(clock, moment);
    if (sentence) said.push(sentence);
  }
  for (const place of document.querySelectorAll("[data-good-until]")) {
    if (moment > at(place.dataset.goodUntil)) write(place, place.dataset.otherwise);
  }
  say(said.length > MANY ? fill(words.wordsSayMany, { count: said.length }) : said.join(" "));
}

body.addEventListener("live-time", ({ detail }) => {
  serverTime = Date.parse(detail.now);
  asOf = performance.now();
  speed = detail.speed ?? 1;
  tick();
});
document.addEventListener("htmx:after:swap", tick);
setInterval(tick, 500);
tick();
