// One place on the canvas. Its shape and colour say the kind, its filling the status, so that neither needs colour
// alone: full is open, a ring is planned, half is suspended, grey is closed.
import { token } from "./dom.js";

const RADIUS = 6;

function outline(context, kind, { x, y }) {
  context.beginPath();
  if (kind === "distribution-centre") {
    context.rect(x - RADIUS, y - RADIUS, RADIUS * 2, RADIUS * 2);
  } else if (kind === "member-store") {
    const reach = RADIUS * 1.35;
    context.moveTo(x, y - reach);
    context.lineTo(x + reach, y);
    context.lineTo(x, y + reach);
    context.lineTo(x - reach, y);
    context.closePath();
  } else {
    context.arc(x, y, RADIUS, 0, Math.PI * 2);
  }
}

function paint(context, at, { kind, status, element }) {
  const surface = token("surface", element);
  const colour = status === "closed" ? token("muted", element) : token(`kind-${kind}`, element) || token("muted", element);
  outline(context, kind, at);
  context.lineWidth = 4;
  context.strokeStyle = surface;
  context.stroke();
  context.fillStyle = status === "planned" || status === "suspended" ? surface : colour;
  context.fill();
  if (status === "suspended") {
    context.save();
    context.clip();
    context.fillStyle = colour;
    context.fillRect(at.x - RADIUS * 2, at.y, RADIUS * 4, RADIUS * 2);
    context.restore();
  }
  context.lineWidth = 2;
  context.strokeStyle = colour;
  context.stroke();
}

/** The class of places for a loaded Leaflet. */
export function placeClass(L) {
  return L.CircleMarker.extend({
    options: { radius: RADIUS + 2, kind: "", status: "", element: document.documentElement },
    _updatePath() {
      const renderer = this._renderer;
      if (!renderer._drawing || this._empty()) return;
      renderer._ctx.globalAlpha = 1;
      paint(renderer._ctx, this._point, this.options);
    },
  });
}
