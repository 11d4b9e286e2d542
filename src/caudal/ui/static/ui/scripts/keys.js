// Keys: g and a letter go to a place, j/k walk rows and cards, Enter opens, x selects, d does, s puts off, e edits,
// n makes a new one, Ctrl K and / search, ? helps.
const WAIT_MS = 1200;
let going = 0;

const typing = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
  !["checkbox", "radio"].includes(target.type);

const rows = () => [...document.querySelectorAll("main tr[data-href], main .board-card, main [data-row]")];
const current = () => document.querySelector("main .is-current");

const walk = (step) => {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
  current()?.classList.remove("is-current");
  next.classList.add("is-current");
  next.querySelector("a")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
};

const press = (selector) => {
  const element = document.querySelector(selector);
  element?.click();
  return Boolean(element);
};

const actions = {
  j: () => walk(1),
  k: () => walk(-1),
  x: () => current()?.querySelector('input[type="checkbox"]')?.click(),
  e: () => press(current() ? ".is-current :is([data-key-edit], .cell-edit)" : "[data-key-edit]"),
  d: () => press(".is-current [data-key-done]"),
  s: () => press(".is-current [data-key-snooze]"),
  n: () => press("[data-key-new]"),
  "/": () => document.getElementById("command")?.showModal(),
  "?": () => document.getElementById("keys-dialog")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
    const bar = document.getElementById("command");
    if (!bar) return;
    event.preventDefault();
    if (bar.open) bar.close();
    else if (!document.querySelector("dialog[open]")) bar.showModal();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (performance.now() < going) {
    going = 0;
    const place = [...document.querySelectorAll(".rail [data-key]")].find((link) => link.dataset.key === event.key);
    if (place) location.assign(place.href);
    return;
  }
  if (event.key === "g") {
    going = performance.now() + WAIT_MS;
    return;
  }
  if (Object.hasOwn(actions, event.key)) {
    actions[event.key]();
    event.preventDefault();
  }
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-select-all]")) return;
  const boxes = event.target.closest("table").querySelectorAll('tbody input[type="checkbox"][name="row"]');
  const ticked = event.target.checked; // whoever counts the rows changes it while they are ticked one by one
  for (const box of boxes) {
    box.checked = ticked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
