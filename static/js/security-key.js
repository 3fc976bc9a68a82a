// Security keys and passkeys: starts the browser's ceremony with the server's options and sends its answer with the form.
import { findNew } from "./dom.js";

function bytes(text) {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function described(list) {
  return (list ?? []).map((item) => ({ ...item, id: bytes(item.id) }));
}

function creation({ publicKey }) {
  return {
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    user: { ...publicKey.user, id: bytes(publicKey.user.id) },
    excludeCredentials: described(publicKey.excludeCredentials),
  };
}

function request({ publicKey }) {
  return {
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    allowCredentials: described(publicKey.allowCredentials),
  };
}

// The shape in which the server reads an answer (WebAuthn level 3, toJSON), also for browsers without it.
function answered(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const known = parts.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(known),
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function ceremony(deed, options) {
  if (deed === "create") {
    return navigator.credentials.create({ publicKey: creation(options.creation_options) });
  }
  return navigator.credentials.get({ publicKey: request(options.request_options) });
}

function say(place, message) {
  const error = place.querySelector("[data-security-key-error]");
  error.textContent = message;
  error.hidden = !message;
}

function start(place) {
  const options = JSON.parse(document.getElementById("security-key-options").textContent);
  const form = place.closest("form");
  const button = place.querySelector("[data-security-key-start]");
  button.addEventListener("click", async () => {
    say(place, "");
    if (!window.PublicKeyCredential) {
      say(place, place.dataset.missing);
      return;
    }
    button.disabled = true;
    try {
      const credential = await ceremony(place.dataset.securityKey, options);
      form.elements.namedItem("credential").value = JSON.stringify(answered(credential));
      form.submit();
    } catch {
      say(place, place.dataset.failed);
      button.disabled = false;
    }
  });
}

export function startSecurityKeys(root) {
  for (const place of findNew(root, "[data-security-key]", "SecurityKey")) start(place);
}
