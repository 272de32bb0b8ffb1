/**
 * The look of a label: colour, line pattern, start shape and key, so that none of them
 * has to carry the meaning alone.
 */

/** @typedef {import("./types.js").Label} Label */

const PATTERNS = ["solid", "dotted", "dashed", "double"];
const SHAPES = ["circle", "square", "triangle", "diamond"];

/**
 * @typedef {Label & {pattern: string, shape: string, keys: string[]}} DrawnLabel
 */

export class Labels {
  /** @param {Label[]} labels in the order of the codebook, retired ones included */
  constructor(labels) {
    /** @type {Map<string, DrawnLabel>} */
    this.byKey = new Map();
    let number = 0;
    for (const [index, label] of labels.entries()) {
      // Sixteen pairs before one repeats; the first four are the ones people learn.
      const shape = SHAPES[(index + Math.floor(index / PATTERNS.length)) % SHAPES.length];
      const keys = [label.hotkey?.toLowerCase()].filter(Boolean);
      if (!label.retired) keys.push(String((number += 1)));
      this.byKey.set(label.key, {
        ...label,
        pattern: PATTERNS[index % PATTERNS.length],
        shape,
        keys: label.retired ? [] : keys,
      });
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
   * Return the key of the open label that a hotkey or digit stands for.
   * @param {string} pressed
   */
  forHotkey(pressed) {
    return this.open.find((label) => label.keys.includes(pressed))?.key;
  }

  /**
   * Give an element the look of a label; the style sheet draws it.
   * @param {HTMLElement} element
   * @param {string} key
   */
  dress(element, key) {
    const label = this.byKey.get(key);
    element.dataset.label = key;
    element.dataset.pattern = label?.pattern ?? "solid";
    element.dataset.shape = label?.shape ?? "circle";
    if (label?.colour) element.style.setProperty("--label-colour", label.colour);
  }
}
