// Answers to htmx that are not the part that was asked for: a whole page is gone to, a failure is said.
import { showToast } from "./messages.js";

const WHOLE_PAGE = /^\s*<!doctype/i;

function goWhereAsked(event) {
  const { xhr, serverResponse, requestConfig } = event.detail;
  if (!WHOLE_PAGE.test(serverResponse)) return;
  // Whoever is signed out meanwhile is led to the sign-in page, which must not stand inside a list. With hx-select a
  // part of a whole page is what was wanted, unless it is the page of another address.
  const asked = new URL(requestConfig.path, window.location.href).pathname;
  const redirected = new URL(xhr.responseURL).pathname !== asked;
  if (!redirected && requestConfig.elt.hasAttribute("hx-select")) return;
  event.detail.shouldSwap = false;
  window.location.assign(xhr.responseURL);
}

export function startAnswers() {
  const { failed, offline } = document.getElementById("toasts")?.dataset ?? {};
  document.addEventListener("htmx:beforeSwap", goWhereAsked);
  document.addEventListener("htmx:responseError", () => showToast(failed, "danger"));
  // What refreshes itself says by the live mark that the connection is lost; a person's own deed is answered here.
  document.addEventListener("htmx:sendError", ({ detail }) => {
    const byItself = ["live", "load", "every"].includes(detail.requestConfig?.triggeringEvent?.type ?? "every");
    if (!byItself) showToast(offline, "danger");
  });
}
