/**
 * Draw spans as bars in a layer above the text, which itself is never touched.
 *
 * Only paragraphs near the viewport have bars, one group of elements each. Positions come
 * from `Range.getClientRects()`; all are read before any element is written, so that an edit
 * costs one layout.
 */

import { assignLanes, neighbourhood } from "./lanes.js";
import { NearGroups } from "./near-groups.js";
import { joinedBoxes } from "./paragraphs.js";

/** @typedef {import("./types.js").Span} Span */
/** @typedef {import("./types.js").Extent} Extent */
/** @typedef {import("./paragraphs.js").Paragraph} Paragraph */
/** @typedef {{className: string, place: string, span?: string, label?: string}} Look */
/** @typedef {{span: Span, left: number, width: number, top: number, begins: boolean, ends: boolean, isRtl: boolean}} Bar */

const PITCH = 7;
const GAP = 3;
const GLYPH = 7;

export class Bars {
  /**
   * @param {object} parts
   * @param {EventTarget} parts.root
   * @param {import("./paragraphs.js").Paragraphs} parts.paragraphs
   * @param {HTMLElement} parts.layer
   * @param {import("./spans.js").Spans} parts.spans
   * @param {import("./labels.js").Labels} parts.labels
   * @param {Extent[]} parts.veiled stretches that are not part of the story
   */
  constructor({ root, paragraphs, layer, spans, labels, veiled }) {
    this.paragraphs = paragraphs;
    this.layer = layer;
    this.spans = spans;
    this.labels = labels;
    this.veiled = veiled;
    this.lanes = assignLanes([...spans.byId.values()]);
    /** @type {string | null} */
    this.active = null;
    this.groups = new NearGroups(paragraphs.all, layer);
    /** @type {WeakMap<HTMLElement, string>} what each element was last made to look like */
    this.drawn = new WeakMap();
    root.addEventListener("spans-changed", (event) => {
      this.#update(/** @type {CustomEvent} */ (event).detail.changes);
    });
  }

  /** Draw what has come near the window. */
  follow() {
    this.#paint(this.groups.follow());
  }

  /** Draw everything near again, after the text was laid out anew. */
  relayout() {
    this.groups.follow();
    this.#paint([...this.groups.all.keys()]);
  }

  /** @param {string | null} id the span whose bars stand out */
  setActive(id) {
    if (id === this.active) return;
    const touched = [this.active, id].flatMap((one) => (one && this.spans.get(one)) || []);
    this.active = id;
    this.#paint(this.groups.holding(touched));
  }

