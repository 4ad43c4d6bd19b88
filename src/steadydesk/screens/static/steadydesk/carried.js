// The call on a page that stands outside the frame of all others: a fault's, an expired one's, set-up's. Whoever is at a
// desk or signed in has the silent key, the button and the mark there too.
//   [data-carried]   what carries them, hidden until it is known who is there; what scripts are told stands on it where
//                    the server could say it, else it is what this browser's last page was told (offline.js)

import { remembered } from "./last-screen.js";

const foot = document.querySelector("[data-carried]");
const { dataset: told } = foot;
const last = told.screen ? null : remembered();
// By its address a page of a call that could not be drawn would pass for one that somebody has read.
const { carried, alarmPage, ...words } = last?.words ?? told;
const CLOSES = 15_000; // ms; a customer may read along

function numberLine({ said, phone }) {
  const line = document.createElement("li");
  line.append(`${said} `);
  if (phone) line.append(Object.assign(document.createElement("a"), { href: `tel:${phone}`, textContent: phone }));
  return line;
}

function openNumbers() {
  const dialog = foot.querySelector("dialog");
  dialog.showModal();
  setTimeout(() => dialog.close(), CLOSES);
}

if (words.screen) {
  Object.assign(document.body.dataset, words);
  if (last) foot.querySelector("dialog ul").replaceChildren(...last.numbers.map(numberLine));
  foot.querySelector(".mark").addEventListener("click", openNumbers);
  foot.hidden = false;
  const version = new URL(words.worker, location).search;
  // In this order, as on every page: what one tells must find the others listening.
  for (const name of ["keeping", "alarm", "respond", "live"]) await import(`./${name}.js${version}`);
}
