// Forms: one press sends once, errors take the focus, passwords can be looked at, choices can send at once.
import { findNew } from "./dom.js";

function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || form.target || form.method !== "post") return;
    const button = event.submitter;
    // Disabling at once would take the button's own name and value out of what is sent.
    setTimeout(() => {
      button?.setAttribute("aria-busy", "true");
      for (const other of form.querySelectorAll("button[type=submit]")) other.disabled = true;
    });
  });
}

function freeButtons() {
  for (const button of document.querySelectorAll("form[method=post] button[type=submit]:disabled")) {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

function reveal(place) {
  const input = place.querySelector("input");
  const toggle = place.querySelector("button");
  if (!input || !toggle) return;
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    toggle.setAttribute("aria-pressed", String(shown));
  });
}

// Filters that are not filled in have no place in the address.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") return;
  const empty = [...event.detail.formData].filter(([, value]) => value === "").map(([name]) => name);
  for (const name of new Set(empty)) {
    const filled = event.detail.formData.getAll(name).filter((value) => value !== "");
    event.detail.formData.delete(name);
    for (const value of filled) event.detail.formData.append(name, value);
  }
});

// A page that the browser brings back from memory must not keep its buttons asleep.
window.addEventListener("pageshow", (event) => event.persisted && freeButtons());

export function startForms(root) {
  for (const form of findNew(root, "form[method=post]", "Once")) sendOnce(form);
  for (const place of findNew(root, "[data-reveal]", "Reveal")) reveal(place);
  for (const field of findNew(root, "[data-send-on-change]", "Send")) {
    field.addEventListener("change", () => field.form?.requestSubmit());
  }
  findNew(root, "[data-focus-first]", "Focus")[0]?.focus();
}
