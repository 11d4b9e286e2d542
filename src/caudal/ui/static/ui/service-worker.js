"use strict";
// Makes the system installable, and says kindly that there is no network. It keeps one page with its look and nothing else:
// what is shown of the company always comes from the server.
const kept = KEPT;
const shelf = `caudal ${kept.join(" ")}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(shelf).then((cache) => cache.addAll(kept)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== shelf).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(fetch(request).catch(() => caches.match(kept[0])));
    return;
  }
  // The look of that page, when it is asked for without a network.
  if (request.method === "GET" && kept.includes(new URL(request.url).pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(request, { ignoreSearch: true })));
  }
});
