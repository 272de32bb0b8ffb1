/**
 * The row of labels above the text: what there is, under which key, and how often it was used.
 *
 * A click tags what is chosen. Where nothing is, the label becomes the brush: every further
 * drag over the text tags at once.
 */

export class LabelBar {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.root
   * @param {HTMLElement} parts.bar with one `button[data-label]` per label
   * @param {import("./labels.js").Labels} parts.labels
   * @param {() => boolean} parts.isChosen whether there is something to tag
   * @param {(command: import("./keymap.js").Command) => void} parts.run
   * @param {() => void} parts.onBrush after the brush was taken up, changed or put down
   */
  constructor({ root, bar, labels, isChosen, run, onBrush }) {
    this.root = root;
    this.onBrush = onBrush;
    /** What the brush tags, empty without one. */
    this.brush = "";
    this.buttons = /** @type {HTMLButtonElement[]} */ ([...bar.querySelectorAll("button[data-label]")]);
    for (const button of this.buttons) {
      const key = button.dataset.label ?? "";
      labels.dress(button, key);
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("pointerdown", (event) => event.preventDefault());
      button.addEventListener("click", ({ detail }) => {
        // A click without a pointer has no hand that could paint.
        const isByKey = detail === 0;
        if (!this.brush && (isByKey || isChosen())) run({ name: "label", label: key });
        else this.take(key === this.brush ? "" : key);
      });
    }
    /** @type {Record<string, number>} */
    const counts = {};
    root.addEventListener("spans-changed", (event) => {
      for (const { before, after } of /** @type {CustomEvent} */ (event).detail.changes) {
        if (before) counts[before.label] -= 1;
        if (after) counts[after.label] = (counts[after.label] ?? 0) + 1;
      }
      for (const button of this.buttons) {
        const shown = button.querySelector("[data-count]");
        if (shown) shown.textContent = String(counts[button.dataset.label ?? ""] ?? 0);
      }
    });
  }

  /** @param {string} label to paint with, empty to put the brush down */
  take(label) {
    if (label === this.brush) return;
    this.brush = label;
    this.root.dataset.brush = label;
    for (const button of this.buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.label === label));
    }
    this.onBrush();
  }
}
