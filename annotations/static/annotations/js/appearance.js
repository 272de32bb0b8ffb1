/**
 * Theme and density: switches that hold at once, and are kept with the account.
 *
 * The server writes what was chosen into the page, so that nothing flashes while it loads.
 */

/** Let the buttons of `form[data-appearance]` set what they name, on the page and for good. */
export function followAppearance(/** @type {Document} */ document) {
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const { submitter } = event;
    if (!form.matches("[data-appearance]") || !submitter) return;
    event.preventDefault();
    const { name, value } = /** @type {HTMLButtonElement} */ (submitter);
    document.querySelector(`[data-${name}]`)?.setAttribute(`data-${name}`, value);
    for (const button of form.querySelectorAll("[aria-pressed]")) {
      button.setAttribute("aria-pressed", String(button === submitter));
    }
    // Without a connection it holds until the page is left.
    const body = new FormData(form, submitter);
    fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
  });
}
