// Beeps by Web Audio. A browser lets a page sound only after a key or a click: "Start this desk"
// ([data-start-desk]) is that click and plays
// the test tone. Other scripts ask by the event `sound-play` on <body>: detail "help" (5 and 5), "call" (3), "test"
// (1).

import { body, words, write } from "./words.js";

const BEEPS = { help: [880, [5, 5]], call: [660, [3]], test: [660, [1]] };
const LENGTH = 0.15; // s
const GAP = 0.1;
const BETWEEN = 0.5;
const HEARD = 400; // ms; the test tone and what a browser takes to begin it
const audio = "AudioContext" in window ? new AudioContext() : null;
let mine = !navigator.locks;
let asked = null; // for the lock, while this tab can sound
let letGo = () => {};

// Of several tabs one sounds, and it must be one that can: a tab that nobody has touched has no sound to give.
function claim() {
  const on = audio?.state === "running";
  if (!navigator.locks || on === Boolean(asked)) return;
  if (!on) {
    asked.abort();
    letGo();
    asked = null;
    mine = false;
    return;
  }
  asked = new AbortController();
  const have = () => new Promise((done) => ((letGo = done), (mine = true)));
  navigator.locks.request("steadydesk-sound", { signal: asked.signal }, have).catch(() => {}); // given up meanwhile
}

function beep(pitch, at) {
  const tone = audio.createOscillator();
  const loud = audio.createGain();
  tone.frequency.value = pitch;
  loud.gain.setValueAtTime(0, at);
  loud.gain.linearRampToValueAtTime(0.5, at + 0.01); // a soft edge: without it each beep clicks
  loud.gain.setValueAtTime(0.5, at + LENGTH - 0.02);
  loud.gain.linearRampToValueAtTime(0, at + LENGTH);
  tone.connect(loud).connect(audio.destination);
  tone.start(at);
  tone.stop(at + LENGTH);
}

function play(name) {
  // The test tone belongs to the click on this very tab, whichever sounds at a call.
  if ((!mine && name !== "test") || audio?.state !== "running") return;
  const [pitch, groups] = BEEPS[name];
  let at = audio.currentTime;
  for (const count of groups) {
    for (let i = 0; i < count; i += 1, at += LENGTH + GAP) beep(pitch, at);
    at += BETWEEN;
  }
}

function show() {
  claim();
  const on = audio?.state === "running";
  write(document.querySelector("[data-sound]"), on ? words.wordsSoundOn : words.wordsSoundOff);
}

async function unlock() {
  await audio?.resume();
  show();
}

// A key that presses a button is a click as well: the tone is the click's alone.
async function clicked(event) {
  await unlock();
  if (event.target.closest?.("[data-start-desk]")) play("test");
}

// The next page would cut the tone short, and nobody would know whether this desk can be heard.
function hearFirst(event) {
  const form = event.target;
  if (!audio || form.hasAttribute("hx-post") || !form.querySelector("[data-start-desk]")) return;
  event.preventDefault();
  setTimeout(() => form.submit(), HEARD);
}

addEventListener("submit", hearFirst);
body.addEventListener("sound-play", ({ detail }) => play(detail));
audio?.addEventListener("statechange", show);
addEventListener("click", clicked);
addEventListener("keydown", () => audio?.state === "suspended" && unlock());
show();
