// Service worker: the network first, the kept copy when it fails. It keeps only the pages it was told to and our
// own static files, never the API:
// an alarm that waits in a queue is no alarm. Registered as /sw.js?v=VERSION; a new version starts with an empty
// cache.

const CACHE = `steadydesk ${new URL(location).searchParams.get("v") ?? ""}`;
const PATIENCE = 4000; // ms

async function keep(paths) {
  const cache = await caches.open(CACHE);
  // One by one: a page that is refused must not lose the others.
  await Promise.all(paths.map((path) => cache.add(path).catch(() => {})));
}

async function fresh(request) {
  const cache = await caches.open(CACHE);
  try {
    const kept = await cache.match(request);
    // Only a kept page is worth giving up for: a slow report must not be cut.
    const reply = await fetch(request, kept ? { signal: AbortSignal.timeout(PATIENCE) } : undefined);
    const wanted = kept || new URL(request.url).pathname.startsWith("/static/");
    if (reply.ok && wanted) await cache.put(request, reply.clone());
    return reply;
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: request.mode === "navigate" });
    if (kept) return kept;
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
