// A map of places: districts as shapes, places on a canvas, near ones gathered, tiles only where an address is given.
import { findNew, token, whenNear } from "./dom.js";
import { gather } from "./map-cluster.js";
import { placeClass } from "./map-marker.js";
import { clusterList, placeCard } from "./map-popup.js";
import { startList } from "./map-list.js";

const FEW = 400; // so many in the window are drawn one by one; only those that would cover each other are gathered
const CLOSE_CELL = 14;
const WIDE_CELL = 56;
let leaflet = null;

function loadLeaflet(address) {
  leaflet ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => resolve(window.L));
    script.addEventListener("error", reject);
    document.head.append(script);
  });
  return leaflet;
}

async function fetchJson(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  return answer.json();
}

function districtStyle(element, values) {
  const sorted = values.toSorted((one, other) => one - other);
  return (feature) => {
    const rank = sorted.length ? sorted.indexOf(feature.properties.value) / sorted.length : -1;
    const fill = rank < 0 ? "map-land" : `heat-${Math.min(Math.floor(rank * 5), 4)}`;
    return { color: token("map-line", element), weight: 1, fillColor: token(fill, element), fillOpacity: rank < 0 ? 0.7 : 0.55 };
  };
}

function drawDistricts(L, map, element, data) {
  map.createPane("districtNames").style.zIndex = "350"; // under the places
  const values = data.features.map((feature) => feature.properties.value).filter((value) => typeof value === "number");
  const layer = L.geoJSON(data, {
    renderer: L.canvas({ pane: "tilePane" }),
    interactive: false,
    style: districtStyle(element, values),
  }).addTo(map);
  for (const feature of layer.getLayers()) {
    const label = document.createElement("span");
    label.textContent = feature.feature.properties.name;
    feature.bindTooltip(label, { permanent: true, direction: "center", className: "map-district", pane: "districtNames" });
  }
  document.addEventListener("themechange", () => layer.setStyle(districtStyle(element, values)));
  return layer;
}

function clusterMarker(L, map, group, words) {
  const icon = L.divIcon({ className: "map-cluster", html: String(group.points.length), iconSize: null });
  const marker = L.marker([group.lat, group.lng], { icon, riseOnHover: true });
  marker.on("add", () => {
    marker.getElement().setAttribute("aria-label", `${group.points.length} ${words.cluster}`);
    marker.getElement().dataset.size = group.points.length > 99 ? "large" : group.points.length > 9 ? "medium" : "small";
  });
  marker.on("click keypress", (event) => {
    if (event.type === "keypress" && event.originalEvent.key !== "Enter") return;
    const bounds = L.latLngBounds(group.points.map((point) => [point.lat, point.lng]));
    const apart = map.getBoundsZoom(bounds, false, L.point(40, 40)) > map.getZoom() && map.getZoom() < map.getMaxZoom();
    if (apart) map.fitBounds(bounds, { padding: [40, 40], maxZoom: map.getZoom() + 4 });
    else L.popup().setLatLng(marker.getLatLng()).setContent(clusterList(group.points)).openOn(map);
  });
  return marker;
}

// A tooltip given as a text would be taken for markup; titles come from people.
function nameOf(point) {
  const name = document.createElement("span");
  name.textContent = point.title;
  return name;
}

// The place that a page is about stands alone, in a ring.
function focusRing(L, point, renderer, element) {
  const ring = { renderer, radius: 13, weight: 2, color: token("text", element), fill: false, interactive: false };
  return L.circleMarker([point.lat, point.lng], ring);
}

function startPlaces(L, map, element, points) {
  const words = { cluster: element.dataset.clusterLabel, open: element.dataset.openLabel };
  const Place = placeClass(L);
  const layer = L.layerGroup().addTo(map);
  const renderer = L.canvas({ padding: 0.2, tolerance: 6 });
  const draw = () => {
    const zoom = map.getZoom();
    const bounds = map.getBounds().pad(0.2);
    const seen = points.filter((point) => bounds.contains([point.lat, point.lng]));
    const cell = seen.length > FEW ? WIDE_CELL : CLOSE_CELL;
    const crowd = seen.filter((point) => !point.focus);
    const groups = gather(crowd, (point) => map.project([point.lat, point.lng], zoom), cell);
    groups.push(...seen.filter((point) => point.focus).map((point) => ({ points: [point] })));
    layer.clearLayers();
    for (const group of groups) {
      if (group.points.length > 1) {
        clusterMarker(L, map, group, words).addTo(layer);
        continue;
      }
      const [point] = group.points;
      const place = new Place([point.lat, point.lng], { renderer, element, kind: point.kind, status: point.status });
      place.bindPopup(() => placeCard(point, words.open)).bindTooltip(() => nameOf(point));
      place.addTo(layer);
      if (point.focus) focusRing(L, point, renderer, element).addTo(layer);
    }
  };
  map.on("moveend", draw);
  document.addEventListener("themechange", draw);
  draw();
}

async function startMap(element) {
  const canvas = element.querySelector(".map-canvas");
  try {
    const [L, data, districts] = await Promise.all([
      loadLeaflet(element.dataset.leaflet),
      fetchJson(element.dataset.pointsUrl),
      element.dataset.districtsUrl ? fetchJson(element.dataset.districtsUrl) : null,
    ]);
    const points = data.points.filter((point) => Number.isFinite(point.lat) && Number.isFinite(point.lng));
    const map = L.map(canvas, { preferCanvas: true, maxZoom: 18, minZoom: 3, zoomSnap: 0.5, attributionControl: false });
    map.scrollWheelZoom.disable();
    canvas.addEventListener("focusin", () => map.scrollWheelZoom.enable());
    canvas.addEventListener("click", () => map.scrollWheelZoom.enable());
    if (element.dataset.tilesUrl) {
      L.tileLayer(element.dataset.tilesUrl, { maxZoom: 18, attribution: element.dataset.attribution }).addTo(map);
      L.control.attribution({ prefix: false }).addTo(map);
    }
    L.control.scale({ imperial: false }).addTo(map);
    const shapes = districts ? drawDistricts(L, map, element, districts) : null;
    const bounds = points.length ? L.latLngBounds(points.map((point) => [point.lat, point.lng])) : shapes?.getBounds();
    if (bounds?.isValid()) map.fitBounds(bounds, { padding: [24, 24], maxZoom: 15 });
    else map.setView([0, 0], 3);
    startPlaces(L, map, element, points);
    startList(element, points, (point) => map.setView([point.lat, point.lng], Math.max(map.getZoom(), 15)));
    new ResizeObserver(() => map.invalidateSize()).observe(canvas);
    element.dataset.drawn = "";
  } catch (error) {
    canvas.textContent = element.dataset.broken;
    element.dataset.drawn = "failed";
    throw error;
  }
}

export function startMaps(root) {
  for (const element of findNew(root, "[data-map]", "Map")) whenNear(element, () => startMap(element));
}
