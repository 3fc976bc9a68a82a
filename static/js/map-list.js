// The places as a list of links beside the map: for the keyboard, for screen readers, and to find one by its name.
import { afterCalm } from "./dom.js";

const SHOWN = 100;

function item(point, show) {
  const element = document.createElement("li");
  const link = document.createElement(point.url ? "a" : "span");
  if (point.url) link.href = point.url;
  link.textContent = point.title;
  element.append(link);
  if (point.note) {
    const note = document.createElement("span");
    note.className = "secondary-text";
    note.textContent = [point.note].flat().join(" · ");
    element.append(note);
  }
  element.addEventListener("pointerenter", () => show(point));
  return element;
}

export function startList(element, points, show) {
  const place = element.querySelector("[data-map-items]");
  const input = element.querySelector("[data-map-find]");
  const more = element.querySelector("[data-map-more]");
  if (!place || !input) return;
  const sorted = points.toSorted((one, other) => one.title.localeCompare(other.title));
  const calmShow = afterCalm(show, 350);
  const fill = () => {
    const wanted = input.value.trim().toLocaleLowerCase();
    const found = sorted.filter((point) => point.title.toLocaleLowerCase().includes(wanted));
    place.replaceChildren(...found.slice(0, SHOWN).map((point) => item(point, calmShow)));
    more.hidden = found.length <= SHOWN;
  };
  const count = element.querySelector("[data-map-count]");
  if (count) count.textContent = new Intl.NumberFormat(document.documentElement.lang).format(points.length);
  input.addEventListener("input", afterCalm(fill, 150));
  fill();
}
