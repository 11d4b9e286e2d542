// Live regions: `data-live` asks with htmx every few seconds. It sends the ETag that it has and the marks of its fragments,
// and is given only those that differ. What somebody is at work with is left alone and asked for again later.
const WORKING = ".is-moving, .is-asking, details.menu[open], dialog[open]";
const regionOf = (event) => (event.target instanceof Element && event.target.matches("[data-live]") ? event.target : null);

const typed = (input) =>
  ["checkbox", "radio"].includes(input.type)
    ? input.checked !== input.defaultChecked
    : input.tagName !== "SELECT" && input.type !== "hidden" && input.value !== input.defaultValue;

const busy = (place) =>
  Boolean(place.querySelector(WORKING)) ||
  [...place.querySelectorAll("input, textarea, select")].some((input) => input === document.activeElement || typed(input));

document.addEventListener("htmx:beforeRequest", (event) => {
  if (regionOf(event) && document.hidden) event.preventDefault();
});

document.addEventListener("htmx:configRequest", (event) => {
  const region = regionOf(event);
  if (!region || region.dataset.etag === undefined) return;
  event.detail.headers["If-None-Match"] = region.dataset.etag;
  const fragments = [...document.querySelectorAll("[data-mark]")];
  event.detail.parameters.known = fragments.map((each) => `${each.id}:${each.dataset.mark}`).join(",");
});

// An element keeps its place in hand: the card that was chosen, the link that had the focus, how far it was scrolled.
let kept = {};
let skipped = false;

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target } = event.detail;
  if (busy(target)) {
    event.detail.shouldSwap = false;
    skipped = true;
    return;
  }
  const focus = target.contains(document.activeElement) ? document.activeElement.closest("[id]")?.id : "";
  kept[target.id] = { current: target.querySelector(".is-current")?.id, focus, top: target.scrollTop };
});

const settle = (id, { current, focus, top }) => {
  const place = document.getElementById(id);
  if (!place) return;
  for (const element of place.querySelectorAll("[data-needs-script]")) element.hidden = false;
  if (current) document.getElementById(current)?.classList.add("is-current");
  const target = focus && document.getElementById(focus);
  if (target) (target.matches("a, button") ? target : target.querySelector("a, button"))?.focus({ preventScroll: true });
  place.scrollTop = top;
};

document.addEventListener("htmx:afterRequest", (event) => {
  const region = regionOf(event);
  if (!region || region.dataset.etag === undefined) return;
  for (const [id, hand] of Object.entries(kept)) settle(id, hand);
  kept = {};
  const etag = event.detail.xhr.getResponseHeader("ETag");
  if (event.detail.successful && etag && !skipped) region.dataset.etag = etag;
  skipped = false;
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const region of document.querySelectorAll("[data-live]")) htmx.trigger(region, "live");
});
