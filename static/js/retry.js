// A page that could not be shown asks from time to time whether all is back, and then loads itself again.
import { findNew } from "./dom.js";

const EVERY = 10000;

async function isBack(address) {
  try {
    return (await fetch(address, { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

export function startRetries(root) {
  for (const element of findNew(root, "[data-retry]", "Retry")) {
    const timer = setInterval(async () => {
      if (!(await isBack(element.dataset.retry))) return;
      clearInterval(timer);
      window.location.reload();
    }, EVERY);
  }
}
