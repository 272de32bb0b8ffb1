/**
 * The score of a card: each line of the text once, and under it one lane per coder, so that
 * a difference of one word is seen and need not be read.
 *
 * Lines and bars take measuring. The score that comes next can be measured ahead, out of sight,
 * so that showing it costs no more than putting it there.
 */

import { assignLanes } from "./lanes.js";
import { indexEndingAfter } from "./snap.js";

/** @typedef {import("./types.js").Extent} Extent */
/** @typedef {import("./types.js").Span} Span */
/** @typedef {Span & {isFaded: boolean}} Note */
/** @typedef {{coder: string, spans: Note[]}} Lane */

const WORDS_AROUND = 12;

/** How many lanes there may be before they move closer together. */
const ROOMY = 6;

export class Score {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.element
   * @param {import("./labels.js").Labels} parts.labels
   * @param {string} parts.text
   * @param {Extent[]} parts.tokens
   */
  constructor({ element, labels, text, tokens }) {
    this.element = element;
    this.labels = labels;
    this.text = text;
    this.tokens = tokens;
    this.width = 0;
    /** What the score shows, and what was measured for later: the same for the same. */
    this.shown = "";
    this.ahead = { key: "", lines: /** @type {HTMLElement[]} */ ([]) };
    new ResizeObserver(() => {
      const { clientWidth } = this.element;
      if (!clientWidth || clientWidth === this.width) return;
      this.width = clientWidth;
      if (this.extent && this.lanes) this.show(this.extent, this.lanes);
    }).observe(element);
  }

  /**
   * @param {Extent} extent what the card covers
   * @param {Lane[]} lanes
   */
  show(extent, lanes) {
    this.extent = extent;
    this.lanes = lanes;
    this.width ||= this.element.clientWidth;
    const key = this.#keyOf(extent, lanes);
    if (key === this.shown) return;
    this.shown = key;
    if (key === this.ahead.key) {
      dress(this.element, lanes);
      this.element.replaceChildren(...this.ahead.lines);
    } else this.#draw(this.element, extent, lanes);
  }

  /**
   * Measure what is likely to be shown next.
   * @param {Extent} extent
   * @param {Lane[]} lanes
   * @param {HTMLElement} [beside] the element to measure at, while this one's is not on the page
   */
  prepare(extent, lanes, beside = this.element) {
    if (!beside.offsetWidth) return;
    this.width = beside.clientWidth;
    const key = this.#keyOf(extent, lanes);
    if (key === this.ahead.key) return;
    const stage = /** @type {HTMLElement} */ (this.element.cloneNode(false));
    stage.removeAttribute("id");
    stage.classList.add("is-ahead");
    stage.style.inlineSize = `${beside.offsetWidth}px`;
    beside.after(stage);
    this.#draw(stage, extent, lanes);
    this.ahead = { key, lines: [...stage.children].map((line) => /** @type {HTMLElement} */ (line)) };
    stage.remove();
  }

