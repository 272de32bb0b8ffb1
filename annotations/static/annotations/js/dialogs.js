/**
 * Dialogs are native: a button with data-opens="<id>" opens one, and any button with
 * data-closes inside it closes it. The browser keeps and restores the focus.
 */

/** Open and close dialogs at the click of their buttons, those that htmx brings included. */
export function followDialogs(/** @type {Document} */ document) {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest("[data-opens]");
    if (opener instanceof HTMLElement) {
      const dialog = document.getElementById(opener.dataset.opens ?? "");
      if (dialog instanceof HTMLDialogElement) dialog.showModal();
    }
    if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  });
}
