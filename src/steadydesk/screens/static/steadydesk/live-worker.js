// Holds the one stream of this browser (as a SharedWorker) or of this page (as a Worker), and tells its pages what
// came.
// Browsers throttle hidden pages but not workers, and allow six connections to a host: so the stream and its
// watchdog live here.
//
// To the pages: {kind: "state", state, since}   connecting, live, polling, unprotected or lost; each second, so
//   that a page sees its worker live
//               {kind: "time", now, protected, can_answer, engine_age_s, speed}
//               {kind: "event", event, early}   early: news of a fact that has no id yet
//               {kind: "refetch"}               something may have been missed: fetch what is shown
// From them:    "bye", "poke", {after: N}

const STREAM = "/api/v1/stream";
const NEWS = "/screens/news";
const SILENCE = 4000; // ms without a heartbeat until the link counts as lost (the contract)
const POLL_EVERY = 2000;
const LONGEST_PAUSE = 3000;

const ports = new Set();
let state = "connecting";
let since = Date.now();
let heard = performance.now(); // of any heartbeat, by stream or by poll
let streamHeard = -Infinity;
let after = null; // id of the last event
let pause = 300;
let attempt = null; // of the stream: its AbortController
let again = 0; // the timer of the next one
let opened = 0;
let polling = false;

const silent = () => performance.now() - streamHeard > SILENCE;

function post(message) {
  for (const port of ports) port.postMessage(message);
}

function enter(next) {
  if (next !== state) {
    const back = next !== "lost" && (state === "lost" || state === "connecting");
    state = next;
    since = Date.now() - (next === "lost" ? performance.now() - heard : 0);
    if (back) post({ kind: "refetch" });
  }
  post({ kind: "state", state, since });
}

function tell(event) {
  if (event.id) {
    if (after !== null && Number(event.id) <= after) return; // came by the stream and by a poll
    after = Number(event.id);
  }
  post({ kind: "event", event, early: !event.id });
}

function beat(time, way) {
  heard = performance.now();
  post({ kind: "time", ...time });
  enter(time.protected === false ? "unprotected" : way);
}

// One frame of a server-sent stream: its lines up to the empty one.
function read(frame) {
  const field = {};
  for (const line of frame.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) field[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
  }
  if (field.event === "heartbeat") {
    streamHeard = performance.now();
    pause = 300;
    beat(JSON.parse(field.data), "live");
  } else if (field.event === "reset") {
    if (field.id) after = Number(field.id);
    post({ kind: "refetch" });
  } else if (field.data) {
    const event = JSON.parse(field.data);
    tell({ ...event, id: field.id ?? null });
  }
}

const question = () => (after === null ? "" : `?after=${after}`);

// fetch, not EventSource: EventSource never comes back after a 503, hides the status and wants every event's name
// in advance.
async function listen() {
  // One at a time: any that were left behind would hold the six connections, and no page could fetch anything.
  clearTimeout(again);
  attempt?.abort();
  const mine = (attempt = new AbortController());
  try {
    const reply = await fetch(STREAM + question(), { signal: mine.signal, cache: "no-store", headers: { Accept: "text/event-stream" } });
    if (!reply.ok) throw new Error(reply.status);
    const lines = reply.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let kept = ""; ; ) {
      const { value, done } = await lines.read();
      if (done) break;
      const frames = (kept + value.replaceAll("\r", "")).split("\n\n");
      kept = frames.pop();
      frames.forEach(read);
    }
  } catch {
    // Refused, cut or given up: the same to us, it is opened again below.
  }
  if (mine !== attempt) return;
  again = setTimeout(listen, pause * (0.7 + 0.6 * Math.random()));
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}

function reopen() {
  opened = performance.now();
  listen(); // takes the place of the stale one, which then does not try again
}

async function poll() {
  if (polling) return;
  polling = true;
  try {
    const reply = await fetch(NEWS + question(), { cache: "no-store", signal: AbortSignal.timeout(SILENCE) });
    if (!reply.ok) throw new Error(reply.status);
    const { events, reset, after: latest, ...time } = await reply.json();
    if (reset) post({ kind: "refetch" });
    events.forEach(tell);
    after = Math.max(after ?? 0, latest ?? 0) || after;
    if (silent()) beat(time, "polling");
  } catch {
    // No news either; the watchdog says so.
  }
  polling = false;
}

function watch() {
  const now = performance.now();
  if (now - heard > SILENCE) enter("lost");
  else post({ kind: "state", state, since });
  // An open connection that says nothing is dead: a proxy keeps it, or the server has stopped.
  if (silent() && ports.size && now - opened > 2 * SILENCE) reopen();
}

function add(port) {
  ports.add(port);
  port.onmessage = ({ data }) => {
    if (data === "bye") ports.delete(port);
    else if (data === "poke") silent() && reopen();
    else if (attempt) port.postMessage({ kind: "refetch" }); // the stream ran before this page came
    else {
      after = data.after;
      heard = performance.now();
      reopen();
    }
  };
  port.postMessage({ kind: "state", state, since });
}

setInterval(watch, 1000);
setInterval(() => silent() && ports.size && poll(), POLL_EVERY);
if ("onconnect" in self) self.onconnect = ({ ports: [port] }) => add(port);
else add(self);
