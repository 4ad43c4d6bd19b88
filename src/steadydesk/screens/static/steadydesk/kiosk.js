// The kiosk: one question a page, a ticket at the end. Its numbers were reserved beforehand, and each arrival is kept until
// the server has it, so a cut holds nobody up; a number is one arrival however often it is sent. Of the last customer
// nothing stays on the screen, and nothing in the browser once the server has it.
//   [data-language] begins; [data-name][data-value][data-next] answers and goes on; [data-back], [data-reset], [data-come]

const STORE = "kiosk";
const AGAIN = 5000; // ms
const FRESH = 60_000;
const PATIENCE = 4000;
const WARNS = 40_000;
const RESETS = 20_000; // after the warning, or after a ticket was read
const TICKET = 30_000;
const BELIEVED = 24 * 3600_000; // the server takes what is said to be older as made now
const { body, documentElement: page } = document;
const begin = document.getElementById("begin");
const { kept } = self;
const title = document.title;
let here = null; // the part in the chosen language
let answers = {};
let way = [];
let idle = 0;
let sending = false;
let fetched = 0;
let reload = false; // something of the page is old: loaded anew when nobody stands here

const today = () => new Date().toLocaleDateString("sv"); // 2026-03-02, by the clock of the kiosk
const opened = today();

function state() {
  try {
    return { numbers: [], waiting: [], ...JSON.parse(localStorage.getItem(STORE)) };
  } catch {
    return { numbers: [], waiting: [] };
  }
}
const save = (next) => localStorage.setItem(STORE, JSON.stringify(next));

