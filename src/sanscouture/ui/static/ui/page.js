// What every page gains from JavaScript. Each behaviour attaches by a data- attribute; nothing here is needed to act.

const focusWhatChanged = (root) => {
  const target = root.querySelector("[data-focus]");
  if (target) target.focus({ preventScroll: false });
};

const enableCopy = (box) => {
  const [input, button, said] = [box.querySelector("input"), box.querySelector("button"), box.querySelector("[aria-live]")];
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(input.value);
    said.textContent = button.dataset.copied;
  });
};

// Empty filters leave the address, so that it can be shared.
const shortenAddress = (form) => {
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData.entries()]) if (value === "") event.formData.delete(name);
  });
};

// A form is sent once, even when the button is pressed twice.
const sendOnce = (form) => {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    window.addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
  });
};

// Fields that one box calls for: hidden, and not sent, while it is not ticked.
const followBox = (fields) => {
  const box = document.getElementById(fields.dataset.shownWith);
  const follow = () => { fields.hidden = fields.disabled = !box.checked; };
  box.addEventListener("change", follow);
  follow();
};

const attach = (root) => {
  root.querySelectorAll("fieldset[data-shown-with]").forEach(followBox);
  root.querySelectorAll("[data-copy]").forEach(enableCopy);
  root.querySelectorAll("[data-filters]").forEach(shortenAddress);
  root.querySelectorAll("form[method=post]:not([hx-post])").forEach(sendOnce);
  if (root.querySelector("[data-map]")) import(document.querySelector("[data-map]").dataset.module).then((map) => map.attach(root));
};

attach(document);
focusWhatChanged(document);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt === document.body) return;
  attach(event.detail.elt);
  focusWhatChanged(event.detail.elt);
});
