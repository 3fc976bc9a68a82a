// What a mark of a chart says when it is pointed at: names and values, as text only.
let tip = null;

function place(event) {
  const gap = 12;
  const { innerWidth, innerHeight } = window;
  const box = tip.getBoundingClientRect();
  const left = event.clientX + gap + box.width > innerWidth ? event.clientX - gap - box.width : event.clientX + gap;
  const top = event.clientY + gap + box.height > innerHeight ? event.clientY - gap - box.height : event.clientY + gap;
  tip.style.setProperty("left", `${Math.max(left, 4)}px`);
  tip.style.setProperty("top", `${Math.max(top, 4)}px`);
}

function line(name, value) {
  const row = document.createElement("div");
  const label = document.createElement("span");
  const text = document.createElement("strong");
  label.textContent = name;
  text.textContent = String(value);
  row.append(label, text);
  return row;
}

/** Vega's tooltip handler. */
export function showTip(handler, event, item, value) {
  if (!tip) {
    tip = document.createElement("div");
    tip.className = "chart-tip";
    tip.setAttribute("aria-hidden", "true");
    document.body.append(tip);
  }
  const nothing = value === null || value === undefined || value === "";
  tip.hidden = nothing;
  if (nothing) return;
  const pairs = typeof value === "object" ? Object.entries(value) : [["", value]];
  tip.replaceChildren(...pairs.map(([name, text]) => line(name, text)));
  place(event);
}
