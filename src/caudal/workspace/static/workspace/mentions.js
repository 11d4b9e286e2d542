// Whoever types @ in a field with `data-mentions` is offered the members of the team: arrows choose, Enter, Tab or a tap takes.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const MOST = 6;
let names = null;
let field = null;
let list = null;
let chosen = 0;

const typedAt = (input) => {
  const before = input.value.slice(0, input.selectionStart);
  const found = /(?:^|[^\p{L}\p{N}])@([\p{L}\p{N}.'’ -]{0,40})$/u.exec(before);
  return found && { from: before.length - found[1].length, typed: plain(found[1]) };
};

const close = () => {
  list?.remove();
  field?.removeAttribute("aria-activedescendant");
  field?.removeAttribute("aria-controls");
  list = field = null;
};

const take = (name) => {
  const input = field;
  const at = typedAt(input);
  close();
  if (!at) return;
  input.setRangeText(`${name} `, at.from, input.selectionStart, "end");
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  input.focus();
};

const mark = (place) => {
  const options = [...list.children];
  chosen = (place + options.length) % options.length;
  options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
  field.setAttribute("aria-activedescendant", options[chosen].id);
};

const offer = (input, found) => {
  close();
  if (!found.length) return;
  field = input;
  list = document.createElement("ul");
  list.className = "mentions";
  list.id = "mentions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "@");
  found.forEach((name, at) => {
    const option = document.createElement("li");
    option.id = `mention-${at}`;
    option.setAttribute("role", "option");
    option.textContent = name;
    option.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    option.addEventListener("click", () => take(name));
    list.append(option);
  });
  (input.closest("dialog, main") ?? document.body).append(list);
  const box = input.getBoundingClientRect();
  const below = box.bottom + list.offsetHeight < innerHeight;
  list.style.left = `${box.left}px`;
  list.style.top = `${below ? box.bottom : Math.max(box.top - list.offsetHeight, 0)}px`;
  input.setAttribute("aria-controls", list.id);
  mark(0);
};

document.addEventListener("input", async (event) => {
  const input = event.target;
  if (!(input instanceof HTMLElement) || !input.dataset.mentions) return;
  if (!typedAt(input)) {
    close();
    return;
  }
  names ??= fetch(input.dataset.mentions, { headers: { accept: "application/json" } }).then((answer) => (answer.ok ? answer.json() : []));
  const known = await names;
  const at = typedAt(input); // more may have been typed meanwhile
  const fits = at ? known.filter((name) => plain(name).split(" ").some((_, word, words) => words.slice(word).join(" ").startsWith(at.typed))) : [];
  offer(input, fits.slice(0, MOST));
});

document.addEventListener(
  "keydown",
  (event) => {
    if (!list || event.target !== field) return;
    const act = {
      ArrowDown: () => mark(chosen + 1),
      ArrowUp: () => mark(chosen - 1),
      Enter: () => take(list.children[chosen].textContent),
      Tab: () => take(list.children[chosen].textContent),
      Escape: close,
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  },
  true,
);
document.addEventListener("focusout", (event) => event.target === field && close());
