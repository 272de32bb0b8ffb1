/**
 * Find what lies near a place of the text without looking at everything.
 */

import { indexEndingAfter } from "./snap.js";

/** @typedef {import("./types.js").Extent} Extent */

/** @template {Extent} E */
export class ExtentIndex {
  /** @param {E[]} extents that may overlap, in any order */
  constructor(extents) {
    this.inOrder = [...extents].sort((a, b) => a.start - b.start || a.end - b.end);
    // How far everything up to each one reaches: a long one may begin far before what it touches.
    let end = 0;
    this.reach = this.inOrder.map((extent) => {
      end = Math.max(end, extent.end);
      return { start: extent.start, end };
    });
  }

  /**
   * Return what shares a character with this stretch, in the order of the text.
   * @param {Extent} stretch
   * @returns {E[]}
   */
  near({ start, end }) {
    const found = [];
    for (let index = indexEndingAfter(this.reach, start); index < this.inOrder.length; index += 1) {
      const extent = this.inOrder[index];
      if (extent.start >= end) break;
      if (extent.end > start) found.push(extent);
    }
    return found;
  }
}
