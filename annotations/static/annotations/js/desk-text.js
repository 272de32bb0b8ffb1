/**
 * The text at a desk: bars for what is in gold, numbered boxes around the places, and what a
 * person points at.
 */

import { GoldBars } from "./gold-bars.js";
import { PlaceMarks } from "./place-marks.js";
import { snap } from "./snap.js";

/** @typedef {import("./types.js").Extent} Extent */

export class DeskText {
  /**
   * @param {object} parts
   * @param {import("./paragraphs.js").Paragraphs} parts.paragraphs
   * @param {HTMLElement} parts.bars the layer for what is in gold
   * @param {HTMLElement} parts.boxes the layer for the places
   * @param {import("./labels.js").Labels} parts.labels
   * @param {{text: string, tokens: Extent[]}} parts.model
   * @param {Extent[]} parts.veiled
   * @param {import("./rulings.js").Rulings} parts.rulings
   */
  constructor({ paragraphs, bars, boxes, labels, model, veiled, rulings }) {
    this.paragraphs = paragraphs;
    this.model = model;
    this.gold = new GoldBars({ paragraphs, layer: bars, labels, veiled, rulings });
    this.marks = new PlaceMarks({ paragraphs, layer: boxes });
  }

  /**
   * Draw what the window comes to, until the desk is left.
   * @param {AbortSignal} left
   */
  watch(left) {
    const relayout = () => {
      this.gold.relayout();
      this.marks.draw();
    };
    const follow = () => {
      this.gold.follow();
      this.marks.follow();
    };
    for (const name of ["scroll", "resize"]) addEventListener(name, follow, { signal: left });
    const observer = new ResizeObserver(relayout);
    observer.observe(this.paragraphs.root);
    left.addEventListener("abort", () => observer.disconnect());
    if (document.fonts.status === "loading") void document.fonts.ready.then(relayout);
  }

  /** Take the words that are selected, rounded to whole ones; they are selected no more. */
  takeSelection() {
    const selected = this.paragraphs.nativeSelection();
    document.getSelection()?.removeAllRanges();
    return selected && snap(this.model.text, this.model.tokens, selected, "words");
  }

  /**
   * Return the offset of the character that was clicked, or null if words were selected.
   * @param {MouseEvent} event
   */
  offsetOf({ clientX, clientY }) {
    if (this.paragraphs.nativeSelection()) return null;
    return this.paragraphs.offsetFromPoint(clientX, clientY);
  }
}
