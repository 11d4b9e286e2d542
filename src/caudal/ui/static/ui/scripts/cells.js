// A field is edited in its place: by its pencil, a click on it, or `e` on the row; saved on leaving, given up by Escape.
const fragment = async (answer, selector) =>
  new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(selector);

const asks = (method, href, body) =>
  fetch(href, { method, body, headers: { "hx-request": "true" } }).catch(() => null);

// The session or the line has ended: what was typed stays, and the form says why nothing was saved.
const lose = (form, isOut) => {
  form.dataset.lost = "";
  form.querySelector('[name^="value"]')?.setAttribute("aria-invalid", "true");
  form.querySelector("[data-cell-lost]").hidden = false;
  form.querySelector("[data-cell-out]").hidden = !isOut;
  form.querySelector("[data-cell-down]").hidden = isOut;
};

// Whoever signed in again has another token than the form.
const renew = async (form) => {
  const token = 'input[name="csrfmiddlewaretoken"]';
  const answer = await asks("GET", form.action);
  const fresh = answer?.ok && (await fragment(answer, `.cell-form ${token}`));
  if (fresh) form.querySelector(token).value = fresh.value;
};

const words = (form) => [...new FormData(form)].map(([name, value]) => `${name}=${value}`).join("&");

const nextOf = (cell) => {
  const row = cell.closest("tr, dl");
  const links = row ? [...row.querySelectorAll(".cell-edit")] : [];
  return links.find((link) => cell.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_FOLLOWING && !cell.contains(link));
};

const put = (cell, form, kept) => {
  let busy = false;
  const before = words(form);
  const leave = () => {
    cell.replaceChildren(...kept);
    cell.classList.remove("is-edited");
    cell.querySelector(".cell-edit")?.focus({ preventScroll: true });
  };
  const save = async (onwards) => {
    if (busy || !form.isConnected) return;
    const following = onwards && nextOf(cell);
    busy = true;
    if (words(form) === before && !form.querySelector(".field-error:not([hidden])")) {
      leave();
    } else {
      if ("lost" in form.dataset) await renew(form);
      const answer = await asks("POST", form.action, new FormData(form));
      const body = answer?.ok && (await fragment(answer.clone(), "body"));
      const fresh = body && body.querySelector(".cell-fresh");
      if (!fresh) {
        const again = answer && (await fragment(answer, ".cell-form"));
        busy = false;
        if (again) put(cell, again, kept);
        else lose(form, Boolean(answer?.redirected));
        return;
      }
      cell.replaceChildren(...fresh.childNodes);
      cell.classList.remove("is-edited");
      for (const each of body.querySelectorAll(".cell-computed")) {
        cell.closest("tr")?.querySelector(`[data-computed="${each.dataset.computed}"]`)?.replaceChildren(...each.childNodes);
      }
    }
    if (following) edit(following);
  };
  cell.classList.add("is-edited");
  cell.replaceChildren(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(false);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      busy = true;
      leave();
    }
    if (event.key === "Tab" && !event.shiftKey && event.target.matches(".cell-input > :last-child, .cell-input > :only-child")) {
      event.preventDefault();
      save(true);
    }
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget) && event.relatedTarget !== null) save(false);
    else if (event.relatedTarget === null) setTimeout(() => document.hasFocus() && !form.contains(document.activeElement) && save(false), 0);
  });
  const input = form.querySelector('[name^="value"]');
  input?.focus();
  if (input?.select && input.type !== "date") input.select();
};

const edit = async (link) => {
  const cell = link.closest("td, th, dd");
  const answer = await asks("GET", link.href);
  const form = answer?.ok && (await fragment(answer, ".cell-form"));
  if (form) put(cell, form, [...cell.childNodes]);
  else location.assign(link.href);
};

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = target.closest(".cell-edit");
  const place = link || (!target.closest("a, button, input, select, label, form") && target.closest("td, th, dd")?.querySelector(":scope > .cell-edit"));
  if (!place || (!link && String(getSelection()))) return;
  event.preventDefault();
  edit(place);
});

// Pencils are reached by their row, not one by one.
for (const link of document.querySelectorAll("tr .cell-edit")) link.tabIndex = -1;

// What others change is not drawn over somebody who types: it is asked for again when they are done.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-live]") && document.querySelector(".cell-form")) event.preventDefault();
});
