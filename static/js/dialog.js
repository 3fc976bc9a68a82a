// A question in a dialog instead of on a page of its own: links with data-dialog. Without this script, or if the
// answer cannot be fetched, the link simply leads to the page.
let dialog = null;

function make() {
  dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-cancel]")) {
      event.preventDefault();
      dialog.close();
    }
  });
  document.body.append(dialog);
}

async function ask(link) {
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  if (!dialog) make();
  dialog.innerHTML = await answer.text();
  const title = dialog.querySelector("h1, h2");
  if (title) dialog.setAttribute("aria-label", title.textContent);
  window.htmx?.process(dialog);
  dialog.showModal();
}

export function startDialogs() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    ask(link).catch(() => window.location.assign(link.href));
  });
}
