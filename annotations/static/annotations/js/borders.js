/**
 * Where the edges of a span can go: to where coders began and ended, and from there by word.
 */

import { indexEndingAfter } from "./snap.js";

/** @typedef {import("./types.js").Extent} Extent */
/** @typedef {"start" | "end"} Edge */
/** @typedef {{coder: string, spans: Extent[]}} Coded */

export class Borders {
  /**
   * @param {Coded[]} candidates what each coder has there
   * @param {Extent[]} tokens the words of the text
   */
  constructor(candidates, tokens) {
    this.tokens = tokens;
    this.held = { start: bordersOf(candidates, "start"), end: bordersOf(candidates, "end") };
  }

  /**
   * Return the extent with one edge moved a step, or null if there is nowhere to go.
   * @param {Extent} extent
   * @param {Edge} edge
   * @param {1 | -1} step
   * @param {boolean} [isByWord] whether to pass the coders' borders over
   * @returns {Extent | null}
   */
  moved(extent, edge, step, isByWord = false) {
    const isFitting = (/** @type {number} */ offset) =>
      (offset - extent[edge]) * step > 0 &&
      (edge === "start" ? offset < extent.end : offset > extent.start);
    const borders = isByWord ? [] : [...this.held[edge].keys()].filter(isFitting);
    const offsets = borders.length ? borders : this.#words(edge, extent[edge]).filter(isFitting);
    if (!offsets.length) return null;
    return { ...extent, [edge]: step > 0 ? Math.min(...offsets) : Math.max(...offsets) };
  }

  /**
   * Return the coders who have this edge here.
   * @param {Edge} edge
   * @param {number} offset
   */
  codersAt(edge, offset) {
    return [...(this.held[edge].get(offset) ?? [])];
  }

  /**
   * The edges of the words around an offset: enough for a step either way.
   * @param {Edge} edge
   * @param {number} offset
   */
  #words(edge, offset) {
    const at = indexEndingAfter(this.tokens, offset);
    return this.tokens.slice(Math.max(0, at - 2), at + 2).map((token) => token[edge]);
  }
}

/**
 * @param {Coded[]} candidates
 * @param {Edge} edge
 */
function bordersOf(candidates, edge) {
  /** @type {Map<number, Set<string>>} */
  const found = new Map();
  for (const { coder, spans } of candidates) {
    for (const span of spans) {
      found.set(span[edge], (found.get(span[edge]) ?? new Set()).add(coder));
    }
  }
  return found;
}
