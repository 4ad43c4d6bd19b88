// That a person uses this screen is told to the server: so it is known whether somebody could answer a call.
// Opening a page counts as use, an open tab does not. Not more often than the server wants to hear it.

import { words } from "./words.js";

const EVERY = 60000; // ms
let told = -Infinity;

function tell() {
  if (performance.now() - told < EVERY) return;
  told = performance.now();
  fetch("/screens/used", { method: "POST", headers: { "X-CSRFToken": words.csrf }, keepalive: true }).catch(() => {});
}

if (words.person) {
  for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, tell);
  tell();
}
