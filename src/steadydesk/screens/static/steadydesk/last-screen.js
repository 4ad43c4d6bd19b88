// What this browser's last page was told of the screen it is: a page that the server could not say it on goes by that.

const NAME = "steadydesk-screen";
const OF_ONE_PAGE = new Set(["csrf", "locked", "after", "keep", "serviceWorker"]);

function numbers() {
  return [...document.querySelectorAll("#mark-words li")].map((line) => {
    const phone = line.querySelector("a")?.textContent ?? "";
    return { said: line.textContent.replace(phone, "").trim().replace(/\s+/g, " "), phone };
  });
}

export function remember() {
  const words = Object.fromEntries(Object.entries(document.body.dataset).filter(([name]) => !OF_ONE_PAGE.has(name)));
  try {
    localStorage.setItem(NAME, JSON.stringify({ words, numbers: numbers() }));
  } catch {
    // A browser that keeps nothing has the call on every page that the server can draw.
  }
}

export function remembered() {
  try {
    return JSON.parse(localStorage.getItem(NAME));
  } catch {
    return null;
  }
}

export const forget = () => localStorage.removeItem(NAME);
