// A click anywhere in a row opens its record. The link in the row's head does the same for the keyboard.
const OWN_DEED = "a, button, input, select, textarea, label, summary, [data-no-row-link]";

export function startRows() {
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest(OWN_DEED)) return;
    // Who selects text to copy it does not want to leave the page.
    if (String(getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
    else window.location.assign(row.dataset.href);
  });
}
