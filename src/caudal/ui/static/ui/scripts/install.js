// The worker that makes the system installable, registered when the page has nothing better to do.
if ("serviceWorker" in navigator && window.isSecureContext) {
  addEventListener("load", () => navigator.serviceWorker.register("/service-worker.js").catch(() => undefined));
}
