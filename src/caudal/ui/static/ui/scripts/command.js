// The command bar: the server shows what fits the letters typed so far, htmx fetches it and drops older answers;
// here the arrows choose, Enter opens, Ctrl+Enter opens beside. What a member opens is told, so that it comes first.
const bar = document.getElementById("command");

if (bar) {
  const input = bar.querySelector("input[role=combobox]");
  const list = bar.querySelector("[role=listbox]");
  let chosen = null;

  const options = () => [...list.querySelectorAll("[role=option]:not([aria-disabled])")];

  const choose = (option) => {
    chosen?.setAttribute("aria-selected", "false");
    chosen = option ?? null;
    if (!chosen) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    chosen.setAttribute("aria-selected", "true");
    chosen.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", chosen.id);
  };

  const step = (by) => {
    const all = options();
    if (all.length) choose(all[(all.indexOf(chosen) + by + all.length) % all.length]);
  };

  list.addEventListener("htmx:afterSwap", () => {
    const all = options();
    choose(all[0]);
    list.scrollTop = 0;
    input.setAttribute("aria-expanded", String(all.length > 0));
  });

  list.addEventListener("pointermove", (event) => {
    const option = event.target.closest("[role=option]:not([aria-disabled])");
    if (option && option !== chosen) choose(option);
  });

  input.addEventListener("keydown", (event) => {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (Object.hasOwn(moves, event.key)) {
      step(moves[event.key]);
      event.preventDefault();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const beside = (event.ctrlKey || event.metaKey) && chosen?.href;
      if (beside) window.open(beside, "_blank", "noopener");
      else chosen?.click();
    }
  });

  new MutationObserver(() => {
    if (!bar.open) return;
    input.value = "";
    input.focus();
    htmx.trigger(input, "opened");
  }).observe(bar, { attributes: true, attributeFilter: ["open"] });

  const { record, told } = bar.dataset;
  if (record && document.visibilityState === "visible") {
    fetch(told, {
      method: "POST",
      keepalive: true,
      headers: JSON.parse(document.body.getAttribute("hx-headers") ?? "{}"),
      body: new URLSearchParams({ record }),
    }).catch(() => {});
  }
}
