/**
 * Say in the header whether everything is saved, and warn before unsent work is left behind.
 */

import { text } from "./texts.js";

const SENTENCES = {
  saved: "saved",
  saving: "saving",
  offline: "offline",
  "signed-out": "signed-out",
  closed: "closed",
  paused: "paused",
};

/**
 * @param {EventTarget} root
 * @param {HTMLElement} badge
 */
export function showSaveState(root, badge) {
  let waiting = 0;
  root.addEventListener("save-state", (event) => {
    const { state, count } = /** @type {CustomEvent} */ (event).detail;
    waiting = count;
    badge.dataset.state = state;
    const key = SENTENCES[/** @type {keyof typeof SENTENCES} */ (state)];
    const sentence = state === "offline" ? text(key, { count }) : text(key);
    // Unchanged words are not written again, or a screen reader would repeat them.
    if (badge.textContent !== sentence) badge.textContent = sentence;
  });
  window.addEventListener("beforeunload", (event) => {
    if (waiting) event.preventDefault();
  });
}
