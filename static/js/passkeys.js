// Asks the browser for a passkey: to make one, or to show one. What the device answers travels in the form's field
// `credential`, as the JSON of WebAuthn Level 3, section 5.1 (written here, because older browsers cannot).

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const known = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

const ways = {
  async make({ publicKey: asked }) {
    const user = { ...asked.user, id: bytes(asked.user.id) };
    const excludeCredentials = known(asked.excludeCredentials);
    const publicKey = { ...asked, challenge: bytes(asked.challenge), user, excludeCredentials };
    return navigator.credentials.create({ publicKey });
  },
  async show({ publicKey: asked }) {
    const allowCredentials = known(asked.allowCredentials);
    return navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials } });
  },
};

const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

function written(credential) {
  const parts = PARTS.filter((part) => credential.response[part]);
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(parts.map((part) => [part, text(credential.response[part])])),
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function optionsOf({ from }) {
  if (from.startsWith("#")) return JSON.parse(document.querySelector(from).textContent);
  const answer = await fetch(from, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status} ${from}`);
  return (await answer.json()).request_options;
}

function say(form, words) {
  const line = form.querySelector("[data-problem]");
  line.textContent = words;
  line.hidden = false;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!window.PublicKeyCredential) return say(form, form.dataset.unable);
    try {
      const credential = await ways[form.dataset.passkey](await optionsOf(form.dataset));
      form.elements.credential.value = written(credential);
    } catch {
      return say(form, form.dataset.nothing);
    }
    form.submit();
  });
}
