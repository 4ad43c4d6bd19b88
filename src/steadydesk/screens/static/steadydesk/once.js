// A form is not sent by the same button again while it is under way: a double click is one act. What must not be done
// twice has a key besides, by which the server knows it again.
//   data-again   on a form: a call or an answer to one, which is sent however often it is pressed

const IN_PLACE = 10000; // ms, as long as htmx waits for an answer
const ANOTHER_PAGE = 3000; // the answer may be a file, and the page then stays as it is
let underWay = new WeakMap(); // form -> {submitter, until}

addEventListener("submit", (event) => {
  const before = underWay.get(event.target);
  if (!before || before.submitter !== event.submitter || performance.now() > before.until) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, { capture: true });

// Last of all, when it is known whether it is sent: what another script holds back is under way nowhere.
addEventListener("submit", ({ target, submitter, defaultPrevented }) => {
  const inPlace = target.hasAttribute("hx-post");
  if (target.getAttribute("method") !== "post" || target.matches("[data-again]") || inPlace !== defaultPrevented) return;
  underWay.set(target, { submitter, until: performance.now() + (inPlace ? IN_PLACE : ANOTHER_PAGE) });
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => underWay.delete(ctx.sourceElement));
// Gone back to, the page is as it was left.
addEventListener("pageshow", ({ persisted }) => persisted && (underWay = new WeakMap()));
