// Light, dark or as the system: kept in this browser. Listeners of "themechange" draw themselves again.
const KEY = "theme";
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

function remember(choice) {
  try {
    if (choice === "auto") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // The choice then lasts as long as the page.
  }
}

function apply(choice) {
  const theme = choice === "auto" ? (system.matches ? "dark" : "light") : choice;
  const changed = root.dataset.bsTheme !== theme;
  root.dataset.themeChoice = choice;
  root.dataset.bsTheme = theme;
  for (const button of document.querySelectorAll("[data-theme-choice]:is(button)")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  }
  if (changed) document.dispatchEvent(new CustomEvent("themechange"));
}

export function startTheme() {
  if (root.hasAttribute("data-theme-fixed")) return;
  apply(root.dataset.themeChoice || "auto");
  system.addEventListener("change", () => apply(root.dataset.themeChoice));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-theme-choice]");
    if (!button) return;
    remember(button.dataset.themeChoice);
    apply(button.dataset.themeChoice);
  });
}
