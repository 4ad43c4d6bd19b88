// The keyboard of the desk. Nothing acts on a single letter: letters typed outside a field go to Find (a barcode
// scanner types letters and Enter).
//   data-hotkey="F2", "Shift+F7", ...   the element is clicked, or takes the focus when it is a field; a screen
//     changes or drops keys by its template
//   data-find                           the Find field
//   data-rows > data-row                rows that the arrow keys walk; data-row-menu in a row is opened by Enter;
//     data-letter="c" there by Alt+C
//   data-opens="ID"                     opens the <dialog> or shows the hidden panel ID; data-closes closes the one
//     it stands in
//   data-closes-after="60"              a dialog that closes by itself after so many seconds without a key or a touch
//   data-cover                          hides what has the class `coverable`; stays so over a reload
//   data-hold-order                     a checkbox: the hidden input [data-order] keeps the order of the rows, as
//     it does while a row has the focus

import { body, words, write } from "./words.js";

const FIELD = "input:not([type=hidden], [type=checkbox], [type=radio], [type=button], [type=submit]), select, textarea, [contenteditable]";
const OWN_ARROWS = "input, select, textarea, dialog, [popover], [contenteditable]";
const locked = () => body.classList.contains("locked");
const find = () => document.querySelector(locked() ? "[data-unlock] [name=key]" : "[data-find]");
const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent);
let lastRow = null; // id of the row that had the focus: the element itself may have been fetched anew

function name(event) {
  const held = [["Control", event.ctrlKey], ["Alt", event.altKey], ["Shift", event.shiftKey], ["Meta", event.metaKey]];
  return [...held.filter(([, down]) => down).map(([key]) => key), event.key].join("+");
}

function useHotkey(event) {
  const target = document.querySelector(`[data-hotkey="${CSS.escape(name(event))}"]`);
  if (!target) return false;
  if (target.matches(FIELD)) {
    target.focus();
    target.select?.();
  } else target.click();
  return true;
}

function focusRow(row) {
  for (const other of rows()) other.tabIndex = other === row ? 0 : -1;
  row.focus();
}

function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const all = rows();
  const row = event.target.closest("[data-row]");
  if (!step || !all.length || event.altKey || (!row && event.target.closest(OWN_ARROWS))) return false;
  const here = all.indexOf(row);
  focusRow(here < 0 ? all[0] : all[Math.min(all.length - 1, Math.max(0, here + step))]);
  return true;
}

function useRow(event) {
  const row = event.target.closest?.("[data-row]");
  if (!row) return false;
  const letter = event.altKey && event.code.startsWith("Key") && event.code.slice(3).toLowerCase();
  const opens = event.key === "Enter" && event.target === row;
  const wanted = row.querySelector(opens ? "[data-row-menu]" : `[data-letter="${letter}"]`);
  wanted?.click();
  return Boolean(wanted);
}

function typeIntoFind(event) {
  const typed = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (typed && !event.target.closest(FIELD) && !document.querySelector("dialog[open]")) find()?.focus();
}

function backToRow() {
  const all = rows();
  const row = all.find(({ id }) => id && id === lastRow) ?? all[0];
  if (row) focusRow(row);
  else document.activeElement?.blur();
}

// A scanner types a code faster than any hand and ends it with Enter. Where no field takes it, it must press nothing:
// neither a blank in the code nor its end may work the button that happens to have the focus. What was scanned goes to
// Find; on a page without one to that of the board, and by the browser's own memory: no address may hold it.
const SCANNED = 50; // ms from one key to the next, at most
const CARRIED = "scanned";
const run = { text: "", at: -Infinity };
function scanned(event) {
  if (event.target.closest?.(FIELD) || event.key === "Shift" || event.ctrlKey || event.altKey || event.metaKey) return false;
  const quick = event.timeStamp - run.at <= SCANNED;
  const ends = event.key === "Enter" || event.key === " ";
  if (!quick) run.text = "";
  if (event.key.length === 1) run.text += event.key;
  run.at = event.timeStamp;
  const found = quick && ends && run.text.replaceAll(" ", "").length > 2;
  if (found && event.key === "Enter") carry(run.text.trim());
  return found;
}

