/**
 * How closely the text is set. The choice is a cookie, so that the server writes it into the
 * page and no line moves while the page loads.
 */

const YEAR = 365 * 24 * 60 * 60;

/**
 * Let the buttons with `data-density-choice` set the density, and show which one holds.
 * @param {HTMLElement} root that carries `data-density`
 */
export function followDensityChoice(root) {
  /** @type {NodeListOf<HTMLElement>} */
  const buttons = root.querySelectorAll("[data-density-choice]");

  function show() {
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.densityChoice === root.dataset.density));
    }
  }

  for (const button of buttons) {
    button.addEventListener("click", () => {
      const choice = button.dataset.densityChoice ?? "";
      root.dataset.density = choice;
      document.cookie = `density=${choice}; path=/; max-age=${YEAR}; samesite=lax`;
      show();
    });
  }
  show();
}
