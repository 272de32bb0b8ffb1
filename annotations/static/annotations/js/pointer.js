/**
 * The mouse and the finger on the text: a drag selects, a click opens the span under it,
 * a double click takes the word and a triple click the sentence.
 */

import { cover, wordAt } from "./moves.js";
import { snap } from "./snap.js";

/** @typedef {import("./types.js").Extent} Extent */

const TRAVEL = 4;
const AGAIN_MS = 450;
const TOUCH_PAUSE_MS = 350;

export class Pointer {
  /**
   * @param {object} parts
   * @param {import("./paragraphs.js").Paragraphs} parts.paragraphs
   * @param {import("./types.js").TextModel} parts.model
   * @param {import("./cursor.js").Cursor} parts.cursor
   * @param {import("./spans.js").Spans} parts.spans
   * @param {import("./fills.js").Fills} parts.fills
   * @param {() => "words" | "characters"} parts.snapUnit
   * @param {() => boolean} parts.isBrushOn whether a finger's drag marks, rather than scrolls
   * @param {() => void} parts.onSelected after the person selected words by hand
   * @param {() => void} parts.onPointed after the person pointed at a place
   */
  constructor({ paragraphs, model, cursor, spans, fills, snapUnit, isBrushOn, onSelected, onPointed }) {
    this.paragraphs = paragraphs;
    this.model = model;
    this.cursor = cursor;
    this.spans = spans;
    this.fills = fills;
    this.snapUnit = snapUnit;
    this.isBrushOn = isBrushOn;
    this.onSelected = onSelected;
    this.onPointed = onPointed;
    /** @type {{x: number, y: number} | null} */
    this.down = null;
    this.clicks = { count: 0, at: -Infinity, x: 0, y: 0 };
    this.isTouch = false;
    const { root } = paragraphs;
    root.addEventListener("pointerdown", (event) => this.#press(event));
    root.addEventListener("pointermove", (event) => {
      this.#stroke(event);
      this.#hover(event);
    });
    root.addEventListener("pointerleave", () => fills.set("hover", []));
    // Drags end in the margin, so the release is heard everywhere.
    document.addEventListener("pointerup", (event) => this.#release(event));
    document.addEventListener("pointercancel", () => this.#forget());
    document.addEventListener("selectionchange", () => this.#touchSelect());
  }

  /** @param {PointerEvent} event */
  #press(event) {
    this.isTouch = event.pointerType === "touch";
    this.down = event.button === 0 ? { x: event.clientX, y: event.clientY } : null;
  }

  /** @param {PointerEvent} event */
  #release(event) {
    const { down } = this;
    this.down = null;
    if (!down) return;
    const isSystems = this.isTouch && !this.isBrushOn();
    // Travel tells a drag from a click: an old selection collapses only after this event.
    const travel = Math.hypot(event.clientX - down.x, event.clientY - down.y);
    if (travel <= TRAVEL || isSystems) {
      if (!isSystems || !this.paragraphs.nativeSelection()) this.#click(event);
      return;
    }
    // A quick hand can be faster than the browser's own selection.
    const up = { x: event.clientX, y: event.clientY };
    const dragged = this.paragraphs.nativeSelection() ?? this.paragraphs.between(down, up);
    if (dragged) this.#take(dragged, event.altKey ? "characters" : this.snapUnit());
  }

  /** Show what a finger with the brush has gone over: the system marks nothing then. */
  #stroke(/** @type {PointerEvent} */ event) {
    if (!this.down || !this.isTouch || !this.isBrushOn()) return;
    const over = this.paragraphs.between(this.down, { x: event.clientX, y: event.clientY });
    this.fills.set("preview", over ? [over] : []);
  }

  /** The finger turned out to scroll. */
  #forget() {
    this.down = null;
    if (this.isTouch) this.fills.set("preview", []);
  }

  /** @param {PointerEvent} event */
  #click(event) {
    const offset = this.paragraphs.offsetFromPoint(event.clientX, event.clientY);
    if (offset === null) return;
    const isAgain =
      event.timeStamp - this.clicks.at < AGAIN_MS &&
      Math.hypot(event.clientX - this.clicks.x, event.clientY - this.clicks.y) < TRAVEL;
    const count = isAgain ? (this.clicks.count % 3) + 1 : 1;
    this.clicks = { count, at: event.timeStamp, x: event.clientX, y: event.clientY };
    if (count === 1) {
      this.cursor.click(offset);
    } else {
      const word = wordAt(this.model, offset);
      const sentence = cover(this.model.text, this.model.sentences, word);
      const extent = count === 3 && sentence ? sentence : word;
      this.cursor.select({ ...extent, edge: "end" }, { follow: false });
    }
    // The browser selects by itself on the same click, a moment later.
    setTimeout(() => document.getSelection()?.removeAllRanges());
    if (count === 1) this.onPointed();
    else this.onSelected();
  }

  /**
   * @param {Extent} extent
   * @param {"words" | "characters"} unit
   */
  #take(extent, unit) {
    const snapped = snap(this.model.text, this.model.tokens, extent, unit);
    document.getSelection()?.removeAllRanges();
    this.fills.set("preview", []);
    if (!snapped) return;
    this.cursor.select({ ...snapped, edge: "end" }, { follow: false });
    this.onSelected();
  }

  /** A finger selects with the handles of the system, which must stay until it is done. */
  #touchSelect() {
    if (!this.isTouch || this.isBrushOn()) return;
    clearTimeout(this.touchTimer);
    this.touchTimer = setTimeout(() => {
      const held = this.paragraphs.nativeSelection();
      const snapped = held && snap(this.model.text, this.model.tokens, held, this.snapUnit());
      if (!snapped) return;
      this.cursor.select({ ...snapped, edge: "end" }, { follow: false });
      this.onSelected();
    }, TOUCH_PAUSE_MS);
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  touchTimer;

  /** @param {PointerEvent} event */
  #hover(event) {
    if (this.isTouch || event.buttons) return;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      const offset = this.paragraphs.offsetFromPoint(event.clientX, event.clientY);
      const [inner] = offset === null ? [] : this.spans.around({ start: offset, end: offset + 1 });
      this.fills.set("hover", inner ? [inner] : []);
    });
  }

  frame = 0;
}