  /** @param {import("./spans.js").Change[]} changes */
  #update(changes) {
    const all = [...this.spans.byId.values()];
    /** @type {Extent[]} */
    const stale = [];
    for (const { id, before, after } of changes) {
      if (!after) this.lanes.delete(id);
      for (const place of [before, after]) {
        if (!place) continue;
        stale.push(place);
        this.#relane(neighbourhood(all, place.start, place.end), stale);
      }
    }
    this.#paint(this.groups.holding(stale));
  }

  /**
   * @param {Span[]} spans
   * @param {Extent[]} stale collects the spans that moved
   */
  #relane(spans, stale) {
    const fresh = assignLanes(spans);
    for (const span of spans) {
      const now = fresh.get(span.id);
      if (now === undefined || this.lanes.get(span.id) === now) continue;
      this.lanes.set(span.id, now);
      stale.push(span);
    }
  }

  /** @param {Paragraph[]} paragraphs */
  #paint(paragraphs) {
    if (!paragraphs.length) return;
    const origin = this.layer.getBoundingClientRect();
    const spans = [...this.spans.byId.values()];
    const drawings = paragraphs.map((paragraph) => ({
      group: this.groups.all.get(paragraph),
      ...this.#measure(paragraph, spans, origin),
    }));
    for (const { group, bars, veils } of drawings) {
      if (group) this.#fill(group, [...veils.map(veilLook), ...bars.map((bar) => this.#barLook(bar))]);
    }
  }

  /**
   * @param {Paragraph} paragraph
   * @param {Span[]} spans
   * @param {DOMRect} origin
   * @returns {{bars: Bar[], veils: DOMRect[]}}
   */
  #measure(paragraph, spans, origin) {
    const held = spans.filter((span) => span.start < paragraph.end && span.end > paragraph.start);
    // A line that is furniture as a whole is dimmed by the style sheet.
    const isFurniture = paragraph.element.dataset.zone === "boilerplate";
    const veiled = isFurniture ? [] : this.veiled;
    const veils = veiled.flatMap((extent) => this.#rects(paragraph, extent, origin));
    if (!held.length) return { bars: [], veils };
    const style = getComputedStyle(paragraph.element);
    const lineHeight = parseFloat(style.lineHeight);
    const fontSize = parseFloat(style.fontSize);
    const isRtl = style.direction === "rtl";
    const top = paragraph.element.getBoundingClientRect().top - origin.top;
    // Half the space between two lines of letters is below a line, and so is the next's half.
    const below = (lineHeight + fontSize * 1.1) / 2 + GAP;
    const room = lineHeight - fontSize * 1.15 - GAP;
    // Where more lanes are needed than fit, those of this paragraph move closer together.
    const laneOf = (/** @type {Span} */ span) => this.lanes.get(span.id) ?? 0;
    const pitch = Math.min(PITCH, room / Math.max(...held.map((span) => laneOf(span) + 1)));
    const bars = held.flatMap((span) => {
      const rects = this.#rects(paragraph, span, origin);
      return rects.map((rect, index) => {
        // Letters of a fallback font stand higher or lower; the lines themselves are even.
        const line = Math.floor((rect.top + rect.height / 2 - top) / lineHeight);
        return {
          span,
          isRtl,
          left: rect.left,
          width: rect.width,
          top: top + line * lineHeight + below + laneOf(span) * pitch,
          begins: index === 0 && span.start >= paragraph.start,
          ends: index === rects.length - 1 && span.end <= paragraph.end,
        };
      });
    });
    return { bars, veils };
  }

  /**
   * @param {Paragraph} paragraph
   * @param {Extent} extent
   * @param {DOMRect} origin
   */
  #rects(paragraph, extent, origin) {
    const range = this.paragraphs.rangeIn(paragraph, extent);
    const edges = paragraph.element.getBoundingClientRect();
    return joinedBoxes(range?.getClientRects() ?? [])
      .filter((rect) => rect.width > 1 && rect.left < edges.right && rect.right > edges.left)
      .map((rect) => {
        // Spaces at the end of a line hang over its edge.
        const left = Math.max(rect.left, edges.left);
        const width = Math.min(rect.right, edges.right) - left;
        return new DOMRect(left - origin.left, rect.top - origin.top, width, rect.height);
      });
  }

  /**
   * Bring a group's elements to these looks, touching only those that look otherwise.
   * @param {HTMLElement} group
   * @param {Look[]} looks
   */
  #fill(group, looks) {
    while (group.childElementCount > looks.length) group.lastElementChild?.remove();
    looks.forEach((look, index) => {
      const kept = /** @type {HTMLElement | undefined} */ (group.children[index]);
      const element = kept ?? group.appendChild(document.createElement("i"));
      const wanted = JSON.stringify(look);
      if (this.drawn.get(element) === wanted) return;
      this.drawn.set(element, wanted);
      element.className = look.className;
      if (look.span) element.dataset.span = look.span;
      if (look.label) this.labels.dress(element, look.label);
      element.style.cssText = look.place;
    });
  }

  /**
   * @param {Bar} bar
   * @returns {Look}
   */
  #barLook({ span, left, width, top, begins, ends, isRtl }) {
    const isActive = span.id === this.active;
    const names = { bar: true, begins, ends, rtl: isRtl, active: isActive };
    return {
      className: Object.entries(names).flatMap(([name, has]) => (has ? [name] : [])).join(" "),
      span: span.id,
      label: span.label,
      place: `left:${left}px;top:${top}px;width:${Math.max(width, GLYPH + 2)}px`,
    };
  }
}

/**
 * @param {DOMRect} rect
 * @returns {Look}
 */
function veilLook({ left, top, width, height }) {
  const place = `left:${left}px;top:${top}px;width:${width}px;height:${height}px`;
  return { className: "veil", place };
}
