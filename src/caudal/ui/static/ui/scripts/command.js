// The command bar: places of the rail at once, then what the server finds at `data-source` ([{label, href, note}]).
const bar = document.getElementById("command");

if (bar) {
  const input = bar.querySelector("input");
  const list = bar.querySelector("[role=listbox]");
  let chosen = 0;
  let asked = 0;

  const places = () =>
    [...document.querySelectorAll(".rail-sections > li:not(.rail-more) a[href]")].map((link) => ({
      label: link.querySelector(".label")?.textContent ?? link.textContent.trim(),
      href: link.getAttribute("href"),
      note: "",
    }));

  const folded = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();

  const choose = (index) => {
    const options = [...list.children];
    if (!options.length) return;
    chosen = (index + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    options[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[chosen].id);
  };

  const show = (found) => {
    list.replaceChildren(
      ...found.map(({ label, href, note }, index) => {
        const option = document.createElement("a");
        option.className = "menu-item";
        option.id = `command-${index}`;
        option.href = href;
        option.role = "option";
        option.tabIndex = -1;
        option.textContent = label;
        if (note) {
          const small = document.createElement("small");
          small.className = "quiet";
          small.textContent = note;
          option.append(small);
        }
        return option;
      }),
    );
    choose(0);
  };

  const search = async () => {
    const words = folded(input.value.trim());
    const near = places().filter(({ label }) => folded(label).includes(words));
    show(near);
    if (!words || !bar.dataset.source) return;
    const ticket = ++asked;
    const answer = await fetch(`${bar.dataset.source}?q=${encodeURIComponent(input.value.trim())}`, {
      headers: { accept: "application/json" },
    });
    if (answer.ok && ticket === asked) show([...near, ...(await answer.json())]);
  };

  let pause = 0;
  input.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(search, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
      event.preventDefault();
    } else if (event.key === "Enter") {
      list.children[chosen]?.click();
      event.preventDefault();
    }
  });
  new MutationObserver(() => {
    if (!bar.open) return;
    input.value = "";
    search();
    input.focus();
  }).observe(bar, { attributes: true, attributeFilter: ["open"] });
}
