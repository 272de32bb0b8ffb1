/**
 * The look and the keys of the codebook's labels.
 *
 * A label is drawn by colour, line pattern and start shape, so that none of them has to
 * carry the meaning alone; the style sheet turns `data-colour` and `data-shape` into these.
 */

/** @typedef {import("./types.js").Label} Label */
/** @typedef {Label & {shape: string, keys: string[]}} DrawnLabel */

// In the order of the codebook; which label has which is as in annotations/algorithms/palette.py.
const SHAPES = ["circle", "square", "triangle", "diamond", "pentagon", "cross", "star", "hexagon"];

/** @param {number} index */
function shapeAt(index) {
  return SHAPES[(index + Math.floor(index / SHAPES.length)) % SHAPES.length];
}

export class Labels {
  /** @param {Label[]} labels in the order of the codebook, retired ones included */
  constructor(labels) {
    /** @type {Map<string, DrawnLabel>} */
    this.byKey = new Map();
    let number = 0;
    for (const [index, label] of labels.entries()) {
      const keys = [];
      if (!label.retired) {
        number += 1;
        if (label.hotkey) keys.push(label.hotkey.toLowerCase());
        if (number <= 9) keys.push(String(number));
      }
      this.byKey.set(label.key, { ...label, shape: shapeAt(index), keys });
    }
  }

  /** Labels that may be given to a span today. */
  get open() {
    return [...this.byKey.values()].filter((label) => !label.retired);
  }

  /** @param {string} key */
  get(key) {
    return this.byKey.get(key);
  }

  /** @param {string} key */
  nameOf(key) {
    return this.byKey.get(key)?.name ?? key;
  }

  /**
   * Return the key of the open label that a letter or digit stands for.
   * @param {string} pressed
   */
  forHotkey(pressed) {
    return this.open.find((label) => label.keys.includes(pressed))?.key;
  }

  /**
   * Give an element the look of a label.
   * @param {HTMLElement} element
   * @param {string} key
   */
  dress(element, key) {
    const label = this.byKey.get(key);
    element.dataset.label = key;
    element.dataset.colour = label?.colour ?? "";
    element.dataset.shape = label?.shape ?? "circle";
  }
}