function carry(code) {
  if (locked() || sessionStorage.getItem(CARRIED)) return; // many scanners end with two of them
  if (find()) return search(code);
  const unsaved = [...document.querySelectorAll(FIELD)].some((field) => field.value !== startValue(field));
  if (!words.findPage || unsaved) return scannedInVain();
  sessionStorage.setItem(CARRIED, code);
  location.assign(words.findPage);
}

const startValue = ({ options, defaultValue, value }) => {
  if (!options) return defaultValue ?? value;
  return ([...options].find(({ defaultSelected }) => defaultSelected) ?? options[0])?.value ?? "";
};

function search(code) {
  const field = find();
  field.value = code;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
}

function scannedInVain() {
  const line = document.querySelector("[data-scanned]");
  line.hidden = false;
  write(line, words.wordsScanned);
}

// One level back. What was typed stays in its field.
function goBack(event) {
  if (document.querySelector("dialog[open], :popover-open")) return false; // the browser closes these
  const panel = event.target.closest?.("[data-panel]");
  if (panel) panel.hidden = true;
  else if (!event.target.closest?.(FIELD)) return false;
  backToRow();
  return true;
}

// In a list of choices that is shut Enter does nothing of its own; in a row of fields it sends, as it does in the others.
const OPEN = CSS.supports("selector(:open)") ? ":open" : ":not(*)";
function send(event) {
  if (event.key !== "Enter" || !event.target.matches?.(`.inline-form select:not(${OPEN})`)) return false;
  event.target.form.requestSubmit();
  return true;
}

addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  if (scanned(event)) return event.preventDefault();
  if (send(event)) return event.preventDefault();
  if (locked()) return typeIntoFind(event);
  if (useHotkey(event) || walk(event) || useRow(event) || (event.key === "Escape" && goBack(event))) event.preventDefault();
  else typeIntoFind(event);
});

function open(id) {
  const target = document.getElementById(id);
  if (target?.showModal) {
    if (!target.open) target.showModal();
    wait(target);
  } else if (target) {
    target.hidden = false;
    target.querySelector(FIELD)?.focus();
  }
}

// Closes by itself: what it shows is not for who comes to the counter next.
function wait(dialog) {
  const seconds = Number(dialog.dataset.closesAfter);
  if (!seconds) return;
  let timer = 0;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => dialog.close(), seconds * 1000);
  };
  const stop = new AbortController();
  for (const kind of ["keydown", "pointerdown"]) dialog.addEventListener(kind, again, { signal: stop.signal });
  dialog.addEventListener("close", () => (clearTimeout(timer), stop.abort()), { once: true });
  again();
}

function cover(on) {
  body.classList.toggle("covered", on);
  document.querySelector("[data-cover]")?.setAttribute("aria-pressed", on);
  sessionStorage.setItem("covered", on ? "yes" : "");
}

function holdOrder() {
  const order = document.querySelector("[data-order]");
  if (!order) return;
  const held = document.querySelector("[data-hold-order]")?.checked || document.activeElement?.closest("[data-row]");
  order.value = held ? order.value || rows().map(({ id }) => id).join(",") : "";
}

addEventListener("click", ({ target }) => {
  const opener = target.closest("[data-opens]");
  if (opener) open(opener.dataset.opens);
  const closer = target.closest("[data-closes]");
  closer?.closest("dialog")?.close();
  if (closer?.closest("[data-panel]")) goBack({ target: closer });
  if (target.closest("[data-cover]")) cover(!body.classList.contains("covered"));
});
addEventListener("change", holdOrder);
addEventListener("focusin", ({ target }) => {
  lastRow = target.closest("[data-row]")?.id ?? lastRow;
  holdOrder();
});
addEventListener("focusout", () => setTimeout(holdOrder));
// A board that was asked for before a row was focused knows of no order to hold.
document.addEventListener("htmx:after:swap", holdOrder);
const carried = sessionStorage.getItem(CARRIED);
sessionStorage.removeItem(CARRIED);
// The board's own script, which comes after this one, finds it.
if (carried && find()) addEventListener("load", () => search(carried));
if (document.querySelector("[data-cover]")) cover(sessionStorage.getItem("covered") === "yes");
