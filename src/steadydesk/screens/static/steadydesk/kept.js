// What this browser keeps until the server has it: calls, answers and check-ins. Pages import it for what it does, and
// the service worker loads it as a script, so it puts `kept` on the global scope and exports nothing.
//   a row: {key, kind: press, answer or check-in, viewer, made, what the request needs, by whom at a desk, settled once the server had it}
//   made: when it was, by kept.moment(); how long ago that is says kept.ago(made), whatever is done to the clock since

(() => {
  const ROWS = "kept";
  const FACTS = "facts";
  const STEPPED = 5000; // ms; the server says the time in whole seconds, and it takes its way
  const LATE = 1000;
  const PATIENCE = { press: 2000, answer: 4000, "check-in": 4000 };
  const LASTS = 12 * 3600_000; // what was settled is shown no longer than a sign-in lasts
  const BELIEVED = 24 * 3600_000; // the server takes what is said to be older as made now
  const SIGN_IN = "/accounts/login";
  let ahead = null; // by so much the server's clock is ahead of this one, ms
  let opening = null;

  function open() {
    opening ??= new Promise((done, fail) => {
      const asked = indexedDB.open("steadydesk", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore(ROWS, { keyPath: "key" });
        asked.result.createObjectStore(FACTS);
      };
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
    return opening;
  }

  async function within(store, mode, ask) {
    const database = await open();
    return new Promise((done, fail) => {
      const work = database.transaction(store, mode, { durability: "strict" });
      const asked = ask(work.objectStore(store));
      work.oncomplete = () => done(asked.result);
      work.onabort = () => fail(work.error);
    });
  }

  const put = (row) => within(ROWS, "readwrite", (rows) => rows.put(row));
  const drop = (key) => within(ROWS, "readwrite", (rows) => rows.delete(key));
  const one = (key) => within(ROWS, "readonly", (rows) => rows.get(key));
  const every = () => within(ROWS, "readonly", (rows) => rows.getAll());
  const know = (name, value) => within(FACTS, "readwrite", (facts) => facts.put(value, name));
  const known = (name) => within(FACTS, "readonly", (facts) => facts.get(name));

  async function all(viewer) {
    const rows = (await every()).filter((row) => row.viewer === viewer);
    return rows.sort((a, b) => a.made.wall - b.made.wall);
  }

  async function tidy() {
    for (const { key, settled } of await every()) if (settled && Math.abs(Date.now() - settled.at) > LASTS) await drop(key);
  }

  const moment = () => ({ wall: Date.now(), mono: performance.now(), life: performance.timeOrigin, ahead });

  // The phone's clock may be wrong, which does no harm, or be set meanwhile, which the server's own time shows. While
  // this page lives it is never less than what the clock that nobody sets has counted; that one stands while a phone sleeps.
  function ago(made, now = moment()) {
    const stepped = made.ahead === null || now.ahead === null ? 0 : now.ahead - made.ahead;
    const passed = now.wall - made.wall + (Math.abs(stepped) > STEPPED ? stepped : 0);
    return Math.max(0, passed, made.life === now.life ? now.mono - made.mono : 0);
  }

  async function askTime() {
    const before = Date.now();
    try {
      const reply = await fetch("/health/live", { cache: "no-store", signal: AbortSignal.timeout(2000) });
      const said = Date.parse(reply.headers.get("Date"));
      if (!said) return;
      ahead = said + 500 - (before + Date.now()) / 2;
      await know("ahead", ahead);
    } catch {
      // No link, or nothing can be kept here: the age is taken as this clock has it.
    }
  }

  const address = {
    press: () => "/api/v1/alarms",
    answer: ({ alarm, verb }) => `/api/v1/alarms/${alarm}/${verb}`,
    "check-in": () => "/check-ins/answer",
  };
  const said = { press: ({ body }) => body, answer: ({ body }) => body ?? {}, "check-in": ({ answer }) => ({ answer }) };

  async function send(row) {
    if (ago(row.made) > STEPPED) await askTime();
    const late = ago(row.made);
    const body = { ...said[row.kind](row), ...(late > LATE && { ago: `PT${(late / 1000).toFixed(3)}S` }) };
    const form = row.kind === "check-in";
    return fetch(address[row.kind](row), {
      method: "POST",
      headers: {
        "Content-Type": form ? "application/x-www-form-urlencoded" : "application/json",
        "Steadydesk-Press": "1",
        ...(row.csrf && { "X-CSRFToken": row.csrf }),
        ...(row.kind === "press" && { "Idempotency-Key": row.key }),
      },
      body: form ? new URLSearchParams(body) : JSON.stringify(body),
      keepalive: true,
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE[row.kind]),
    });
  }

  // What became of it; nothing while it must be sent again. A call is refused for an unknown credential alone, and
  // whoever must sign in again sends what is kept then.
  async function outcome(row, reply) {
    const away = reply.redirected && new URL(reply.url).pathname.startsWith(SIGN_IN);
    const refused = row.kind !== "press" && [403, 404, 409, 422].includes(reply.status);
    if (away || (!reply.ok && !refused) || (row.kind === "check-in" && reply.status === 403)) return null;
    const json = (reply.headers.get("Content-Type") ?? "").includes("json");
    const body = json ? await reply.json() : {};
    const now = Date.now();
    if (!reply.ok) return { at: now, said: body.detail ?? "", refused: true };
    return { at: now, alarm: body.id, joined: body.joined, raised: body.raised_at, received: body.received_at };
  }

  const isTooOld = (row) => !row.settled && ago(row.made) > BELIEVED;

  /** One at a time, whichever tab or worker it is; the others wait, and find it settled. */
  const alone = (key, work, options = {}) => (navigator.locks ? navigator.locks.request(`steadydesk ${key}`, options, work) : work({}));

  // Without a page: the browser wakes the service worker when there is a link.
  async function deliver(row) {
    await alone(row.key, async (lock) => {
      const now = lock && (await one(row.key));
      if (!now || now.settled || isTooOld(now)) return;
      const settled = await outcome(now, await send(now));
      if (!settled) return;
      await put({ ...now, settled });
      new BroadcastChannel("steadydesk kept").postMessage("changed");
    }, navigator.locks ? { ifAvailable: true } : {});
  }

  // A desk's answer is left to a page of it, which knows whether whoever gave it is still the one who is there.
  const mine = async () => (await all(await known("viewer"))).filter(({ by }) => !by);

  async function deliverAll() {
    ahead ??= (await known("ahead")) ?? null;
    for (const row of await mine()) await deliver(row);
    const left = (await mine()).some((row) => !row.settled && !isTooOld(row));
    if (left) throw new Error("not all is sent"); // so the browser asks again
  }

  async function begin(viewer) {
    ahead ??= (await known("ahead")) ?? null;
    if ((await known("viewer")) !== viewer) await know("viewer", viewer);
    await tidy();
    askTime();
  }

  async function wipe() {
    for (const store of [ROWS, FACTS]) await within(store, "readwrite", (all) => all.clear());
  }

  self.kept = { put, drop, one, all, moment, ago, send, outcome, isTooOld, alone, deliverAll, begin, askTime, wipe };
})();
