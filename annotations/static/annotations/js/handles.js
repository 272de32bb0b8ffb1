/**
 * The two handles of the open span: drag one with the mouse or a finger, and its edge moves.
 *
 * What is dragged over is only shown; the span changes once, on release, so that a drag is
 * one edit to undo.
 */

import { joinedBoxes } from "./paragraphs.js";
import { snap } from "./snap.js";

/** @typedef {import("./types.js").Extent} Extent */
/** @typedef {"start" | "end"} Edge */

const LINE_ABOVE = 6;

export class Handles {
  /**
   * @param {object} parts
   * @param {EventTarget} parts.root
   * @param {HTMLElement} parts.layer
   * @param {import("./paragraphs.js").Paragraphs} parts.paragraphs
   * @param {import("./types.js").TextModel} parts.model
   * @param {import("./cursor.js").Cursor} parts.cursor
   * @param {import("./labels.js").Labels} parts.labels
   * @param {import("./fills.js").Fills} parts.fills
   * @param {() => "words" | "characters"} parts.snapUnit
   * @param {(selection: import("./types.js").Selection) => void} parts.onMoved
   */
  constructor({ root, layer, paragraphs, model, cursor, labels, fills, snapUnit, onMoved }) {
    this.layer = layer;
    this.paragraphs = paragraphs;
    this.model = model;
    this.cursor = cursor;
    this.labels = labels;
    this.fills = fills;
    this.snapUnit = snapUnit;
    this.onMoved = onMoved;
    this.knobs = { start: this.#knob("start"), end: this.#knob("end") };
    root.addEventListener("cursor-moved", () => this.relayout());
    root.addEventListener("spans-changed", () => this.relayout());
  }

  /** Put the handles where the open span begins and ends. */
  relayout() {
    const { active } = this.cursor;
    const places = active && this.#places(active);
    for (const edge of /** @type {Edge[]} */ (["start", "end"])) {
      const knob = this.knobs[edge];
      knob.hidden = !places;
      if (!places || !active) continue;
      this.labels.dress(knob, active.label);
      knob.style.left = `${places[edge].x}px`;
      knob.style.top = `${places[edge].y}px`;
    }
  }

  /** @param {Extent} extent */
  #places(extent) {
    const rects = this.paragraphs.ranges(extent).flatMap((range) => joinedBoxes(range.getClientRects()));
    const first = rects[0];
    const last = rects.at(-1);
    if (!first || !last) return null;
    const origin = this.layer.getBoundingClientRect();
    const at = (/** @type {DOMRect} */ rect, /** @type {"left" | "right"} */ side) => ({
      x: rect[side] - origin.left,
      y: rect.bottom - origin.top,
    });
    return {
      start: at(first, this.paragraphs.isRtl(extent.start) ? "right" : "left"),
      end: at(last, this.paragraphs.isRtl(extent.end - 1) ? "left" : "right"),
    };
  }

  /** @param {Edge} edge */
  #knob(edge) {
    const knob = this.layer.appendChild(document.createElement("b"));
    knob.className = "handle";
    knob.dataset.edge = edge;
    knob.hidden = true;
    knob.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      this.#follow(knob, edge, event);
    });
    return knob;
  }

  /**
   * @param {HTMLElement} knob
   * @param {Edge} edge
   * @param {PointerEvent} press
   */
  #follow(knob, edge, press) {
    const { active } = this.cursor;
    if (!active) return;
    // The handle hangs below its line, and it is the line that the hand means.
    const lift = knob.getBoundingClientRect().top - LINE_ABOVE - press.clientY;
    const heard = new AbortController();
    /** @type {Extent | null} */
    let wanted = null;
    const move = (/** @type {PointerEvent} */ event) => {
      const gap = this.paragraphs.gapFromPoint(event.clientX, event.clientY + lift);
      const unit = event.altKey ? "characters" : this.snapUnit();
      wanted = (gap !== null && this.#stretched(active, edge, gap, unit)) || wanted;
      if (wanted) this.fills.set("active", [wanted]);
    };
    const end = (/** @type {boolean} */ isMeant) => {
      heard.abort();
      if (isMeant && wanted) this.onMoved({ ...wanted, edge });
      this.fills.set("active", this.cursor.active ? [this.cursor.selection] : []);
    };
    knob.setPointerCapture(press.pointerId);
    const { signal } = heard;
    knob.addEventListener("pointermove", move, { signal });
    knob.addEventListener("pointerup", () => end(true), { signal });
    knob.addEventListener("pointercancel", () => end(false), { signal });
  }

  /**
   * @param {Extent} span
   * @param {Edge} edge
   * @param {number} gap
   * @param {"words" | "characters"} unit
   */
  #stretched({ start, end }, edge, gap, unit) {
    const extent =
      edge === "start" ? { start: Math.min(gap, end - 1), end } : { start, end: Math.max(gap, start + 1) };
    const { text, tokens } = this.model;
    const snapped = snap(text, tokens, extent, unit);
    // The other edge stays where it is, even if it stands inside a word.
    return snapped && (edge === "start" ? { start: snapped.start, end } : { start, end: snapped.end });
  }
}
