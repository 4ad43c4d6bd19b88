// Adds this browser to those that take push messages for the person who is signed in.
//   [data-push]  says how this browser stands; its button asks the browser for leave and gives the server its keys
// The list on the same page takes a browser away: one that was taken away is not added again by itself.

import { write, words } from "./words.js";

const part = document.querySelector("[data-push]");
const PATIENCE = 8000; // ms; without the internet a browser never answers

const inTime = (promise) => Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error("late")), PATIENCE))]);
const say = (sentence) => write(part.querySelector("[data-push-says]"), sentence);
const offer = (shown) => (part.querySelector("[data-push-button]").hidden = !shown);

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

async function digest(text) {
  const found = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(found)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function stand() {
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return say(part.dataset.wordsCannot);
  const { pushManager } = await navigator.serviceWorker.ready;
  const subscription = await pushManager.getSubscription();
  const known = subscription && part.dataset.pushKnown.split(" ").includes(await digest(subscription.endpoint));
  say(known ? part.dataset.wordsHere : part.dataset.wordsNotHere);
  offer(!known);
  // Signing out ends the messages of this sign-in, so each sign-in tells of the browser anew.
  if (known) await give(subscription.toJSON(), { quiet: "yes" });
}

function give({ endpoint, keys }, more = {}) {
  const typed = new URLSearchParams({ endpoint, ...keys, name: name(), ...more });
  return fetch(part.dataset.pushAdd, { method: "POST", body: typed, headers: { "X-CSRFToken": words.csrf } });
}

async function subscribe() {
  const { pushManager } = await navigator.serviceWorker.ready;
  // Made for another key, it would take nothing of ours.
  await (await pushManager.getSubscription())?.unsubscribe();
  return inTime(pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(part.dataset.pushKey) }));
}

function name() {
  const { userAgentData, platform } = navigator;
  const brand = userAgentData?.brands?.findLast(({ brand }) => !/not.?a/i.test(brand))?.brand;
  return [brand, userAgentData?.platform || platform].filter(Boolean).join(", ");
}

async function add() {
  if ((await Notification.requestPermission()) !== "granted") return say(part.dataset.wordsRefused);
  let keys;
  try {
    keys = (await subscribe()).toJSON();
  } catch {
    return say(part.dataset.wordsAway);
  }
  const reply = await give(keys);
  if (reply.ok) return location.reload();
  const { detail } = await reply.json().catch(() => ({}));
  say(detail ?? part.dataset.wordsAway);
}

if (part) {
  part.querySelector("[data-push-button]").addEventListener("click", () => add().catch(() => say(part.dataset.wordsAway)));
  stand().catch(() => say(part.dataset.wordsCannot));
}
