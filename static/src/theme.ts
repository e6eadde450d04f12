/**
 * Light or dark: what the system says, unless the person chose.
 *
 * The choice is a cookie, so that the server writes it into `<html data-theme>` and the page does
 * not flash in the wrong colours while scripts load.
 */

export type Theme = "light" | "dark";

const YEAR_S = 365 * 24 * 60 * 60;

export function currentTheme(root: HTMLElement = document.documentElement): Theme {
  const chosen = root.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export function chooseTheme(theme: Theme, root: HTMLElement = document.documentElement): void {
  root.dataset.theme = theme;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox ESR and on plain http.
  document.cookie = `theme=${theme}; path=/; max-age=${YEAR_S}; samesite=lax`;
}

/** The button reads as what it is switched to, not as what it would do. */
export function setUpThemeSwitch(
  button = document.querySelector<HTMLElement>("#theme-switch"),
): void {
  if (!button) return;
  const show = () => button.setAttribute("aria-pressed", String(currentTheme() === "dark"));
  button.hidden = false;
  button.addEventListener("click", () => {
    chooseTheme(currentTheme() === "dark" ? "light" : "dark");
    show();
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  show();
}
