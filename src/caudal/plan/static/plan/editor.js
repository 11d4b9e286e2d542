// A sheet of text with the numbers of its lines: they grow with it, findings lead to their lines, and Ctrl S saves.
const sheet = () => document.querySelector(".draft-sheet");

const number = (text) => {
  const lines = text.value.split("\n").length;
  text.rows = lines;
  const numbers = text.parentElement.querySelector(".draft-numbers");
  if (Number(numbers.dataset.lines ?? 0) === lines) return;
  numbers.dataset.lines = lines;
  numbers.textContent = Array.from({ length: lines }, (_, index) => index + 1).join("\n");
};

const go = (line) => {
  const text = document.querySelector(".draft-text");
  if (!text) return false;
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((length, each) => length + each.length + 1, 0);
  text.focus({ preventScroll: true });
  text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  text.scrollLeft = 0;
  const height = text.scrollHeight / lines.length;
  sheet().scrollTop = Math.max((line - 5) * height, 0);
  return true;
};

document.addEventListener("input", (event) => {
  if (event.target.matches?.(".draft-text")) number(event.target);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-line]");
  if (link && go(Number(link.dataset.line))) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  const form = document.querySelector("[data-save-key]");
  if (!form || event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
  event.preventDefault();
  form.requestSubmit();
});

// Saving comes back to the same page: whoever wrote in the middle of it goes on there.
const text = document.querySelector(".draft-text");
const kept = text && sessionStorage.getItem("draft-place");
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-save-key]")) return;
  const place = { path: location.pathname, top: sheet().scrollTop, start: text.selectionStart, end: text.selectionEnd };
  sessionStorage.setItem("draft-place", JSON.stringify(place));
});
if (kept) {
  const place = JSON.parse(kept);
  sessionStorage.removeItem("draft-place");
  if (place.path === location.pathname) {
    text.focus({ preventScroll: true });
    text.setSelectionRange(place.start, place.end);
    sheet().scrollTop = place.top;
  }
}

const named = /^#line-(\d+)$/.exec(location.hash);
if (named) go(Number(named[1]));
