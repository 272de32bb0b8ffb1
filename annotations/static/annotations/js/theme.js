/**
 * The theme: light, dark, or as the system says.
 *
 * The choice is a cookie, so that the server writes it into the page and nothing
 * flashes while a page loads.
 */

const YEAR = 365 * 24 * 60 * 60;

/** Return the cookie that keeps `choice`; "auto" forgets what was chosen. */
export function themeCookie(/** @type {string} */ choice) {
  const age = choice === "auto" ? 0 : YEAR;
  return `theme=${choice}; path=/; max-age=${age}; samesite=lax`;
}

/** Let the buttons with `data-theme-choice` set the theme, and show which one holds. */
export function followThemeChoice(/** @type {Document} */ document) {
  const root = document.documentElement;
  /** @type {NodeListOf<HTMLElement>} */
  const buttons = document.querySelectorAll("[data-theme-choice]");

  function show() {
    const chosen = root.dataset.theme ?? "auto";
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen));
    }
  }

  for (const button of buttons) {
    button.addEventListener("click", () => {
      const choice = button.dataset.themeChoice ?? "auto";
      document.cookie = themeCookie(choice);
      if (choice === "auto") delete root.dataset.theme;
      else root.dataset.theme = choice;
      show();
    });
  }
  show();
}
