/**
 * Box and number the places to rule on, in a layer above the text.
 *
 * Only paragraphs near the window have boxes, one group of elements each, and a change touches
 * the groups that it lies in.
 */

import { isOpen } from "./card-versions.js";
import { ExtentIndex } from "./extent-index.js";
import { joinedBoxes } from "./paragraphs.js";

/** @typedef {import("./types.js").Card} Card */
/** @typedef {import("./types.js").Extent} Extent */
/** @typedef {import("./paragraphs.js").Paragraph} Paragraph */
/** @typedef {{start: number, end: number, card: Card, number: number}} Place */

const MARGIN = 800;
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
    /** @type {Map<Paragraph, HTMLElement>} */
    this.groups = new Map();
    const observer = new IntersectionObserver((entries) => this.#follow(entries), {
      rootMargin: `${MARGIN}px 0px`,
    });
    for (const { element } of paragraphs.all) observer.observe(element);
  }

  /**
   * Show other places, or the same with other numbers.
   * @param {Card[]} cards in the order of their numbers
   */
  lay(cards) {
    this.index = new ExtentIndex(
      cards.map((card, index) => ({ start: card.start, end: card.end, card, number: index + 1 })),
    );
    this.draw();
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
    this.#paint([...this.groups.keys()].filter((paragraph) => touches(touched, paragraph)));
  }

  /** Draw all boxes again, when the text was laid out anew. */
  draw() {
    this.#paint([...this.groups.keys()]);
  }

  /** Bring the current place into view, if it is not. */
  reveal() {
    const { current } = this;
    const ranges = current ? this.paragraphs.ranges(current) : [];
    const lines = ranges[0]?.getClientRects() ?? [];
    if (!current || !lines.length) return;
    const [{ top, bottom }] = lines;
    // On a phone the card covers the foot of the window, and the page says how much of it.
    const { scrollPaddingBottom } = getComputedStyle(document.documentElement);
    const foot = window.innerHeight - Math.max(HEAD, Number.parseFloat(scrollPaddingBottom) || 0);
    if (top >= HEAD && bottom <= foot) return;
    window.scrollBy({ top: (top + bottom - HEAD - foot) / 2, behavior: "instant" });
    // What came into view is drawn in this frame; the observer would tell of it in the next.
    this.#arrive(this.paragraphs.all.filter((paragraph) => touches([current], paragraph)));
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #follow(entries) {
    const arrived = [];
    for (const { target, isIntersecting } of entries) {
      const paragraph = this.paragraphs.byElement.get(/** @type {HTMLElement} */ (target));
      if (!paragraph) continue;
      if (isIntersecting) arrived.push(paragraph);
      else {
        this.groups.get(paragraph)?.remove();
        this.groups.delete(paragraph);
      }
    }
    this.#arrive(arrived);
  }

  /** @param {Paragraph[]} paragraphs */
  #arrive(paragraphs) {
    const fresh = paragraphs.filter((paragraph) => !this.groups.has(paragraph));
    for (const paragraph of fresh) {
      this.groups.set(paragraph, this.layer.appendChild(document.createElement("div")));
    }
    this.#paint(fresh);
  }

  /** @param {Paragraph[]} paragraphs */
  #paint(paragraphs) {
    if (!paragraphs.length) return;
    const origin = this.layer.getBoundingClientRect();
    const drawn = paragraphs.map((paragraph) =>
      this.index.near(paragraph).flatMap((place) => this.#boxes(place, paragraph, origin)),
    );
    for (const [index, paragraph] of paragraphs.entries()) {
      this.groups.get(paragraph)?.replaceChildren(...drawn[index]);
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
      box.classList.toggle("is-done", !isOpen(card));
      box.classList.toggle("is-current", card === this.current);
      box.style.left = `${rect.left - origin.left}px`;
      box.style.top = `${rect.top - origin.top}px`;
      box.style.width = `${Math.min(rect.right, right) - rect.left}px`;
      box.style.height = `${rect.height}px`;
      if (line === 0 && card.start >= paragraph.start) box.dataset.number = String(number);
      return box;
    });
  }
}

/**
 * @param {Extent[]} places
 * @param {Extent} paragraph
 */
function touches(places, { start, end }) {
  return places.some((place) => place.start < end && place.end > start);
}
