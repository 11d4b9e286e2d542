// The board: a dragged card moves at once and the server is asked after; a refused move goes back where it was.
const boardPlace = () => document.getElementById("board-place");
const csrf = () => JSON.parse(document.body.getAttribute("hx-headers"))["x-csrftoken"];
const cardsOf = (column) => column.querySelector(".board-cards");

const toast = (words, undo) => {
  const note = document.createElement("div");
  note.className = "toast";
  const text = document.createElement("p");
  text.textContent = words;
  note.append(text);
  if (undo) {
    const button = document.createElement("button");
    button.className = "button button-small";
    button.type = "button";
    button.textContent = document.getElementById("board").dataset.undo;
    button.addEventListener("click", () => {
      note.remove();
      undo();
    });
    note.append(button);
  }
  document.getElementById("toasts").replaceChildren(note);
  setTimeout(() => note.remove(), 8000);
};

// What the server draws replaces the board; the card in hand stays in hand.
const redraw = (html, cardId) => {
  const scrolled = document.getElementById("board").scrollLeft;
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("board-place");
  if (!fresh) return;
  boardPlace().replaceWith(fresh);
  document.getElementById("board").scrollLeft = scrolled;
  for (const element of fresh.querySelectorAll("[data-needs-script]")) element.hidden = false;
  const card = document.getElementById(cardId);
  if (!card) return;
  card.classList.add("is-current");
  card.querySelector("a").focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
};

const ask = async (url, options) => {
  const answer = await fetch(url, { headers: { "hx-request": "true", "x-csrftoken": csrf() }, ...options });
  return { answer, text: await answer.text() };
};

// What is asked for while the server still works on the move before waits for it, so that fast hands work on what is.
let working = Promise.resolve();
const after = (act) => {
  working = working.then(act).catch(console.error);
};

const moveCard = async (card, column, undoable = true) => {
  const home = card.closest("[data-stage]");
  const [name, stage, id] = [card.querySelector("a").textContent, column.dataset.name, card.id];
  const next = card.nextElementSibling;
  cardsOf(column).prepend(card);
  card.classList.add("is-asking");
  const body = new URLSearchParams({ stage: column.dataset.stage, version: card.dataset.version });
  let said = document.getElementById("board").dataset.failed;
  try {
    const { answer, text } = await ask(card.dataset.move + location.search, { method: "POST", body });
    if (answer.ok && !answer.redirected) {
      redraw(text, id);
      const back = () => {
        const moved = document.getElementById(id);
        const old = document.querySelector(`[data-stage="${home.dataset.stage}"]`);
        if (moved && old) after(() => moveCard(moved, old, false));
      };
      const { moved } = document.getElementById("board").dataset;
      toast(moved.replace("{deal}", name).replace("{stage}", stage), undoable && back);
      return;
    }
    const dialog = answer.headers.get("x-dialog");
    if (dialog) {
      cardsOf(home).insertBefore(card, next);
      card.classList.remove("is-asking");
      const back = `next=${encodeURIComponent(location.pathname + location.search)}`;
      document.dispatchEvent(new CustomEvent("caudal:dialog", { detail: `${card.dataset.move}${dialog}&${back}` }));
      return;
    }
    said = new DOMParser().parseFromString(text, "text/html").querySelector(".problem h2")?.textContent ?? said;
  } catch (error) {
    console.error(error);
  }
  cardsOf(home).insertBefore(card, next);
  card.classList.remove("is-asking");
  toast(said);
  const { answer, text } = await ask(location.href, {}).catch(() => ({ answer: { ok: false } }));
  if (answer.ok) redraw(text, id);
};

const endCard = (card, outcome) =>
  document.dispatchEvent(new CustomEvent("caudal:dialog", {
    detail: `${card.dataset.record}/${outcome}?next=${encodeURIComponent(location.pathname + location.search)}`,
  }));

// Dragging, with the browser's own means.
let dragged = null;
const targetOf = (event) => (dragged && event.target instanceof Element ? event.target.closest("[data-stage], [data-end]") : null);
const unmark = () => document.querySelectorAll(".is-over").forEach((place) => place.classList.remove("is-over"));

document.addEventListener("dragstart", (event) => {
  dragged = event.target instanceof Element ? event.target.closest("[data-move]") : null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/uri-list", new URL(dragged.dataset.record, location.href).href);
  dragged.classList.add("is-moving");
});
document.addEventListener("dragover", (event) => {
  const target = targetOf(event);
  if (!target) return;
  event.preventDefault();
  unmark();
  cardsOf(target).classList.add("is-over");
});
document.addEventListener("dragend", () => {
  dragged?.classList.remove("is-moving");
  dragged = null;
  unmark();
});
document.addEventListener("drop", (event) => {
  const target = targetOf(event);
  if (!target) return;
  event.preventDefault();
  const [id, stage] = [dragged.id, target.dataset.stage];
  after(() => {
    const card = document.getElementById(id);
    if (!card) return undefined;
    if (!stage) return endCard(card, target.dataset.end);
    const column = document.querySelector(`[data-stage="${stage}"]`);
    return column.contains(card) ? undefined : moveCard(card, column);
  });
});

// The same with keys: [ and ] move the current card a stage back or on; beyond the last stage it can be won.
document.addEventListener("keydown", (event) => {
  if (!["[", "]"].includes(event.key) || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  after(() => step(event.key === "]" ? 1 : -1));
});

const step = (by) => {
  const card = document.querySelector(".board-card.is-current[data-move], .board-card[data-move]:focus-within");
  if (!card) return undefined;
  const columns = [...document.querySelectorAll("[data-stage]")];
  const at = columns.indexOf(card.closest("[data-stage]")) + by;
  if (at === columns.length) return endCard(card, "won");
  return at < 0 ? undefined : moveCard(card, columns[at]);
};
