/**
 * Box and number the places to rule on, in a layer above the text.
 *
 * Only paragraphs near the window have boxes. They are measured when they are drawn first: what
 * is ruled changes their look, not their place.
 */

import { isOpen } from "./card-versions.js";
import { ExtentIndex } from "./extent-index.js";
import { NearGroups } from "./near-groups.js";
import { joinedBoxes } from "./paragraphs.js";

/** @typedef {import("./types.js").Card} Card */
/** @typedef {import("./paragraphs.js").Paragraph} Paragraph */
/** @typedef {{start: number, end: number, card: Card, number: number}} Place */

const HEAD = 80;

export class PlaceMarks {
  /**
   * @param {object} parts
   * @param {import("./paragraphs.js").Paragraphs} parts.paragraphs
   * @param {HTMLElement} parts.layer
   */
  constructor({ paragraphs, layer }) {
    this.paragraphs = paragraphs;
    this.layer = layer;
    /** @type {ExtentIndex<Place>} */
    this.index = new ExtentIndex([]);
    /** @type {Card | undefined} */
    this.current = undefined;
    this.groups = new NearGroups(paragraphs.all, layer);
    /** @type {WeakMap<Element, Card>} which card each box is of */
    this.boxes = new WeakMap();
  }

  /**
   * Show other places, or the same with other numbers.
   * @param {Card[]} cards in the order of their numbers
   */
  lay(cards) {
    this.index = new ExtentIndex(
      cards.map((card, index) => ({ start: card.start, end: card.end, card, number: index + 1 })),
    );
    if (this.layer.isConnected) this.draw();
  }

  /** Draw what has come near the window. */
  follow() {
    this.#paint(this.groups.follow());
  }

  /**
   * Show what has changed of places that were there before.
   * @param {Card[]} changed
   * @param {Card | undefined} current
   */
  show(changed, current) {
    const touched = [...changed];
    if (current !== this.current) {
      touched.push(...[this.current, current].flatMap((card) => card ?? []));
    }
    this.current = current;
    for (const paragraph of this.groups.holding(touched)) {
      for (const box of this.groups.all.get(paragraph)?.children ?? []) this.#dress(box);
    }
  }

  /** Draw all boxes again, when the text was laid out anew. */
  draw() {
    this.groups.follow();
    this.#paint([...this.groups.all.keys()]);
  }

  /**
   * Bring a place into view, if it is not.
   * @param {Card} card
   */
  reveal(card) {
    const lines = this.paragraphs.ranges(card)[0]?.getClientRects() ?? [];
    if (!lines.length) return;
    const [{ top, bottom }] = lines;
    // On a phone the card covers the foot of the window, and the page says how much of it.
    const { scrollPaddingBottom } = getComputedStyle(document.documentElement);
    const foot = window.innerHeight - Math.max(HEAD, Number.parseFloat(scrollPaddingBottom) || 0);
    if (top >= HEAD && bottom <= foot) return;
    window.scrollBy({ top: (top + bottom - HEAD - foot) / 2, behavior: "instant" });
    // What came into view is drawn in this frame; the window would tell of it in the next.
    this.follow();
  }

  /** @param {Paragraph[]} paragraphs */
  #paint(paragraphs) {
    if (!paragraphs.length) return;
    const origin = this.layer.getBoundingClientRect();
    const drawn = paragraphs.map((paragraph) =>
      this.index.near(paragraph).flatMap((place) => this.#boxes(place, paragraph, origin)),
    );
    for (const [index, paragraph] of paragraphs.entries()) {
      this.groups.all.get(paragraph)?.replaceChildren(...drawn[index]);
    }
  }

  /**
   * @param {Place} place
   * @param {Paragraph} paragraph
   * @param {DOMRect} origin
   */
  #boxes({ card, number }, paragraph, origin) {
    const rects = this.paragraphs.rangeIn(paragraph, card)?.getClientRects() ?? [];
    const { right } = paragraph.element.getBoundingClientRect();
    // Spaces at the end of a line hang over its edge, or get a box of their own.
    const lines = joinedBoxes(rects).filter((rect) => Math.min(rect.right, right) - rect.left > 1);
    return lines.map((rect, line) => {
      const box = document.createElement("i");
      box.className = "place";
      this.boxes.set(box, card);
      this.#dress(box);
      box.style.left = `${rect.left - origin.left}px`;
      box.style.top = `${rect.top - origin.top}px`;
      box.style.width = `${Math.min(rect.right, right) - rect.left}px`;
      box.style.height = `${rect.height}px`;
      if (line === 0 && card.start >= paragraph.start) box.dataset.number = String(number);
      return box;
    });
  }

  /** @param {Element} box */
  #dress(box) {
    const card = this.boxes.get(box);
    box.classList.toggle("is-done", Boolean(card && !isOpen(card)));
    box.classList.toggle("is-current", card === this.current);
  }
}
