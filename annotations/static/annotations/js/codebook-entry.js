/**
 * The codebook's entry of one label, shown over the page while coding.
 */

/**
 * @param {HTMLDialogElement} dialog with a heading and one `[data-entry]` per label
 * @param {import("./labels.js").Labels} labels
 * @param {string} key
 */
export function showCodebookEntry(dialog, labels, key) {
  const heading = /** @type {HTMLElement} */ (dialog.querySelector("h2"));
  labels.dress(heading, key);
  /** @type {HTMLElement} */ (heading.lastElementChild).textContent = labels.nameOf(key);
  for (const entry of /** @type {NodeListOf<HTMLElement>} */ (dialog.querySelectorAll("[data-entry]"))) {
    entry.hidden = entry.dataset.entry !== key;
  }
  dialog.showModal();
}
