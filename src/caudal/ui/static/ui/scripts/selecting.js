// How many rows are ticked, in words; a choice that leads on does so when it is made.
const boxes = () => [...document.querySelectorAll('input[type="checkbox"][name="row"]')];

const count = () => {
  const place = document.querySelector("[data-selected-count]");
  if (!place) return;
  const all = boxes();
  const ticked = all.filter((box) => box.checked).length;
  place.textContent = new Intl.NumberFormat(document.documentElement.lang).format(ticked);
  const head = document.querySelector("[data-select-all]");
  if (!head) return;
  head.checked = ticked > 0 && ticked === all.length;
  head.indeterminate = ticked > 0 && ticked < all.length;
};

document.addEventListener("change", (event) => {
  if (event.target.matches('[name="row"], [data-select-all]')) count();
  if (event.target.matches("[data-leads-on]")) event.target.form.requestSubmit();
});
addEventListener("pageshow", count);
count();
