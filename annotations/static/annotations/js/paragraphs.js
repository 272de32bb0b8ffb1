/**
 * Say where an offset is in the page, and which offset is at a place in the page.
 *
 * The text is one `<p>` per line with at most one text node, never changed after loading,
 * so a position is a paragraph's start plus an index into its node.
 */

import { indexEndingAfter } from "./snap.js";

/** @typedef {import("./types.js").Extent} Extent */
/** @typedef {Extent & {element: HTMLElement, node: Text | null}} Paragraph */

export class Paragraphs {
  /**
   * @param {HTMLElement} root the element that holds the paragraphs
   */
  constructor(root) {
    this.root = root;
    /** @type {Paragraph[]} */
    this.all = [];
    let start = 0;
    for (const child of root.children) {
      const element = /** @type {HTMLElement} */ (child);
      const node = element.firstChild instanceof Text ? element.firstChild : null;
      const end = start + (node ? node.data.length : 0);
      this.all.push({ element, node, start, end });
      start = end + 1;
    }
    this.byElement = new Map(this.all.map((paragraph) => [paragraph.element, paragraph]));
  }

  /** The text as the page shows it; it must equal the article's. */
  get text() {
    return this.all.map(({ node }) => node?.data ?? "").join("\n");
  }

  /**
   * Return the index of the paragraph that holds `offset`.
   * @param {number} offset
   */
  indexAt(offset) {
    const index = indexEndingAfter(this.all, offset - 1);
    return Math.min(index, this.all.length - 1);
  }

  /**
   * Say whether the line that holds `offset` runs from right to left.
   * @param {number} offset
   */
  isRtl(offset) {
    const paragraph = this.all[this.indexAt(offset)];
    return Boolean(paragraph) && getComputedStyle(paragraph.element).direction === "rtl";
  }

  /**
   * Return one DOM range for each paragraph that the extent touches.
   * @param {Extent} extent
   * @returns {Range[]}
   */
  ranges({ start, end }) {
    const ranges = [];
    for (let index = this.indexAt(start); index < this.all.length; index += 1) {
      const paragraph = this.all[index];
      if (paragraph.start >= end) break;
      const range = this.rangeIn(paragraph, { start, end });
      if (range) ranges.push(range);
    }
    return ranges;
  }

  /**
   * Return the part of an extent inside one paragraph, or null if there is none.
   * @param {Paragraph} paragraph
   * @param {Extent} extent
   */
  rangeIn({ node, start, end }, extent) {
    const from = Math.max(extent.start, start);
    const to = Math.min(extent.end, end);
    if (!node || from >= to) return null;
    const range = document.createRange();
    range.setStart(node, from - start);
    range.setEnd(node, to - start);
    return range;
  }

  /**
   * Return the offset of a DOM position, also of one in the margin around the text.
   * @param {Node} container
   * @param {number} index
   */
  offsetOf(container, index) {
    if (container === this.root) return this.all[index]?.start ?? this.all.at(-1)?.end ?? 0;
    const element = container instanceof Text ? container.parentElement : container;
    const paragraph = this.byElement.get(/** @type {HTMLElement} */ (element));
    if (!paragraph) {
      const after = this.root.compareDocumentPosition(container) & Node.DOCUMENT_POSITION_PRECEDING;
      return after ? 0 : (this.all.at(-1)?.end ?? 0);
    }
    if (container instanceof Text) return paragraph.start + index;
    return index ? paragraph.end : paragraph.start;
  }

  /**
   * Return the offset of the character drawn at a point of the window, or null off the text.
   * @param {number} x
   * @param {number} y
   */
  offsetFromPoint(x, y) {
    const gap = this.gapFromPoint(x, y);
    if (gap === null) return null;
    // The nearest gap may be at the far side of the character.
    const paragraph = this.all[this.indexAt(gap)];
    const isBehind = gap > paragraph.start && this.#covers(paragraph, gap - 1, x, y);
    return isBehind ? gap - 1 : gap;
  }

  /**
   * Return the offset between two characters that is nearest to a point, or null off the text.
   * @param {number} x
   * @param {number} y
   */
  gapFromPoint(x, y) {
    const position = positionFromPoint(x, y);
    if (!position || !(position.node instanceof Text)) return null;
    const paragraph = this.byElement.get(/** @type {HTMLElement} */ (position.node.parentElement));
    return paragraph ? paragraph.start + position.index : null;
  }

  /**
   * Return what lies between two points of the window, or null if one is off the text.
   * @param {{x: number, y: number}} from
   * @param {{x: number, y: number}} to
   * @returns {import("./types.js").Extent | null}
   */
  between(from, to) {
    const gaps = [this.gapFromPoint(from.x, from.y), this.gapFromPoint(to.x, to.y)];
    const [start, end] = gaps.map((gap) => gap ?? NaN).sort((a, b) => a - b);
    return start < end ? { start, end } : null;
  }

  /** @returns {import("./types.js").Extent | null} what the browser's own selection holds */
  nativeSelection() {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    if (!range.intersectsNode(this.root)) return null;
    const start = this.offsetOf(range.startContainer, range.startOffset);
    const end = this.offsetOf(range.endContainer, range.endOffset);
    return start < end ? { start, end } : null;
  }

  /**
   * @param {Paragraph} paragraph
   * @param {number} offset
   * @param {number} x
   * @param {number} y
   */
  #covers(paragraph, offset, x, y) {
    const range = this.rangeIn(paragraph, { start: offset, end: offset + 1 });
    return [...(range?.getClientRects() ?? [])].some(
      (box) => box.left <= x && x < box.right && box.top <= y && y < box.bottom,
    );
  }
}

/**
 * Join boxes that touch on one line. Where its direction changes a line has several, and the
 * space at the end of a right-to-left line has one of its own, which comes first.
 * @param {Iterable<DOMRect>} rects
 */
export function joinedBoxes(rects) {
  /** @type {DOMRect[]} */
  const boxes = [];
  for (const { x, y, width, height } of rects) {
    const near = boxes.find(
      (box) =>
        Math.abs(box.y + box.height / 2 - y - height / 2) < height / 2 &&
        x <= box.right + 1 &&
        x + width >= box.x - 1,
    );
    if (!near) {
      boxes.push(new DOMRect(x, y, width, height));
      continue;
    }
    const right = Math.max(near.right, x + width);
    near.x = Math.min(near.x, x);
    near.width = right - near.x;
  }
  return boxes;
}

/**
 * @param {number} x
 * @param {number} y
 * @returns {{node: Node, index: number} | null}
 */
function positionFromPoint(x, y) {
  if ("caretPositionFromPoint" in document) {
    const position = document.caretPositionFromPoint(x, y);
    return position && { node: position.offsetNode, index: position.offset };
  }
  // WebKit before 26 has only the older call.
  const range = /** @type {any} */ (document).caretRangeFromPoint(x, y);
  return range && { node: range.startContainer, index: range.startOffset };
}
