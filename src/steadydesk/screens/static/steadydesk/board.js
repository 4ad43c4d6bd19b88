// The public board: fetches what is called now, sounds and marks a new call for a while, and says “ask at the desk”
// when it cannot know. It has no stream: what staff are told is not for a screen that customers read.

const EVERY = 2000; // ms
const PATIENCE = 3000;
const LOST = 8000;
const MARKED = 10_000;
const CHIME = [[784, 0], [587, 0.35]]; // Hz, s: two falling tones, unlike any call for help
const body = document.body;
const now = document.getElementById("now");
const lost = document.getElementById("lost");
const sound = document.getElementById("sound");
const audio = "AudioContext" in window ? new AudioContext() : null;
const marked = new Map(); // call → until when it is marked
let known = null; // calls that were shown before; nothing is new to a board that has just opened
let heard = 0; // by the clock that nobody sets

function tone(pitch, at) {
  const [source, loud] = [audio.createOscillator(), audio.createGain()];
  source.frequency.value = pitch;
  loud.gain.setValueAtTime(0, at);
  loud.gain.linearRampToValueAtTime(0.4, at + 0.02);
  loud.gain.exponentialRampToValueAtTime(0.001, at + 0.6);
  source.connect(loud).connect(audio.destination);
  source.start(at);
  source.stop(at + 0.6);
}

function chime() {
  if (audio?.state === "running") for (const [pitch, later] of CHIME) tone(pitch, audio.currentTime + later);
}

function mark() {
  const calls = [...now.querySelectorAll("[data-call]")];
  const fresh = known ? calls.filter(({ dataset }) => !known.has(dataset.call)) : [];
  for (const { dataset } of fresh) marked.set(dataset.call, performance.now() + MARKED);
  for (const call of calls) call.classList.toggle("fresh", performance.now() < (marked.get(call.dataset.call) ?? 0));
  known = new Set(calls.map(({ dataset }) => dataset.call));
  for (const call of marked.keys()) if (!known.has(call)) marked.delete(call);
  if (fresh.length) chime();
}

function show(isLost) {
  now.hidden = isLost;
  lost.hidden = !isLost;
}

async function look() {
  try {
    const reply = await fetch(body.dataset.part, { cache: "no-store", redirect: "error", signal: AbortSignal.timeout(PATIENCE) });
    if (!reply.ok) throw new Error(reply.status);
    const fetched = await reply.text();
    if (fetched !== look.last) now.innerHTML = look.last = fetched;
    heard = performance.now();
    mark();
    show(false);
  } catch {
    // What was called a while ago is not called now.
    if (performance.now() - heard > LOST || !heard) show(true);
  }
  setTimeout(look, EVERY);
}

function offerSound() {
  sound.hidden = !audio || audio.state === "running";
}

audio?.addEventListener("statechange", offerSound);
for (const kind of ["click", "keydown"]) addEventListener(kind, () => audio?.resume());
offerSound();
if ("serviceWorker" in navigator) {
  // Reloaded during a cut, the board is here and says to ask at the desk.
  navigator.serviceWorker.register(`/sw.js?v=${body.dataset.version}`).catch(() => {});
  navigator.serviceWorker.ready.then(({ active }) => active?.postMessage({ keep: [location.pathname] }));
}
look();
