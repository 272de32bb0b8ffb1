/**
 * Where the person is: the selected words, the mode, and in SPAN mode the active span.
 *
 * Every move is told by a `cursor-moved` event on the page's root element.
 */

import * as moves from "./moves.js";

/** @typedef {import("./types.js").Extent} Extent */
/** @typedef {import("./types.js").Selection} Selection */
/** @typedef {import("./types.js").Span} Span */
/** @typedef {1 | -1} Step */
/** @typedef {{selection: Selection, activeId: string | null}} Place */

export class Cursor {
  /**
   * @param {object} parts
   * @param {EventTarget} parts.root
   * @param {import("./types.js").TextModel} parts.model
   * @param {import("./spans.js").Spans} parts.spans
   * @param {import("./paragraphs.js").Paragraphs} parts.paragraphs
   * @param {import("./caret.js").Caret} parts.caret
   */
  constructor({ root, model, spans, paragraphs, caret }) {
    this.root = root;
    this.model = model;
    this.spans = spans;
    this.paragraphs = paragraphs;
    this.caret = caret;
    /** @type {Selection} */
    this.selection = moves.wordAt(model, 0);
    /** @type {string | null} set in SPAN mode only */
    this.activeId = null;
    /** @type {Selection} where TEXT mode takes up again */
    this.origin = this.selection;
    this.isSticky = false;
    /** @type {Selection[]} what `grow` came from */
    this.growth = [];
    root.addEventListener("spans-changed", () => this.#followActive());
  }

  /** @returns {Span | null} */
  get active() {
    return (this.activeId && this.spans.get(this.activeId)) || null;
  }

  /** The word that the caret outlines. */
  get word() {
    const token = this.model.tokens[moves.edgeToken(this.model, this.selection)];
    return token && token.start < this.selection.end && token.end > this.selection.start
      ? token
      : this.selection;
  }

  /** @returns {Place} to come back to with `restore` */
  get place() {
    return { selection: this.selection, activeId: this.activeId };
  }

  /** @param {Place} place */
  restore({ selection, activeId }) {
    if (activeId && this.spans.get(activeId)) this.activate(activeId);
    else this.select(selection);
  }

  /**
   * Select words, in TEXT mode.
   * @param {Selection} selection
   * @param {{follow?: boolean}} [options]
   */
  select(selection, { follow = true } = {}) {
    this.activeId = null;
    this.growth = [];
    this.caret.releaseColumn();
    this.#put(selection, follow);
  }

  /**
   * Enter SPAN mode on a span.
   * @param {string} id
   * @param {{follow?: boolean}} [options]
   */
  activate(id, { follow = true } = {}) {
    const span = this.spans.get(id);
    if (!span) return;
    if (!this.activeId) this.origin = this.selection;
    if (this.origin.start < span.start || this.origin.end > span.end) {
      this.origin = moves.wordAt(this.model, span.start);
    }
    this.activeId = id;
    this.growth = [];
    this.isSticky = false;
    this.#put({ start: span.start, end: span.end, edge: "end" }, follow);
  }

  /**
   * Enter SPAN mode on the innermost span here, or go on to the next one around it.
   * @returns {boolean} whether there is a span
   */
  openHere() {
    return this.#cycle(this.spansHere);
  }

  /** The spans that `openHere` goes through, innermost first. */
  get spansHere() {
    return this.spans.around(this.active ? this.origin : this.#innermostPlace());
  }

  /**
   * Do what a click on a character does: the innermost span, then those around it, else the word.
   * @param {number} offset
   */
  click(offset) {
    const here = this.spans.around({ start: offset, end: offset + 1 });
    this.isSticky = false;
    if (here.length) {
      if (!here.some((span) => span.id === this.activeId)) this.activeId = null;
      this.origin = moves.wordAt(this.model, offset);
      if (!this.activeId) this.selection = this.origin;
      this.#cycle(here, { follow: false });
    } else {
      this.select(moves.wordAt(this.model, offset), { follow: false });
    }
  }

  /** Back to TEXT mode, or to a single word. */
  escape() {
    this.isSticky = false;
    if (this.activeId) this.select(this.origin);
    else this.select(moves.wordAt(this.model, this.word.start));
  }

  /** @param {Step} step to the next or previous span of the whole text */
  goToSpan(step) {
    const spans = this.spans.inOrder();
    const { start } = this.selection;
    let index = spans.findIndex((span) => span.id === this.activeId);
    if (index !== -1) index += step;
    else if (step > 0) index = spans.findIndex((span) => span.start >= start);
    else index = spans.filter((span) => span.start < start).length - 1;
    if (spans[index]) this.activate(spans[index].id);
    return Boolean(spans[index]);
  }

  /** @param {Step} side 1 is rightwards, as on the key */
  goByWord(side) {
    const step = this.#readingStep(side);
    if (this.active) {
      const { start, end } = this.active;
      this.select(moves.wordAt(this.model, step > 0 ? end - 1 : start));
    } else {
      this.select(moves.moveByWord(this.model, this.selection, step));
    }
  }

  /** @param {Step} side */
  goBySentence(side) {
    this.select(moves.moveBySentence(this.model, this.selection, this.#readingStep(side)));
  }

  /**
   * @param {"wordOnNextLine" | "wordOnNextScreen"} by
   * @param {Step} step
   */
  goByLine(by, step) {
    if (!this.model.tokens.length) return;
    const from = moves.edgeToken(this.model, this.selection);
    const { column } = this.caret;
    this.caret.column = column;
    const token = this.model.tokens[this.caret[by](from, step)];
    const kept = this.caret.column;
    this.select({ ...token, edge: "end" });
    this.caret.column = kept;
  }

  /** @param {Step} side */
  goToLineEnd(side) {
    if (!this.model.tokens.length) return;
    const from = moves.edgeToken(this.model, this.selection);
    const token = this.model.tokens[this.caret.wordAtLineEnd(from, this.#readingStep(side))];
    this.select({ ...token, edge: "end" });
  }

  /** @param {Step} step to the last or first word of the text */
  goToDocumentEnd(step) {
    this.select(moves.wordAt(this.model, step > 0 ? this.model.text.length : 0));
  }

  /** @param {Step} side */
  wordStretch(side) {
    return moves.extendByWord(this.model, this.selection, this.#readingStep(side));
  }

  /** @param {Step} side */
  characterStretch(side) {
    return moves.extendByCharacter(this.model, this.selection, this.#readingStep(side));
  }

  /** @param {Step} step */
  lineStretch(step) {
    const from = moves.edgeToken(this.model, this.selection);
    const token = this.model.tokens[this.caret.wordOnNextLine(from, step)];
    return moves.extendTo(this.selection, token ?? this.selection);
  }

  /** @param {Step} side */
  lineEndStretch(side) {
    const from = moves.edgeToken(this.model, this.selection);
    const to = this.caret.wordAtLineEnd(from, this.#readingStep(side));
    return moves.extendTo(this.selection, this.model.tokens[to] ?? this.selection);
  }

  /** Take over a stretched selection without forgetting what it grew from.
   * @param {Selection} selection
   */
  stretchTo(selection) {
    this.#put(selection, true);
  }

  switchEdge() {
    const edge = this.selection.edge === "end" ? "start" : "end";
    this.#put({ ...this.selection, edge }, true);
  }

  #innermostPlace() {
    return this.spans.around(this.selection).length ? this.selection : this.word;
  }

  /**
   * @param {Span[]} spans innermost first
   * @param {{follow?: boolean}} [options]
   */
  #cycle(spans, options) {
    const index = spans.findIndex((span) => span.id === this.activeId);
    const next = spans[(index + 1) % spans.length];
    if (next) this.activate(next.id, options);
    return Boolean(next);
  }

  /** @param {Step} side */
  #readingStep(side) {
    return /** @type {Step} */ (this.paragraphs.isRtl(this.word.start) ? -side : side);
  }

  #followActive() {
    if (!this.activeId) return;
    const span = this.active;
    if (!span) this.select(this.origin, { follow: false });
    else if (span.start !== this.selection.start || span.end !== this.selection.end) {
      this.#put({ start: span.start, end: span.end, edge: this.selection.edge }, false);
    }
  }

  /**
   * @param {Selection} selection
   * @param {boolean} follow
   */
  #put(selection, follow) {
    this.selection = selection;
    this.caret.show(this.word, { follow });
    this.root.dispatchEvent(new CustomEvent("cursor-moved"));
  }
}
