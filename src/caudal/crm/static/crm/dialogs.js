// A link with `data-dialog` opens the form behind it over the page; without this script it is a page of its own.
const openDialog = async (href) => {
  const place = document.getElementById("dialogs");
  const answer = place && (await fetch(href, { headers: { "hx-request": "true" } }).catch(() => null));
  const fresh =
    answer?.ok && !answer.redirected && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("dialog");
  if (!fresh) {
    location.assign(href);
    return;
  }
  place.replaceChildren(fresh);
  fresh.showModal();
  fresh.addEventListener("close", () => fresh.remove());
  fresh.querySelector(".field :is(input, select, textarea)")?.focus();
};

document.addEventListener("caudal:dialog", (event) => openDialog(event.detail));
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-dialog]") : null;
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openDialog(link.href);
});
document.addEventListener("click", (event) => {
  // In a dialog "Cancel" shuts it; on a page of its own the same link leads back.
  if (event.target instanceof Element && event.target.closest("dialog a[data-closes]")) event.preventDefault();
});

// Names to choose from, as they are typed.
let asking = 0;
document.addEventListener("input", (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || !input.dataset.names || event.inputType === undefined) return;
  clearTimeout(asking);
  asking = setTimeout(async () => {
    const answer = await fetch(`${input.dataset.names}?q=${encodeURIComponent(input.value)}`, { headers: { accept: "application/json" } });
    if (!answer.ok) return;
    const options = (await answer.json()).map(({ value, label }) => {
      const option = document.createElement("option");
      option.value = value;
      option.label = label;
      return option;
    });
    input.list?.replaceChildren(...options);
  }, 150);
});

// A number was dialled: the call is offered to be written down, for when the phone is put away.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href^="tel:"]') : null;
  const { called } = (link && document.querySelector("[data-called]"))?.dataset ?? {};
  if (called) setTimeout(() => openDialog(called), 300);
});
