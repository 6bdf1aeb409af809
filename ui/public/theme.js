// Runs before the first paint, so that the page never flashes in the other theme.
(() => {
  let theme = null;
  try {
    theme = JSON.parse(localStorage.getItem("cairn.theme"));
  } catch {
    // A store that cannot be read has no preference.
  }
  const isDark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
})();
