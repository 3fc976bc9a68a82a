// What a place says when it is chosen. Made of nodes and texts, never of markup, as titles come from people.
const LISTED = 12;

function line(className, text) {
  const element = document.createElement("div");
  element.className = className;
  element.textContent = text;
  return element;
}

function link(point) {
  const element = document.createElement(point.url ? "a" : "span");
  if (point.url) element.href = point.url;
  element.textContent = point.title;
  return element;
}

export function placeCard(point, openLabel) {
  const card = document.createElement("div");
  card.className = "map-card";
  const title = line("map-card-title", "");
  title.append(link(point));
  card.append(title);
  for (const note of [point.note].flat().filter(Boolean)) card.append(line("map-card-note", note));
  if (point.url && openLabel) {
    const open = link(point);
    open.textContent = openLabel;
    card.append(open);
  }
  return card;
}

export function clusterList(points) {
  const list = document.createElement("ul");
  list.className = "map-card map-card-list";
  for (const point of points.slice(0, LISTED)) {
    const item = document.createElement("li");
    item.append(link(point));
    list.append(item);
  }
  if (points.length > LISTED) list.append(line("map-card-note", `+ ${points.length - LISTED}`));
  return list;
}
