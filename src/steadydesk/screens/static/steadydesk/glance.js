// The browser's tab tells that something is open, for whoever watches from another one: its title begins with how many
// calls and questions wait, and its picture has a mark while there is a call. On staff-only screens alone, and never
// for a call within earshot: customers read titles too (ruling 13).
//   body: data-mark-open="address of the picture"   [data-waits="3"] questions that the page shows besides

import { body, isQuiet, words } from "./words.js";

const icon = document.querySelector("link[rel=icon]");
const plain = { title: document.title, href: icon.getAttribute("href") };
let calls = 0;

function show() {
  const open = calls + Number(document.querySelector("[data-waits]")?.dataset.waits ?? 0);
  const title = open ? `(${open}) ${plain.title}` : plain.title;
  if (document.title !== title) document.title = title;
  const href = calls ? words.markOpen : plain.href;
  if (icon.getAttribute("href") !== href) icon.setAttribute("href", href);
}

body.addEventListener("alarms-known", ({ detail }) => {
  calls = [...detail.values()].filter((alarm) => alarm.state !== "closed" && !isQuiet(alarm)).length;
  show();
});
document.addEventListener("htmx:after:swap", show);
show();
