// Keys of the whole page: those named by data-hotkey move to their field, Escape leaves it.
function isTyping(element) {
  return element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName);
}

function visible(element) {
  return element.offsetParent !== null;
}

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target.matches?.("[data-hotkey]")) {
      event.target.blur();
      return;
    }
    if (isTyping(event.target)) return;
    const fields = [...document.querySelectorAll("[data-hotkey]")];
    const field = fields.find((element) => element.dataset.hotkey === event.key && visible(element));
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select?.();
  });
}
