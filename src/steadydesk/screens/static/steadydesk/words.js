// The words of the page come from the server, already translated, as data-words-... attributes of <body>.

export const body = document.body;
export const words = body.dataset;
export const staffOnly = words.screen === "staff_only";

const listed = (name, id) => (words[name] ?? "").split(" ").includes(id);
/** Whether this kind of alarm may be heard also where it was raised. */
export const isLoud = ({ kind }) => listed("loudKinds", kind);
/** Whether an alarm's place is within earshot of this screen: then only the footer mark may tell of it. */
export const isQuiet = ({ place, kind }) => !isLoud({ kind }) && (place?.id === words.place || listed("quietPlaces", place?.id));

export const tell = (name, detail = null) => body.dispatchEvent(new CustomEvent(name, { detail }));

/** Puts values into the {places} of a sentence. */
export function fill(text, values = {}) {
  return (text ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "").trim();
}

/** Writes only what differs: a screen reader is not disturbed, nor a selection lost. */
export function write(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
}

/** Speaks politely through the page's status line. */
export function say(sentence) {
  const line = document.querySelector("[data-say]");
  if (line && sentence) line.textContent = sentence;
}

export function clockTime(moment, seconds = false) {
  const format = { hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined, hourCycle: "h23" };
  return new Intl.DateTimeFormat(document.documentElement.lang || undefined, format).format(moment);
}
