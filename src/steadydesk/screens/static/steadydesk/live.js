// Turns what the worker says into DOM events on <body>, and shows how the link is. Page scripts speak to each other
// by these events alone:
//   live-time {now, protected, can_answer, speed}   live-state {state, since}   live-refetch
//   live-alarm, live-visit, live-prompt, ... (the noun of an event; detail: the event, with `early`)
//   live-board: what a board shows has changed; a fragment with hx-trigger="live-board from:body" fetches itself
// Every noun's event also comes bare after a gap (detail null), with live-refetch: fetch the state, whatever was
// missed.

import { body, clockTime, fill, staffOnly, tell, words, write } from "./words.js";

const SILENCE = 5000; // a frozen tab can lose its shared worker without a word
const BOARD = new Set(["visit", "prompt", "encounter", "site", "presence", "protocol"]);
const NOUNS = ["visit", "prompt", "alarm", "site", "presence", "delivery", "desk"];
let worker = null;
let heard = 0;
let starts = 0;
let shown = "";

function showState({ state, since }) {
  const link = document.querySelector("[data-link]");
  if (!link) return;
  const time = clockTime(since, staffOnly);
  link.dataset.state = state;
  const text = { live: words.wordsLive, polling: words.wordsPolling, unprotected: words.wordsUnprotected, lost: words.wordsLost }[state];
  const sentence = fill(text ?? words.wordsConnecting, { time });
  if (sentence === shown) return;
  shown = sentence;
  link.querySelector("[data-link-text]").textContent = sentence;
  // A screen that was just opened need not say that it works.
  const spoken = document.querySelector("[data-link-status]");
  if (spoken && (state !== "live" || spoken.textContent)) spoken.textContent = sentence;
}

function showTime({ now, can_answer: can }) {
  write(document.querySelector("[data-link-time]"), clockTime(new Date(now), true));
  // At a counter no words: the dot beside the time is a ring while nobody could answer a call.
  const link = document.querySelector("[data-link]");
  if (link) link.dataset.answer = can ? "somebody" : "nobody";
  write(document.querySelector("[data-can-answer]"), fill(can ? words.wordsCan : words.wordsNobody, { count: can }));
}

function hear({ data }) {
  heard = performance.now();
  if (data.kind === "state") {
    showState(data);
    tell("live-state", data);
  } else if (data.kind === "time") {
    showTime(data);
    tell("live-time", data);
  } else if (data.kind === "refetch") {
    for (const noun of NOUNS) tell(`live-${noun}`);
    tell("live-board");
    tell("live-refetch");
  } else if (data.kind === "event") {
    const noun = data.event.type.split(":")[0];
    tell(`live-${noun}`, { ...data.event, early: data.early });
    if (BOARD.has(noun)) tell("live-board", data.event);
  }
}

// A worker belongs to one viewer: after signing in or out another may see other things.
function start() {
  const name = `steadydesk ${words.viewer ?? ""} ${starts || ""}`;
  starts += 1;
  heard = performance.now();
  stop();
  const shared = "SharedWorker" in window ? new SharedWorker(words.worker, { name }) : null;
  worker = shared ? shared.port : new Worker(words.worker);
  worker.onmessage = hear;
  worker.postMessage({ after: words.after ? Number(words.after) : null });
  if (starts > 1) hear({ data: { kind: "refetch" } });
}

function stop() {
  worker?.postMessage("bye");
  (worker?.close ?? worker?.terminate)?.call(worker);
  worker = null;
}

setInterval(() => {
  if (worker && performance.now() - heard > SILENCE) {
    showState({ state: "lost", since: Date.now() - SILENCE });
    start();
  }
}, 1000);
addEventListener("pagehide", stop);
addEventListener("pageshow", ({ persisted }) => persisted && start());
addEventListener("online", () => worker?.postMessage("poke"));
if (words.worker) start();
