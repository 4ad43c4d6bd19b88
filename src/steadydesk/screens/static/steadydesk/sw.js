// Service worker: the network first, the kept copy when it fails. It keeps only the pages it was told to and our
// own static files, never the API.
// What a person's phone could not send it sends when the browser wakes it with a link; that nobody has it yet says
// the page, as an alarm that waits in a queue is no alarm. Registered as /sw.js?v=VERSION; a new version starts with an empty
// cache.

const OWN = /^\/phone(\/|$)/; // copies for one person: dated, and gone when they sign out
const BARE = new Set(["/desk"]); // kept without its customers: a copy would outlive the lock and the end of a visit
const SHELL = "/phone"; // nothing but the button and numbers to ring: it stays, whatever else is too old
const KEPT_AT = "Steadydesk-Kept-At";
const LASTS = 12 * 3600_000; // ms, as a sign-in

const CACHE = `steadydesk ${new URL(location).searchParams.get("v") ?? ""}`;
const PATIENCE = 4000; // ms
const AT_ONCE = 1500; // on the phone whoever opens the page may be in danger

importScripts(`/static/steadydesk/kept.js${location.search}`);

async function keep(paths) {
  const cache = await caches.open(CACHE);
  // One by one: a page that is refused must not lose the others.
  const fetched = paths.map(async (path) => store(cache, path, await fetch(BARE.has(path) ? `${path}?kept` : path)));
  await Promise.allSettled(fetched);
}

async function store(cache, request, reply) {
  if (!reply.ok || reply.redirected) return; // to sign in: that is not what was asked for
  const { pathname } = new URL(request.url ?? request, location);
  if (!OWN.test(pathname)) return cache.put(request, reply);
  const headers = new Headers(reply.headers);
  headers.set(KEPT_AT, Date.now());
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name); // of what came, not of what is kept
  await cache.put(request, new Response(await reply.blob(), { headers }));
}

// What a page is answered does not vary within one browser, whatever its headers say.
async function find(cache, request, more = {}) {
  const options = { ignoreVary: true, ...more };
  const copy = await cache.match(request, options);
  const at = Number(copy?.headers.get(KEPT_AT));
  if (!at || Math.abs(Date.now() - at) < LASTS || new URL(request.url ?? request, location).pathname === SHELL) return copy;
  await cache.delete(request, options);
}

async function fresh(request) {
  const cache = await caches.open(CACHE);
  try {
    const copy = await find(cache, request);
    const { pathname } = new URL(request.url);
    const patience = OWN.test(pathname) ? AT_ONCE : PATIENCE;
    // Only a kept page is worth giving up for: a slow report must not be cut.
    const reply = await fetch(request, copy ? { signal: AbortSignal.timeout(patience) } : undefined);
    // The pages of a fault say what to do; a page that was kept can still do it.
    if (reply.status >= 500 && copy) return copy;
    const wanted = (copy && !BARE.has(pathname)) || pathname.startsWith("/static/");
    if (wanted) await store(cache, request, reply.clone());
    return reply;
  } catch (error) {
    const page = request.mode === "navigate";
    const copy = (await find(cache, request, { ignoreSearch: page })) ?? (page && (await find(cache, SHELL)));
    if (copy) return copy;
    throw error;
  }
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => {
  const drop = async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await clients.claim();
  };
  event.waitUntil(drop());
});
addEventListener("sync", (event) => event.waitUntil(self.kept.deliverAll()));
addEventListener("message", (event) => event.waitUntil(keep(event.data.keep ?? [])));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || pathname.startsWith("/api/") || pathname.startsWith("/screens/news")) return;
  // A fragment that fails keeps what is on the screen.
  if (request.mode === "navigate" || pathname.startsWith("/static/")) event.respondWith(fresh(request));
});

// Push messages. Each is shown, whatever it holds: browsers take the subscription from a worker that swallows one.
function said(event) {
  try {
    return event.data.json();
  } catch {
    return {};
  }
}

// A call that is open in a window already is not opened twice, and no window with typed words is led elsewhere.
async function openPage(path) {
  const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = open.find(({ url }) => new URL(url).pathname === path);
  return there ? there.focus() : clients.openWindow(path);
}

addEventListener("push", (event) => {
  const { title = "Steadydesk", body = "", tag = "", opens = "/", quiet = false } = said(event);
  const icon = "/static/steadydesk/mark.svg";
  const how = { body, tag, icon, renotify: Boolean(tag), silent: quiet, requireInteraction: !quiet, data: { opens } };
  event.waitUntil(registration.showNotification(title, how));
});
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openPage(event.notification.data?.opens ?? "/"));
});
