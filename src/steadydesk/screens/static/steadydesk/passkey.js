// Passkeys: asks the browser for one, and sends its answer in the form's hidden field `credential`.

const known = Boolean(window.isSecureContext && window.PublicKeyCredential);

const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** What the server sent as text becomes bytes where the browser wants these. */
function readable({ publicKey }) {
  const key = (one) => ({ ...one, id: toBytes(one.id) });
  const found = { ...publicKey, challenge: toBytes(publicKey.challenge) };
  if (found.user) found.user = key(found.user);
  found.excludeCredentials &&= found.excludeCredentials.map(key);
  found.allowCredentials &&= found.allowCredentials.map(key);
  return { publicKey: found };
}

/** And the other way round. */
function answer(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  const { id, type, authenticatorAttachment } = credential;
  return { id, rawId: toText(credential.rawId), type, authenticatorAttachment, response, clientExtensionResults: credential.getClientExtensionResults() };
}

async function options(form) {
  if (form.dataset.passkeyOptions) return JSON.parse(form.dataset.passkeyOptions);
  const reply = await fetch(form.dataset.passkeyAsk, { headers: { Accept: "application/json" } });
  return (await reply.json()).request_options;
}

async function ask(form) {
  const failed = form.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  try {
    const credential = await navigator.credentials[form.dataset.passkey](readable(await options(form)));
    form.elements.credential.value = JSON.stringify(answer(credential));
    form.submit();
  } catch {
    failed.hidden = false;
  }
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  form.hidden = !known;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form);
  });
}
for (const line of document.querySelectorAll("[data-passkey-lacking]")) line.hidden = known;
