// Keeps copies of the pages a desk needs when the server is away (body data-keep="/desk /cards ..."), and marks
// what could not be sent.
// What was typed stays in its form with the words "not sent"; it is sent by a person, as by then somebody may have
// done it on paper.

import { remember } from "./last-screen.js";
import { body, tell, words } from "./words.js";

const AGAIN = 3000; // ms

async function keep() {
  if (!("serviceWorker" in navigator) || !words.serviceWorker) return;
  await navigator.serviceWorker.register(words.serviceWorker);
  const { active } = await navigator.serviceWorker.ready;
  // The page's own files as well: those of its first visit came before there was a service worker to keep them.
  const files = performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.includes("/static/"));
  const pages = (words.keep ?? "").split(" ").filter(Boolean);
  active.postMessage({ keep: [...pages, ...new Set([...files, words.worker])] });
}

function markNotSent(form, notSent) {
  form.querySelector(".not-sent")?.remove();
  if (!notSent) return;
  const mark = document.createElement("span");
  mark.className = "not-sent";
  mark.role = "status";
  form.append(mark);
  mark.textContent = words.wordsNotSent;
}

document.addEventListener("htmx:error", ({ target }) => target.closest?.("form") && markNotSent(target.closest("form"), true));
document.addEventListener("htmx:before:request", ({ target }) => target.closest?.("form") && markNotSent(target.closest("form"), false));
// A part that could not be fetched is fetched again: a screen that says live must not go on showing what was.
document.addEventListener("htmx:error", ({ target }) => {
  const [event] = target.getAttribute?.("hx-trigger")?.match(/live-\w+/) ?? [];
  if (event && !document.querySelector('[data-link][data-state="lost"]')) setTimeout(() => tell(event), AGAIN);
});
body.addEventListener("live-refetch", keep);
remember();
keep();
