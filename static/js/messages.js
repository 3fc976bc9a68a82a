// Messages can be put away; what htmx answers in an HX-Trigger header "toast" is shown in the corner.
const SHOWN_FOR = 8000;

export function showToast(text, tone = "info") {
  const place = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  if (!place || !template) return;
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.dataset.tone = tone;
  toast.querySelector("[data-text]").textContent = text;
  place.append(toast);
  // What went wrong stays until it has been read.
  if (tone !== "danger" && tone !== "warning") setTimeout(() => toast.remove(), SHOWN_FOR);
}

export function startMessages() {
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-dismiss]")) return;
    event.target.closest("[data-dismissable]")?.remove();
  });
  document.addEventListener("toast", (event) => {
    const { text, tone } = typeof event.detail === "string" ? { text: event.detail } : event.detail;
    showToast(text ?? event.detail.value, tone);
  });
}
