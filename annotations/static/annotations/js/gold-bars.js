/**
 * What the rulings in force put into gold, as thin bars under the text.
 */

import { Bars } from "./bars.js";
import { goldOf } from "./card-versions.js";
import { Spans } from "./spans.js";

/** @typedef {import("./types.js").Card} Card */
/** @typedef {import("./types.js").Span} Span */

const ADDED = "added";

export class GoldBars {
  /**
   * @param {object} parts
   * @param {import("./paragraphs.js").Paragraphs} parts.paragraphs
   * @param {HTMLElement} parts.layer
   * @param {import("./labels.js").Labels} parts.labels
   * @param {import("./types.js").Extent[]} parts.veiled
   * @param {import("./rulings.js").Rulings} parts.rulings
   */
  constructor({ paragraphs, layer, labels, veiled, rulings }) {
    this.spans = new Spans(new EventTarget());
    /** @type {Map<string, number>} how many spans each card has put here */
    this.held = new Map();
    // Laid into lanes at once by the bars, not one after the other.
    this.show(rulings.cards, rulings.added);
    const { root } = this.spans;
    this.bars = new Bars({ root, paragraphs, layer, spans: this.spans, labels, veiled });
  }

  /**
   * Show what these cards put into gold now, and all spans that nobody coded.
   * @param {Card[]} cards those that may have changed
   * @param {{decision: import("./types.js").Ruling}[]} added
   */
  show(cards, added) {
    const ruled = cards.flatMap((card) => this.#changes(card.id, goldOf(card)));
    this.spans.apply([...ruled, ...this.#changes(ADDED, added.flatMap(goldOf))]);
  }

  /**
   * Forget cards that are there no more.
   * @param {(id: string) => unknown} isThere
   */
  prune(isThere) {
    const gone = [...this.held.keys()].filter((id) => id !== ADDED && !isThere(id));
    this.spans.apply(gone.flatMap((id) => this.#changes(id, [])));
  }

  follow() {
    this.bars.follow();
  }

  relayout() {
    this.bars.relayout();
  }

  /**
   * @param {string} owner
   * @param {Span[]} spans
   */
  #changes(owner, spans) {
    const before = this.held.get(owner) ?? 0;
    this.held.set(owner, spans.length);
    const count = Math.max(before, spans.length);
    return Array.from({ length: count }, (_, index) => {
      const id = `${owner}-${index}`;
      return { id, span: index < spans.length ? { ...spans[index], id } : null };
    });
  }
}