async function post(path, said) {
  const reply = await fetch(`/api/v1/kiosk/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": body.dataset.csrf },
    body: JSON.stringify(said),
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  });
  reload ||= reply.status === 403;
  if (!reply.ok) throw new Error(reply.status);
  return reply.json();
}

async function stock() {
  if (performance.now() - fetched < FRESH && fetched) return;
  const { items } = await post("numbers", {});
  const before = state();
  const used = new Set(before.waiting.map(({ number }) => number));
  save({ ...before, numbers: items.filter(({ number }) => !used.has(number)) });
  fetched = performance.now();
  const known = new Set([...document.querySelectorAll("[data-name=service]")].map(({ dataset }) => dataset.value));
  reload ||= items.some(({ service }) => !known.has(service));
}

async function send(row) {
  const late = kept.ago(row.made);
  const { number, ref, companions, appointment, walk_over } = row;
  await post("arrivals", { number, ref, companions, appointment, walk_over, ago: late > 1000 ? `PT${(late / 1000).toFixed(3)}S` : null });
  const after = state();
  save({ ...after, waiting: after.waiting.filter((one) => one.number !== number) });
}

// In the order of coming. One that is refused stays a day and holds up no other; the desk is asked to look for them.
async function deliver() {
  if (sending) return;
  sending = true;
  try {
    const late = state().waiting.some(({ made }) => kept.ago(made) > AGAIN);
    if (late) await kept.askTime();
    for (const row of state().waiting) await send(row).catch(() => {});
    const { waiting, ...rest } = state();
    if (waiting.some(({ made }) => kept.ago(made) > BELIEVED)) save({ ...rest, waiting: waiting.filter(({ made }) => kept.ago(made) <= BELIEVED) });
    await stock();
  } catch {
    // No link: what is in hand is given out meanwhile.
  } finally {
    sending = false;
  }
}

function show(step) {
  for (const section of here.querySelectorAll("[data-step]")) section.hidden = section.dataset.step !== step;
  const ended = step === "ticket" || step === "ask";
  here.querySelector("[data-back]").hidden = ended || way.length === 0;
  here.querySelector("[data-come]").hidden = ended;
  const heading = here.querySelector(`[data-step="${step}"] h1`);
  heading.focus();
  document.title = heading.textContent;
  here.dataset.at = step;
  watch();
}

// Taken out of the store and kept as given in one write: no number is given twice.
function take() {
  const { numbers, waiting } = state();
  const service = answers.service ?? document.querySelector("[data-name=service]")?.dataset.value;
  const mine = numbers.find((one) => one.service === service && one.day === today());
  if (!mine) return show("ask");
  const row = {
    number: mine.number,
    ref: mine.ref,
    companions: Number(answers.companions ?? 0),
    appointment: answers.appointment === "yes",
    walk_over: answers.walk_over ?? "",
    made: kept.moment(),
  };
  try {
    save({ numbers: numbers.filter((one) => one !== mine), waiting: [...waiting, row] });
  } catch {
    return show("ask"); // what cannot be kept is not promised
  }
  here.querySelector("[data-ticket]").textContent = mine.ref;
  for (const line of here.querySelectorAll("[data-when]")) line.hidden = (line.dataset.when === "come") !== Boolean(row.walk_over);
  fetched = 0;
  show("ticket");
  deliver();
}

function go(step) {
  if (step === "ticket") return take();
  const services = here.querySelectorAll("[data-name=service]");
  if (step === "what" && services.length === 1) {
    answers.service = services[0].dataset.value;
    return show("appointment");
  }
  show(step);
}

function choose(language) {
  here = document.getElementById(`in-${language}`);
  page.lang = here.lang;
  page.dir = here.dir;
  begin.hidden = true;
  here.hidden = false;
  go("what");
}

function reset() {
  clearTimeout(idle);
  here?.querySelector("dialog").close();
  for (const ticket of document.querySelectorAll("[data-ticket]")) ticket.textContent = "";
  [answers, way] = [{}, []];
  for (const toggle of document.querySelectorAll("[data-toggles]")) press(toggle, false);
  if (here) here.hidden = true;
  here = null;
  begin.hidden = false;
  page.lang = begin.querySelector("[data-language]").lang;
  page.dir = "";
  document.title = title;
  begin.querySelector("h1").focus();
  if ((reload || opened !== today()) && fetched) location.reload();
}

function press(button, on) {
  body.classList.toggle(button.dataset.toggles, on);
  for (const same of document.querySelectorAll(`[data-toggles="${button.dataset.toggles}"]`)) same.setAttribute("aria-pressed", on);
}

// Whoever goes away leaves nothing for who comes next; whoever is slow has as long as they like.
function watch() {
  clearTimeout(idle);
  if (!here) return;
  const dialog = here.querySelector("dialog");
  dialog.close();
  if (here.dataset.at === "ticket") idle = setTimeout(reset, TICKET);
  else
    idle = setTimeout(() => {
      dialog.showModal();
      idle = setTimeout(reset, RESETS);
    }, WARNS);
}

function answer(button) {
  way.push(here.dataset.at);
  answers[button.dataset.name] = button.dataset.value;
  go(button.dataset.next);
}

addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return watch();
  const { dataset } = button;
  if (dataset.language) choose(dataset.language);
  else if (dataset.next) answer(button);
  else if ("back" in dataset) show(way.pop());
  else if ("come" in dataset) (answers.walk_over = "asked"), take();
  else if (dataset.toggles) press(button, !body.classList.contains(dataset.toggles)), watch();
  else if ("reset" in dataset) reset();
  else watch();
});
addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (step) {
    const all = [...document.querySelectorAll("button")].filter((button) => button.offsetParent);
    const at = all.indexOf(document.activeElement);
    all[(at + step + all.length + (at < 0 && step < 0 ? 1 : 0)) % all.length]?.focus();
    event.preventDefault();
  }
  if (here && !here.querySelector("dialog").open) watch();
});

if ("serviceWorker" in navigator) {
  const files = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map(({ href, src }) => href ?? src);
  navigator.serviceWorker.register(`/sw.js?v=${body.dataset.version}`).catch(() => {});
  navigator.serviceWorker.ready.then(({ active }) => active?.postMessage({ keep: [location.pathname, ...files] }));
}
addEventListener("online", deliver);
setInterval(deliver, AGAIN);
deliver();
