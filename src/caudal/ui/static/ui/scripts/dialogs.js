// `data-opens="id"` shows a <dialog>, `data-closes` shuts the one around it, a click beside it too.
for (const element of document.querySelectorAll("[data-needs-script]")) element.hidden = false;

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const opener = target?.closest("[data-opens]");
  const opened = opener && document.getElementById(opener.dataset.opens);
  if (opened) {
    event.preventDefault(); // the opener may be a link, for those without this script
    opened.showModal();
    for (const place of opened.querySelectorAll("[data-loads], [hx-trigger=opened]")) htmx.trigger(place, "opened");
    return;
  }
  if (target?.closest("[data-closes]") || target?.matches("dialog[open]")) target.closest("dialog")?.close();
});

// `data-toast="words"` says what was done; the server says the same with the trigger "toast".
const say = (words) => {
  const toasts = document.getElementById("toasts");
  if (!toasts || !words) return;
  const toast = document.createElement("div");
  toast.className = "toast";
  const text = document.createElement("p");
  text.textContent = words;
  toast.append(text);
  toasts.append(toast);
  setTimeout(() => toast.remove(), 6000);
};
document.addEventListener("click", (event) => {
  say(event.target instanceof Element && event.target.closest("[data-toast]")?.dataset.toast);
});
document.addEventListener("toast", (event) => say(event.detail.value));
