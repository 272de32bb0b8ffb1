/**
 * The cell caret: an outline around the current word, and the moves that need to know where
 * words stand on the screen.
 */

/** @typedef {import("./types.js").Extent} Extent */

export class Caret {
  /**
   * @param {object} parts
   * @param {import("./paragraphs.js").Paragraphs} parts.paragraphs
   * @param {HTMLElement} parts.layer
   * @param {Extent[]} parts.tokens
   */
  constructor({ paragraphs, layer, tokens }) {
    this.paragraphs = paragraphs;
    this.layer = layer;
    this.tokens = tokens;
    /** @type {HTMLElement[]} */
    this.boxes = [];
    /** @type {Extent | null} */
    this.extent = null;
    /** @type {number | null} the column that up and down keep to */
    this.column = null;
  }

  /**
   * Draw the caret around `extent`; two boxes where the word is broken over two lines.
   * @param {Extent} extent
   * @param {{follow: boolean}} options whether to scroll there
   */
  show(extent, { follow }) {
    this.extent = extent;
    this.relayout();
    if (follow) this.boxes[0]?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  relayout() {
    const origin = this.layer.getBoundingClientRect();
    const rects = this.extent ? this.#rects(this.extent) : [];
    for (const box of this.boxes.splice(rects.length)) box.remove();
    rects.forEach((rect, index) => {
      const box = (this.boxes[index] ??= this.layer.appendChild(document.createElement("i")));
      box.className = "caret";
      box.style.left = `${rect.left - origin.left}px`;
      box.style.top = `${rect.top - origin.top}px`;
      box.style.width = `${rect.width}px`;
      box.style.height = `${rect.height}px`;
    });
  }

  /** Forget the column, because the caret moved along a line. */
  releaseColumn() {
    this.column = null;
  }

  /**
   * Return the word in the same column of the next or previous line.
   * @param {number} from index of the word to leave
   * @param {1 | -1} step
   */
  wordOnNextLine(from, step) {
    return this.#wordBeyond(from, step, 0);
  }

  /**
   * Return the word in the same column about one screen away.
   * @param {number} from
   * @param {1 | -1} step
   */
  wordOnNextScreen(from, step) {
    return this.#wordBeyond(from, step, window.innerHeight * 0.7);
  }

  /**
   * Return the first or last word of the line.
   * @param {number} from
   * @param {1 | -1} step
   */
  wordAtLineEnd(from, step) {
    const line = this.#middle(from);
    let index = from;
    while (this.tokens[index + step] && this.#isOnLine(index + step, line)) index += step;
    return index;
  }

  /**
   * @param {number} from
   * @param {1 | -1} step
   * @param {number} distance in pixels, at least to the next line
   */
  #wordBeyond(from, step, distance) {
    const here = this.#box(from);
    this.column ??= here.left + here.width / 2;
    const line = this.#middle(from);
    let index = from;
    while (this.tokens[index] && this.#isWithin(index, line, distance)) index += step;
    if (!this.tokens[index]) index -= step;
    const target = this.#middle(index);
    let best = index;
    for (; this.tokens[index] && this.#isOnLine(index, target); index += step) {
      if (this.#offColumn(index) < this.#offColumn(best)) best = index;
    }
    return best;
  }

  /**
   * @param {number} index
   * @param {number} line
   * @param {number} distance
   */
  #isWithin(index, line, distance) {
    return this.#isOnLine(index, line) || Math.abs(this.#middle(index) - line) < distance;
  }

  /**
   * @param {number} index
   * @param {number} line
   */
  #isOnLine(index, line) {
    return Math.abs(this.#middle(index) - line) < this.#box(index).height * 0.6;
  }

  /** @param {number} index */
  #offColumn(index) {
    const box = this.#box(index);
    return Math.abs(box.left + box.width / 2 - (this.column ?? 0));
  }

  /** @param {number} index */
  #middle(index) {
    const box = this.#box(index);
    return box.top + box.height / 2;
  }

  /** @param {number} index */
  #box(index) {
    return this.#rects(this.tokens[index])[0] ?? new DOMRect();
  }

  /** @param {Extent} extent */
  #rects(extent) {
    return this.paragraphs.ranges(extent).flatMap((range) => [...range.getClientRects()]);
  }
}
