// The admin keeps its choice of colours in data-theme, our tokens read data-bs-theme: the one follows the other. Both
// keep the choice under the same name in this browser, so that pages and admin look alike.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    const choice = root.dataset.theme || "auto";
    root.dataset.bsTheme = choice === "auto" ? (system.matches ? "dark" : "light") : choice;
  };
  new MutationObserver(follow).observe(root, { attributeFilter: ["data-theme"] });
  system.addEventListener("change", follow);
  follow();
})();
