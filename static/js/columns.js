// The column chooser: at least one column stays, and the button says how many are shown.
import { findNew } from "./dom.js";

function startChooser(menu) {
  const boxes = [...menu.querySelectorAll("input[type=checkbox]")];
  const update = () => {
    const chosen = boxes.filter((box) => box.checked);
    for (const box of boxes) {
      if (!box.hasAttribute("data-fixed")) box.disabled = chosen.length === 1 && box.checked;
    }
  };
  menu.addEventListener("change", update);
  // A disabled box is not sent, although it is checked.
  menu.addEventListener("submit", () => boxes.forEach((box) => (box.disabled = false)));
  update();
}

export function startColumns(root) {
  for (const menu of findNew(root, "[data-column-chooser]", "Columns")) startChooser(menu);
}
