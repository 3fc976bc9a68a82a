// Small helpers of the other modules.

/** The elements under `root` that match, `root` itself included. */
export function find(root, selector) {
  const found = [...root.querySelectorAll(selector)];
  if (root instanceof Element && root.matches(selector)) found.unshift(root);
  return found;
}

/** As `find`, but each element only once in its life: a part that is started twice keeps one behaviour. */
export function findNew(root, selector, name) {
  const mark = `started${name}`;
  return find(root, selector).filter((element) => {
    if (element.dataset[mark] !== undefined) return false;
    element.dataset[mark] = "";
    return true;
  });
}

/** The value of a design token in the theme of an element. */
export function token(name, element = document.documentElement) {
  return getComputedStyle(element).getPropertyValue(`--cn-${name}`).trim();
}

/** Calls back once when an element comes near the window. */
export function whenNear(element, callback) {
  const watch = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      callback();
    },
    { rootMargin: "200px" },
  );
  watch.observe(element);
}

/** Calls back after the calls have stopped for a while. */
export function afterCalm(callback, milliseconds) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => callback(...values), milliseconds);
  };
}
