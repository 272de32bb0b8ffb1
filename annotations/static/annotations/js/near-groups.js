/**
 * A group of elements for each paragraph near the window, in a layer above the text.
 *
 * Where the window is, is looked up when it moves. An `IntersectionObserver` would ask every
 * paragraph in every frame, also in those that a key waits for.
 */

/** @typedef {import("./paragraphs.js").Paragraph} Paragraph */

const MARGIN = 800;

export class NearGroups {
  /**
   * @param {Paragraph[]} paragraphs one below the other
   * @param {HTMLElement} layer
   */
  constructor(paragraphs, layer) {
    this.paragraphs = paragraphs;
    this.layer = layer;
    /** @type {Map<Paragraph, HTMLElement>} */
    this.all = new Map();
  }

  /**
   * Let go of what is far from the window by now.
   * @returns {Paragraph[]} those that came near, with empty groups
   */
  follow() {
    const from = this.#first(({ bottom }) => bottom >= -MARGIN);
    const near = this.paragraphs.slice(from, this.#first(({ top }) => top > innerHeight + MARGIN));
    for (const [paragraph, group] of this.all) {
      if (near.includes(paragraph)) continue;
      group.remove();
      this.all.delete(paragraph);
    }
    const arrived = near.filter((paragraph) => !this.all.has(paragraph));
    for (const paragraph of arrived) {
      this.all.set(paragraph, this.layer.appendChild(document.createElement("div")));
    }
    return arrived;
  }

  /**
   * Return the paragraphs that have a group and hold any of these places.
   * @param {import("./types.js").Extent[]} places
   */
  holding(places) {
    return [...this.all.keys()].filter((paragraph) =>
      places.some(({ start, end }) => start < paragraph.end && end > paragraph.start),
    );
  }

  /** @param {(box: DOMRect) => boolean} isPast what holds for all after the first */
  #first(isPast) {
    let low = 0;
    let high = this.paragraphs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isPast(this.paragraphs[middle].element.getBoundingClientRect())) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
