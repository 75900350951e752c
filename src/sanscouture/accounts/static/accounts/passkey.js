// Passkeys: the browser's own dialogue, then the form is sent with its answer. Attached by data-passkey ("create", "get").
const able = Boolean(globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON);

const optionsOf = async (place, form) => {
  if (place.dataset.options) return JSON.parse(place.dataset.options);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return (await answer.json()).request_options.publicKey;
};

const ask = async (kind, options) =>
  kind === "create"
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });

const attach = (place) => {
  const form = place.closest("form") ?? place.querySelector("form");
  const error = place.querySelector("[data-passkey-error]");
  place.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    error.hidden = true;
    try {
      const credential = await ask(place.dataset.passkey, await optionsOf(place, form));
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      error.hidden = false;
    }
  }, { capture: true });
};

if (able) {
  document.querySelectorAll("[data-passkey-missing]").forEach((said) => { said.hidden = true; });
  document.querySelectorAll("[data-passkey]").forEach(attach);
}
