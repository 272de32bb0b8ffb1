/**
 * Box and number the places to rule on, in a layer above the text.
 */

/** @typedef {import("./types.js").Card} Card */

export class PlaceMarks {
  /**
   * @param {object} parts
   * @param {import("./paragraphs.js").Paragraphs} parts.paragraphs
   * @param {HTMLElement} parts.layer
   */
  constructor({ paragraphs, layer }) {
    this.paragraphs = paragraphs;
    this.layer = layer;
    /** @type {{card: Card, isDone: boolean}[]} */
    this.places = [];
    /** @type {string | null} */
    this.current = null;
  }

  /**
   * @param {{card: Card, isDone: boolean}[]} places in the order of their numbers
   * @param {string | null} current
   */
  show(places, current) {
    this.places = places;
    this.current = current;
    this.draw();
  }

  /** Draw all boxes again, after a change or when the text was laid out anew. */
  draw() {
    const origin = this.layer.getBoundingClientRect();
    const drawn = this.places.flatMap(({ card, isDone }, index) =>
      this.#rects(card).map((rect, line) => ({ card, isDone, rect, number: line ? 0 : index + 1 })),
    );
    this.layer.replaceChildren(
      ...drawn.map(({ card, isDone, rect, number }) => {
        const box = document.createElement("i");
        box.className = "place";
        box.classList.toggle("is-done", isDone);
        box.classList.toggle("is-current", card.id === this.current);
        box.style.left = `${rect.left - origin.left}px`;
        box.style.top = `${rect.top - origin.top}px`;
        box.style.width = `${rect.width}px`;
        box.style.height = `${rect.height}px`;
        if (number) box.dataset.number = String(number);
        return box;
      }),
    );
  }

  /** Bring the current place into view, if it is not. */
  reveal() {
    const box = this.layer.querySelector(".is-current");
    const { top, bottom } = box?.getBoundingClientRect() ?? { top: 0, bottom: 0 };
    // On a phone the card covers the foot of the window, and the page says how much of it.
    const { scrollPaddingBottom } = getComputedStyle(document.documentElement);
    const covered = Math.max(80, Number.parseFloat(scrollPaddingBottom) || 0);
    if (box && (top < 80 || bottom > window.innerHeight - covered)) {
      box.scrollIntoView({ block: "center", behavior: "instant" });
    }
  }

  /** @param {Card} card */
  #rects(card) {
    return this.paragraphs.ranges(card).flatMap((range) => {
      const { right } = /** @type {Element} */ (
        range.startContainer.parentElement
      ).getBoundingClientRect();
      // Spaces at the end of a line hang over its edge, or get a box of their own.
      return joined([...range.getClientRects()])
        .map(({ left, top, width, height }) => {
          return new DOMRect(left, top, Math.min(width, right - left), height);
        })
        .filter((rect) => rect.width > 1);
    });
  }
}

/**
 * Make one box of those that touch on the same line.
 * @param {DOMRect[]} rects in the order of the text
 */
function joined(rects) {
  /** @type {DOMRect[]} */
  const boxes = [];
  for (const rect of rects) {
    const last = boxes.at(-1);
    const isBeside =
      last && Math.abs(last.top - rect.top) < 2 && Math.abs(last.right - rect.left) < 2;
    if (!isBeside) boxes.push(rect);
    else {
      boxes.pop();
      boxes.push(new DOMRect(last.left, last.top, rect.right - last.left, last.height));
    }
  }
  return boxes;
}
