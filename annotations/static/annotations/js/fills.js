/**
 * Passing colour behind the text: what is selected, active, under the pointer, about to be
 * tagged, or found. Five registered highlights at most, however many ranges they hold.
 */

/** @typedef {"sel" | "active" | "hover" | "preview" | "find"} FillName */
/** @typedef {import("./types.js").Extent} Extent */

// What is painted over what, the last on top.
const ORDER = ["hover", "find", "preview", "sel", "active"];

const HAS_HIGHLIGHTS = typeof Highlight !== "undefined" && "highlights" in CSS;

export class Fills {
  /**
   * @param {import("./paragraphs.js").Paragraphs} paragraphs
   * @param {HTMLElement} layer where boxes are drawn if the browser has no highlights
   */
  constructor(paragraphs, layer) {
    this.paragraphs = paragraphs;
    this.layer = layer;
    /** @type {Map<FillName, Extent[]>} */
    this.held = new Map();
  }

  /**
   * @param {FillName} name
   * @param {Extent[]} extents none to take the fill away
   */
  set(name, extents) {
    if (!extents.length && !this.held.get(name)?.length) return;
    this.held.set(name, extents);
    const ranges = extents.flatMap((extent) => this.paragraphs.ranges(extent));
    if (HAS_HIGHLIGHTS) {
      const highlight = new Highlight(...ranges);
      highlight.priority = ORDER.indexOf(name);
      CSS.highlights.set(name, highlight);
    } else {
      this.#drawBoxes(name, ranges);
    }
  }

  /** Draw again after the text was laid out anew. Highlights follow by themselves. */
  relayout() {
    if (HAS_HIGHLIGHTS) return;
    for (const [name, extents] of this.held) this.set(name, extents);
  }

  /**
   * @param {FillName} name
   * @param {Range[]} ranges
   */
  #drawBoxes(name, ranges) {
    const origin = this.layer.getBoundingClientRect();
    const boxes = ranges
      .flatMap((range) => [...range.getClientRects()])
      .map((rect) => {
        const box = document.createElement("i");
        box.className = `fill fill-${name}`;
        box.style.left = `${rect.left - origin.left}px`;
        box.style.top = `${rect.top - origin.top}px`;
        box.style.width = `${rect.width}px`;
        box.style.height = `${rect.height}px`;
        return box;
      });
    for (const old of this.layer.querySelectorAll(`.fill-${name}`)) old.remove();
    this.layer.append(...boxes);
  }
}
