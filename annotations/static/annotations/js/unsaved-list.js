/**
 * The list of edits that could not be saved, each with its words, until its author decides.
 */

import { text } from "./texts.js";

/** @typedef {import("./types.js").Rejected} Rejected */

export class UnsavedList {
  /**
   * @param {object} parts
   * @param {EventTarget} parts.root
   * @param {HTMLElement} parts.section hidden while there is nothing in it
   * @param {import("./labels.js").Labels} parts.labels
   * @param {(item: Rejected) => boolean} parts.onRetry true when the edit was made again
   * @param {(item: Rejected) => void} parts.onDismiss
   */
  constructor({ root, section, labels, onRetry, onDismiss }) {
    this.section = section;
    this.list = /** @type {HTMLElement} */ (section.querySelector("ul"));
    this.labels = labels;
    this.onRetry = onRetry;
    this.onDismiss = onDismiss;
    root.addEventListener("ops-rejected", (event) => {
      this.add(/** @type {CustomEvent} */ (event).detail.items);
    });
  }

  /** @param {Rejected[]} items */
  add(items) {
    for (const item of items) this.list.append(this.#row(item));
    this.section.hidden = !this.list.children.length;
  }

  /** @param {Rejected} item */
  #row(item) {
    const row = document.createElement("li");
    const words = document.createElement("p");
    const label = item.op.label ? this.labels.nameOf(item.op.label) : "";
    const quote = item.op.quote ? `“${item.op.quote}”` : "";
    words.textContent = [text(`op-${item.op.type}`), label, quote].filter(Boolean).join(" ");
    const why = document.createElement("p");
    why.className = "why";
    why.textContent = item.detail || text(`rejected-${item.status}`);
    row.append(words, why);
    if (item.status !== "invalid") {
      row.append(this.#button("try-again", row, () => this.onRetry(item), item));
    }
    row.append(this.#button("dismiss", row, () => true, item));
    return row;
  }

  /**
   * @param {string} key
   * @param {HTMLElement} row
   * @param {() => boolean} act
   * @param {Rejected} item
   */
  #button(key, row, act, item) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text(key);
    button.addEventListener("click", () => {
      if (!act()) return;
      row.remove();
      this.section.hidden = !this.list.children.length;
      this.onDismiss(item);
    });
    return button;
  }
}
