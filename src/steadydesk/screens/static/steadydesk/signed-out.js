// Nobody is signed in here, or not any more: what this browser kept for a person to read goes, and where it is no desk
// either, it calls as nobody.

import { forget } from "./last-screen.js";

if (!document.body.dataset.screen) forget();
if (self.caches) {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) if (new URL(request.url).pathname.startsWith("/phone")) await cache.delete(request);
  }
}
