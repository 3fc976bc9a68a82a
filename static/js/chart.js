// Draws Vega-Lite specifications in the colours of the theme. The specification stands beside the chart as JSON; its
// colours are names of tokens. Expressions are interpreted, not compiled, because the page forbids making code of text.
import { afterCalm, findNew, token, whenNear } from "./dom.js";
import { showTip } from "./chart-tip.js";

// Without `ast` Vega would compile expressions; without `defaultStyle: false` it would bring a style sheet of its own.
const OPTIONS = { ast: true, renderer: "svg", mode: "vega-lite", actions: false, defaultStyle: false, tooltip: showTip };
const drawn = new Map(); // figure → { chart, source }
let library = null;

function loadVega(address) {
  library ??= import(address).then(() => window.chargenetVegaEmbed);
  return library;
}

function canvasOf(figure) {
  return figure.querySelector(".chart-canvas");
}

function sourceOf(figure) {
  return document.getElementById(figure.dataset.chart).textContent;
}

// `write` makes a colour of a token's name. Data may hold any text, also such that looks like a token.
function inTheme(value, write) {
  if (Array.isArray(value)) return value.map((item) => inTheme(item, write));
  if (value && typeof value === "object") {
    const themed = ([name, item]) => [name, name === "values" ? item : inTheme(item, write)];
    return Object.fromEntries(Object.entries(value).map(themed));
  }
  if (typeof value === "string" && value.startsWith("token:")) return write(value.slice(6));
  return value;
}

function prepare(figure, source) {
  const raw = JSON.parse(source);
  const spec = inTheme(raw, (name) => token(name, figure));
  // Axes and texts keep the name of their colour, which on paper is a light one. Scales must know theirs, to mix them.
  spec.config = { ...inTheme(raw.config, (name) => `var(--cn-${name})`), range: spec.config.range };
  spec.config.font = getComputedStyle(canvasOf(figure)).fontFamily;
  if (!("hconcat" in spec || "vconcat" in spec || "facet" in spec || "repeat" in spec)) {
    spec.width = "container";
    spec.height = "container";
    spec.autosize = { type: "fit", contains: "padding" };
  }
  return spec;
}

async function draw(figure) {
  const canvas = canvasOf(figure);
  try {
    const embed = await loadVega(figure.dataset.vega);
    const source = sourceOf(figure);
    drawn.get(figure)?.chart.finalize();
    drawn.set(figure, { chart: await embed(canvas, prepare(figure, source), OPTIONS), source });
    // The figure's own title and text describe it; the hundred marks inside would only be noise.
    canvas.querySelector("svg")?.setAttribute("aria-hidden", "true");
    figure.dataset.drawn = "";
  } catch (error) {
    canvas.textContent = figure.dataset.broken;
    figure.dataset.drawn = "failed";
    throw error;
  }
}

function follow(figure) {
  let width = figure.clientWidth;
  const resized = afterCalm(() => {
    if (figure.clientWidth === width || !figure.clientWidth) return;
    width = figure.clientWidth;
    draw(figure);
  }, 120);
  new ResizeObserver(resized).observe(figure);
}

// A refreshed part of the page brings its charts anew. One that shows the same is put back as it was; of one that
// changed the old picture stays until the new one is ready, so that nothing flickers.
function takeOver(figure) {
  for (const [old, known] of drawn) {
    if (old.isConnected || canvasOf(old)?.id !== canvasOf(figure).id) continue;
    canvasOf(figure).replaceWith(canvasOf(old));
    drawn.delete(old);
    drawn.set(figure, known);
    figure.dataset.drawn = "";
    return known.source === sourceOf(figure);
  }
  return false;
}

function forgetRemoved() {
  for (const [figure, { chart }] of drawn) {
    if (figure.isConnected) continue;
    chart.finalize();
    drawn.delete(figure);
  }
}

document.addEventListener("themechange", () => [...drawn.keys()].forEach(draw));

export function startCharts(root) {
  for (const figure of findNew(root, "[data-chart]", "Chart")) {
    if (takeOver(figure)) follow(figure);
    else whenNear(figure, () => draw(figure).then(() => follow(figure)));
  }
  forgetRemoved();
}
