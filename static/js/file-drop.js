// A place to drop a file: the input covers it, this shows what was chosen and lights up while something hangs over it.
import { findNew } from "./dom.js";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

function size(bytes) {
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  const options = { style: "unit", unit: UNITS[step], maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, options).format(bytes / 1000 ** step);
}

function startDrop(place) {
  const input = place.querySelector("input[type=file]");
  const name = place.querySelector("[data-file-name]");
  if (!input || !name) return;
  const update = () => {
    const files = [...input.files];
    place.toggleAttribute("data-chosen", files.length > 0);
    name.textContent = files.map((file) => `${file.name} (${size(file.size)})`).join(", ") || name.dataset.none;
  };
  input.addEventListener("change", update);
  for (const type of ["dragenter", "dragover"]) place.addEventListener(type, () => place.toggleAttribute("data-over", true));
  for (const type of ["dragleave", "drop"]) place.addEventListener(type, () => place.toggleAttribute("data-over", false));
  update();
}

export function startFileDrops(root) {
  for (const place of findNew(root, "[data-file-drop]", "Drop")) startDrop(place);
}
