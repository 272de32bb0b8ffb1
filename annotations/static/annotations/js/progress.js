/**
 * How far an article has come.
 */

import { text } from "./texts.js";

/**
 * @param {HTMLElement} root that has the bar and its words
 * @param {number} done
 * @param {number} total
 */
export function showProgress(root, done, total) {
  const bar = /** @type {HTMLProgressElement} */ (root.querySelector("#progress"));
  bar.max = total || 1;
  bar.value = total ? done : 1;
  const words = root.querySelector("#progress-words");
  if (words) words.textContent = text("decided", { done, total });
}
