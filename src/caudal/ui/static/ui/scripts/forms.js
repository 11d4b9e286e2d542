// What is wrong is read first, and nothing typed is lost by leaving the page.
document.querySelector("[data-focus]")?.focus();

const touched = new WeakSet();
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.method === "post" && !form.hasAttribute("data-unguarded")) touched.add(form);
});
document.addEventListener("submit", (event) => touched.delete(event.target));
addEventListener("beforeunload", (event) => {
  if ([...document.forms].some((form) => touched.has(form))) event.preventDefault();
});

// A field says what is wrong with it when it is left, in the browser's own words, and falls silent when mended.
const check = (input) => {
  const field = input.closest(".field");
  if (!field || input.type === "radio") return;
  let error = field.querySelector(".field-error[data-live]");
  const wrong = !input.validity.valid && input.value !== "";
  field.classList.toggle("field-wrong", wrong || Boolean(field.querySelector(".field-error:not([data-live])")));
  input.toggleAttribute("aria-invalid", wrong);
  if (!wrong) {
    error?.remove();
    return;
  }
  if (!error) {
    error = document.createElement("p");
    error.className = "field-error";
    error.dataset.live = "";
    error.role = "status";
    field.append(error);
  }
  error.textContent = input.validationMessage;
};
document.addEventListener("focusout", (event) => {
  if (event.target.matches?.(".field :is(input, select, textarea)")) check(event.target);
});

// The pressed button shows work, and cannot be pressed twice.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.classList.contains("button") || event.defaultPrevented) return;
  setTimeout(() => {
    button.setAttribute("aria-busy", "true");
    button.disabled = true;
  }, 100);
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll('.button[aria-busy="true"][disabled]')) {
    button.removeAttribute("aria-busy");
    button.disabled = false;
  }
});