  /**
   * @param {Extent} extent
   * @param {Lane[]} lanes
   */
  #keyOf({ start, end }, lanes) {
    return JSON.stringify([this.width, start, end, lanes]);
  }

  /**
   * @param {HTMLElement} stage
   * @param {Extent} extent
   * @param {Lane[]} lanes
   */
  #draw(stage, extent, lanes) {
    dress(stage, lanes);
    const blocks = this.#lines(stage, this.window(extent));
    stage.replaceChildren(...blocks.map(({ block }) => block));
    // All is measured before anything is drawn.
    const drawn = blocks.map(({ line, words }) => this.#rows(line, words, lanes));
    for (const [index, { block }] of blocks.entries()) block.append(...drawn[index]);
  }

  /**
   * What is shown of the text: the card with some words around it, cut at the ends of its
   * paragraphs.
   * @param {Extent} extent
   * @returns {Extent}
   */
  window({ start, end }) {
    const first = this.tokens[Math.max(0, indexEndingAfter(this.tokens, start) - WORDS_AROUND)];
    const last = this.tokens[
      Math.min(this.tokens.length - 1, indexEndingAfter(this.tokens, end) + WORDS_AROUND)
    ];
    const lineStart = start === 0 ? 0 : this.text.lastIndexOf("\n", start - 1) + 1;
    const lineEnd = this.text.indexOf("\n", end);
    return {
      start: Math.min(start, Math.max(first?.start ?? 0, lineStart)),
      end: Math.max(
        end,
        Math.min(last?.end ?? this.text.length, lineEnd < 0 ? this.text.length : lineEnd),
      ),
    };
  }

  /**
   * Cut a stretch of text where the browser would wrap it, one block for each line.
   * @param {HTMLElement} stage
   * @param {Extent} window
   */
  #lines(stage, window) {
    const probe = document.createElement("p");
    probe.className = "score-probe";
    stage.replaceChildren(probe);
    const lines = [];
    let start = window.start;
    for (const paragraph of this.text.slice(window.start, window.end).split("\n")) {
      if (paragraph.trim()) {
        probe.textContent = paragraph;
        for (const { from, to } of wraps(/** @type {Text} */ (probe.firstChild))) {
          lines.push({ start: start + from, end: start + to });
        }
      }
      start += paragraph.length + 1;
    }
    return lines.map((line) => {
      const block = document.createElement("div");
      block.className = "score-line";
      const words = document.createElement("p");
      words.dir = "auto";
      words.textContent = this.text.slice(line.start, line.end);
      block.append(words);
      return { line, block, words };
    });
  }

  /**
   * @param {Extent} line
   * @param {HTMLElement} words
   * @param {Lane[]} lanes
   */
  #rows(line, words, lanes) {
    const touches = (/** @type {Span} */ span) => span.start < line.end && span.end > line.start;
    if (!lanes.some(({ spans }) => spans.some((span) => !span.isFaded && touches(span)))) return [];
    const left = words.getBoundingClientRect().left;
    const node = /** @type {Text} */ (words.firstChild);
    return lanes.map(({ coder, spans }) => {
      const row = document.createElement("div");
      row.className = "score-row";
      row.dataset.coder = coder;
      const held = spans.filter(touches);
      const places = assignLanes(held.map((span, index) => ({ ...span, id: String(index) })));
      const depth = 1 + Math.max(0, ...places.values());
      row.style.setProperty("--depth", String(depth));
      row.append(
        ...held.map((span, index) => {
          const range = document.createRange();
          range.setStart(node, Math.max(span.start, line.start) - line.start);
          range.setEnd(node, Math.min(span.end, line.end) - line.start);
          const box = range.getBoundingClientRect();
          const bar = this.#bar(span, line);
          bar.style.left = `${box.left - left}px`;
          bar.style.width = `${box.width}px`;
          bar.style.setProperty("--lane", String(places.get(String(index)) ?? 0));
          return bar;
        }),
      );
      return row;
    });
  }

  /**
   * @param {Note} span
   * @param {Extent} line
   */
  #bar(span, line) {
    const bar = document.createElement("i");
    bar.className = "score-bar";
    bar.classList.toggle("is-faded", span.isFaded);
    bar.classList.toggle("begins", span.start >= line.start);
    bar.classList.toggle("ends", span.end <= line.end);
    this.labels.dress(bar, span.label);
    const glyph = document.createElement("b");
    glyph.className = "glyph";
    bar.append(glyph, this.labels.nameOf(span.label));
    return bar;
  }
}

/**
 * @param {HTMLElement} stage
 * @param {Lane[]} lanes
 */
function dress(stage, lanes) {
  stage.toggleAttribute("data-dense", lanes.length > ROOMY);
}

/**
 * Return where a text node is wrapped, as stretches of it.
 * @param {Text} node
 */
function wraps(node) {
  const lines = [];
  const range = document.createRange();
  let from = 0;
  let height = NaN;
  for (const word of node.data.matchAll(/\S+\s*/g)) {
    range.setStart(node, word.index);
    range.setEnd(node, word.index + 1);
    const { top, height: tall } = range.getBoundingClientRect();
    // Letters of a fallback font stand a little higher or lower on the same line.
    if (Math.abs(top - height) > tall / 2) {
      lines.push({ from, to: word.index });
      from = word.index;
    }
    height = top;
  }
  lines.push({ from, to: node.data.length });
  return lines;
}
