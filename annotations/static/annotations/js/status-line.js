/**
 * The footer: the mode, what the caret stands in, where in the text that is, and messages.
 * Messages and places are also spoken by a polite live region.
 */

import { indexEndingAfter } from "./snap.js";
import { text } from "./texts.js";

export class StatusLine {
  /**
   * @param {object} parts
   * @param {EventTarget} parts.root
   * @param {HTMLElement} parts.footer
   * @param {HTMLElement} parts.live
   * @param {import("./cursor.js").Cursor} parts.cursor
   * @param {import("./spans.js").Spans} parts.spans
   * @param {import("./labels.js").Labels} parts.labels
   * @param {import("./types.js").TextModel} parts.model
   */
  constructor({ root, footer, live, cursor, spans, labels, model }) {
    this.live = live;
    this.cursor = cursor;
    this.spans = spans;
    this.labels = labels;
    this.model = model;
    this.filled = model.paragraphs.filter(({ start, end }) => end > start);
    const part = (/** @type {string} */ name) =>
      /** @type {HTMLElement} */ (footer.querySelector(`[data-part=${name}]`));
    this.mode = part("mode");
    this.context = part("context");
    this.message = part("message");
    this.place = part("place");
    root.addEventListener("cursor-moved", () => {
      // A message is about the last command, and this is another.
      this.message.textContent = "";
      this.#show();
    });
    root.addEventListener("spans-changed", () => this.#show());
    root.addEventListener("say", (event) => {
      const { sentence } = /** @type {CustomEvent} */ (event).detail;
      this.message.textContent = sentence;
      this.#speak(sentence);
    });
  }

  #show() {
    const { active, selection, word } = this.cursor;
    this.mode.textContent = text(active ? "mode-span" : "mode-text");
    this.mode.dataset.mode = active ? "span" : "text";
    const around = this.spans.around(active ?? word);
    this.context.replaceChildren(
      ...around.flatMap((span, index) => [
        ...(index ? [text("within")] : []),
        this.#chip(span, span.id === active?.id),
      ]),
    );
    const { sentences } = this.model;
    this.place.textContent = text("place", {
      paragraph: Math.min(indexEndingAfter(this.filled, word.start) + 1, this.filled.length),
      sentence: Math.min(indexEndingAfter(sentences, word.start) + 1, sentences.length),
      sentences: sentences.length,
    });
    this.#speak(active ? this.#spokenSpan(active) : this.#spokenPlace(selection, around));
  }

  /**
   * Words and what they stand in: "Nairobi, location in event".
   * @param {import("./types.js").Extent} selection
   * @param {import("./types.js").Span[]} around innermost first
   */
  #spokenPlace({ start, end }, around) {
    const names = around.map((span) => this.labels.nameOf(span.label));
    const nest = names.join(` ${text("within")} `);
    return [this.model.text.slice(start, end), nest].filter(Boolean).join(", ");
  }

  /**
   * The open span, and which of those here it is: Enter goes through them.
   * @param {import("./types.js").Span} active
   */
  #spokenSpan(active) {
    const here = this.cursor.spansHere;
    return text("spoken-span", {
      label: this.labels.nameOf(active.label),
      quote: active.quote,
      place: here.findIndex((span) => span.id === active.id) + 1,
      all: here.length,
    });
  }

  /**
   * @param {import("./types.js").Span} span
   * @param {boolean} isActive
   */
  #chip(span, isActive) {
    const chip = document.createElement("span");
    chip.className = isActive ? "chip active" : "chip";
    this.labels.dress(chip, span.label);
    const glyph = document.createElement("i");
    glyph.className = "glyph";
    chip.append(glyph, this.labels.nameOf(span.label));
    return chip;
  }

  /** @param {string} sentence */
  #speak(sentence) {
    this.live.textContent = sentence;
  }
}
