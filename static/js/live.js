// Server-sent events: one connection for the page, one topic for each element with data-live-topic. An element hears
// "live" as a DOM event; htmx fetches what has changed (hx-trigger="live").
import { find } from "./dom.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;
const SILENCE = 60000; // the server speaks at least every 20 seconds
const HIDDEN = 60000;
const PATIENCE = 3000;

let source = null;
let heardTopics = "";
let wait = FIRST_WAIT;
let timer = 0;
let silence = 0;
let wasLive = false;
const postponed = new Set();

function topics() {
  const named = [...document.querySelectorAll("[data-live-topic]")].map((element) => element.dataset.liveTopic);
  return [...new Set(named.flatMap((value) => value.split(/[\s,]+/)).filter(Boolean))].sort();
}

function show(state) {
  for (const mark of document.querySelectorAll("[data-live-indicator]")) mark.dataset.liveState = state;
}

// Who types into a part of the page, or has a menu of it open, keeps it as it is until done.
function inUse(element) {
  const active = document.activeElement;
  const typing = element.contains(active) && active.matches("input:not([type=checkbox], [type=radio]), select, textarea");
  return typing || element.querySelector(".dropdown-menu.show, .collapse.show, .collapsing") !== null;
}

function tellOne(element, detail) {
  if (!element.isConnected || postponed.has(element)) return;
  if (!inUse(element)) {
    element.dispatchEvent(new CustomEvent("live", { detail }));
    return;
  }
  postponed.add(element);
  setTimeout(() => {
    postponed.delete(element);
    tellOne(element, detail);
  }, PATIENCE);
}

function tell(topic, data) {
  for (const element of find(document, "[data-live-topic]")) {
    const wanted = element.dataset.liveTopic.split(/[\s,]+/);
    if (topic === null || wanted.includes(topic)) tellOne(element, { topic, data });
  }
}

// What a page fetches by itself is nobody's doing: the server does not take it for a sign of life of the session.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.triggeringEvent?.type === "live") detail.headers["X-Live"] = "1";
});

// A list that refreshes itself stays where the reader has scrolled it to.
function keepPlaces() {
  let places = [];
  const frames = (target) => [...(document.getElementById(target.id)?.querySelectorAll(".table-frame") ?? [])];
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const byItself = detail.requestConfig?.triggeringEvent?.type === "live";
    places = byItself ? frames(detail.target).map((frame) => [frame.scrollLeft, frame.scrollTop]) : [];
  });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    frames(detail.target).forEach((frame, index) => places[index] && frame.scrollTo(...places[index]));
    places = [];
  });
}

function read(event) {
  try {
    return JSON.parse(event.data);
  } catch {
    return {};
  }
}

function keepAlive() {
  clearTimeout(silence);
  silence = setTimeout(tryAgain, SILENCE);
}

function close() {
  source?.close();
  source = null;
  clearTimeout(silence);
  clearTimeout(timer);
}

function tryAgain() {
  close();
  show("offline");
  // Waits differ, so that a thousand boards do not knock all at once when the server is back.
  timer = setTimeout(open, wait * (0.5 + Math.random()));
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

function opened() {
  wait = FIRST_WAIT;
  show("live");
  keepAlive();
  // What happened while nobody listened is fetched once.
  if (wasLive) tell(null, {});
  wasLive = true;
}

function open() {
  close();
  const address = new URL(document.body.dataset.liveUrl, window.location.href);
  heardTopics = topics().join(",");
  address.searchParams.set("topics", heardTopics);
  show("connecting");
  source = new EventSource(address, { withCredentials: true });
  source.addEventListener("open", opened);
  source.addEventListener("error", tryAgain);
  source.addEventListener("ping", keepAlive);
  for (const topic of heardTopics.split(",")) {
    source.addEventListener(topic, (event) => {
      keepAlive();
      tell(topic, read(event));
    });
  }
}

function sleepWhenHidden() {
  let sleep = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(sleep);
    if (document.hidden) sleep = setTimeout(close, HIDDEN);
    else if (!source) open();
  });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && open());
}

export function startLive(root) {
  const wanted = topics().join(",");
  if (!document.body.dataset.liveUrl || !wanted) return;
  if (root === document) {
    sleepWhenHidden();
    keepPlaces();
    open();
  } else if (wanted !== heardTopics) {
    open();
  } else {
    show(source?.readyState === EventSource.OPEN ? "live" : "connecting");
  }
}
