// Completes what htmx does on a page that is searched: says what was found, and keeps the focus where it makes sense.

const PAGING = "a[rel~='next'], a[rel~='prev']";
let used = null; // the link that was used, if one was
let touched = false; // days or state have been changed since the last question was sent

document.addEventListener("input", (event) => {
  if (event.target.closest("#when")) touched = true;
});

document.addEventListener("htmx:beforeSend", () => {
  touched = false;
});

// An answer brings days and state as they were asked for. What was chosen meanwhile is newer, and its question is waiting.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (touched) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", () => {
  const link = document.activeElement?.closest("#found a");
  used = link && { words: link.textContent.trim(), paged: link.matches(PAGING) };
});

document.addEventListener("htmx:afterSettle", (event) => {
  const found = document.getElementById("found");
  if (event.detail.target.id !== found.id) return;
  const words = document.getElementById("found-words");
  document.getElementById("said").textContent = words.textContent;
  if (used) successor(found, words).focus({ preventScroll: true });
  used = null;
  comeBackHere();
});

// No answer, or no good one: the browser goes there itself and shows what it gets. After a moment, because a page that is
// being left loses its requests, too, and must not be led back.
for (const failure of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(failure, ({ detail }) => setTimeout(() => location.assign(detail.pathInfo.finalRequestPath), 300));
}

/** The forms of the page's frame (the language switch) lead back to what is shown now. */
function comeBackHere() {
  for (const field of document.querySelectorAll("input[name='next']")) field.value = location.pathname + location.search;
}

/** What takes the place of the link that was used: the same link again, or after turning a page the head of the list. */
function successor(found, words) {
  const same = [...found.querySelectorAll("a")].find((link) => link.textContent.trim() === used.words);
  return used.paged || !same ? words : same;
}
