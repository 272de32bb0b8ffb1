/**
 * The small box beside a selection made by hand: one button per label, and for a span
 * what else can be done with it. Everything in it has a key, shown on the button.
 */

import { text } from "./texts.js";

const ACTIONS = [
  { name: "tag-all", key: "T" },
  { name: "details", key: "V" },
  { name: "note", key: "M" },
  { name: "delete", key: "X" },
];

const HANDLE = 22;

export class Popover {
  /**
   * @param {object} parts
   * @param {EventTarget} parts.root
   * @param {HTMLElement} parts.box
   * @param {HTMLElement} parts.frame what the box is placed in
   * @param {import("./paragraphs.js").Paragraphs} parts.paragraphs
   * @param {import("./cursor.js").Cursor} parts.cursor
   * @param {import("./labels.js").Labels} parts.labels
   * @param {(command: import("./keymap.js").Command) => void} parts.run
   */
  constructor({ root, box, frame, paragraphs, cursor, labels, run }) {
    this.box = box;
    this.frame = frame;
    this.paragraphs = paragraphs;
    this.cursor = cursor;
    const labelRow = document.createElement("div");
    labelRow.className = "popover-labels";
    for (const label of labels.open) {
      const button = this.#button(label.name, label.keys[0]?.toUpperCase() ?? "", () => {
        run({ name: "label", label: label.key });
      });
      const glyph = document.createElement("i");
      glyph.className = "glyph";
      button.prepend(glyph);
      labels.dress(button, label.key);
      labelRow.append(button);
    }
    this.actionRow = document.createElement("div");
    this.actionRow.className = "popover-actions";
    for (const { name, key } of ACTIONS) {
      this.actionRow.append(this.#button(text(`do-${name}`), key, () => run({ name })));
    }
    box.append(labelRow, this.actionRow);
    root.addEventListener("cursor-moved", () => this.close());
    root.addEventListener("spans-changed", () => this.close());
  }

  /** Open under the selection, or above it where there is no room. */
  open() {
    const ranges = this.paragraphs.ranges(this.cursor.selection);
    const last = ranges.at(-1);
    if (!last) return;
    this.actionRow.hidden = !this.cursor.active;
    for (const button of this.box.querySelectorAll("[data-label]")) {
      const isCurrent = button.getAttribute("data-label") === this.cursor.active?.label;
      button.setAttribute("aria-pressed", String(isCurrent));
    }
    this.box.hidden = false;
    const frame = this.frame.getBoundingClientRect();
    const first = ranges[0].getClientRects()[0];
    const end = [...last.getClientRects()].at(-1) ?? first;
    const { width, height } = this.box.getBoundingClientRect();
    // Under an open span hang its handles.
    const below = this.cursor.active ? HANDLE : 10;
    const isRoomBelow = end.bottom + below + height + 80 < window.innerHeight;
    const top = isRoomBelow ? end.bottom + below : first.top - height - 10;
    const left = Math.min(Math.max(end.left, frame.left), frame.right - width);
    this.box.style.top = `${top - frame.top}px`;
    this.box.style.left = `${Math.max(left - frame.left, 0)}px`;
  }

  get isOpen() {
    return !this.box.hidden;
  }

  close() {
    this.box.hidden = true;
  }

  /**
   * @param {string} name
   * @param {string} key
   * @param {() => void} act
   */
  #button(name, key, act) {
    const button = document.createElement("button");
    button.type = "button";
    const words = document.createElement("span");
    words.textContent = name;
    const hint = document.createElement("kbd");
    hint.textContent = key;
    button.append(words, hint);
    // A press would take the focus, and with it the keys, away from the text.
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      this.close();
      act();
    });
    return button;
  }
}
