/**
 * Say in the header whether everything is saved, and warn before unsent work is left behind.
 */

import { text } from "./texts.js";

const UNSENT = ["offline", "signed-out"];
const COUNTED = ["offline", "on-page-only"];

/**
 * @param {EventTarget} root
 * @param {HTMLElement} badge
 */
export function showSaveState(root, badge) {
  let waiting = 0;
  root.addEventListener("save-state", (event) => {
    const { state, count, isKept = true } = /** @type {CustomEvent} */ (event).detail;
    waiting = count;
    badge.dataset.state = state;
    const isOnPageOnly = count > 0 && !isKept && UNSENT.includes(state);
    const key = isOnPageOnly ? "on-page-only" : state;
    const sentence = text(key, COUNTED.includes(key) ? { count } : {});
    // Unchanged words are not written again, or a screen reader would repeat them.
    if (badge.textContent !== sentence) badge.textContent = sentence;
  });
  window.addEventListener("beforeunload", (event) => {
    if (waiting) event.preventDefault();
  });
}
