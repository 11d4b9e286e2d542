// The scheme is a cookie that the server writes into the page, so nothing flashes; this only saves the round trip.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-scheme-form]") || !event.submitter) return;
  event.preventDefault();
  const scheme = event.submitter.value;
  fetch(form.action, { method: "POST", body: new FormData(form, event.submitter), redirect: "manual" });
  document.documentElement.dataset.scheme = scheme;
  for (const button of document.querySelectorAll('[data-scheme-form] [name="scheme"]')) {
    button.setAttribute("aria-pressed", String(button.value === scheme));
  }
  document.dispatchEvent(new CustomEvent("caudal:scheme"));
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  document.dispatchEvent(new CustomEvent("caudal:scheme"));
});
