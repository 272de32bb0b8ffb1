/**
 * A form for spans that no coder has so: label, first word and last word of each.
 */

import { text } from "./texts.js";

/** @typedef {import("./types.js").Extent} Extent */
/** @typedef {import("./types.js").Span} Span */
/** @typedef {import("./slots.js").Draft} Draft */
/** @typedef {{element: HTMLElement, base: Draft | null}} Row */

const AROUND = 240;
const WORDS_SHOWN = 3;

export class SpanForm {
  /**
   * @param {object} parts
   * @param {HTMLFormElement} parts.form
   * @param {import("./labels.js").Labels} parts.labels
   * @param {string} parts.articleText
   * @param {Extent[]} parts.tokens
   */
  constructor({ form, labels, articleText, tokens }) {
    this.form = form;
    this.labels = labels;
    this.articleText = articleText;
    this.tokens = tokens;
    this.rowTemplate = /** @type {HTMLTemplateElement} */ (form.querySelector("template"));
    this.list = /** @type {HTMLElement} */ (form.querySelector("[data-part=rows]"));
    this.more = /** @type {HTMLButtonElement} */ (form.querySelector("[data-part=more]"));
    /** @type {Row[]} */
    this.rows = [];
    /** @type {(spans: Draft[]) => void} */
    this.onSaved = () => {};
    this.onClosed = () => {};
    this.more.addEventListener("click", () => this.#addRow(null, this.extent));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const drafts = this.rows.map((row) => this.#draft(row));
      this.close();
      this.onSaved(drafts);
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    form.querySelector("[data-closes]")?.addEventListener("click", () => this.close());
  }

  get isOpen() {
    return !this.form.hidden;
  }

  /**
   * @param {object} task
   * @param {string} task.title
   * @param {Extent} task.extent where the words to choose from lie
   * @param {Draft[]} task.spans what the form begins with
   * @param {{coder: string, start: number, end: number}[]} task.borders where coders begin and end
   * @param {boolean} task.isSingle whether exactly one span is asked for
   * @param {(spans: Draft[]) => void} task.onSaved
   */
  open({ title, extent, spans, borders, isSingle, onSaved }) {
    const heading = this.form.querySelector("h3");
    if (heading) heading.textContent = title;
    this.extent = extent;
    this.borders = borders;
    this.onSaved = onSaved;
    this.more.hidden = isSingle;
    this.rows = [];
    this.list.replaceChildren();
    for (const span of spans) this.#addRow(span, span);
    if (!spans.length) this.#addRow(null, extent);
    this.form.hidden = false;
    this.list.querySelector("select")?.focus();
  }

  close() {
    if (!this.isOpen) return;
    this.form.hidden = true;
    this.onClosed();
  }

  /**
   * Give the row at hand the words that were selected in the text.
   * @param {Extent} extent
   */
  takeSelection(extent) {
    const active = this.rows.find(({ element }) => element.contains(document.activeElement));
    const row = active ?? this.rows.at(-1);
    if (row) this.#fillExtent(row, extent);
  }

  /**
   * @param {Draft | null} base
   * @param {Extent} [extent]
   */
  #addRow(base, extent = { start: 0, end: this.tokens[0]?.end ?? 0 }) {
    const fragment = /** @type {DocumentFragment} */ (this.rowTemplate.content.cloneNode(true));
    const element = /** @type {HTMLElement} */ (fragment.firstElementChild);
    const row = { element, base };
    const label = select(element, "label");
    for (const { key, name } of this.labels.open) label.add(new Option(name, key));
    if (base && !this.labels.open.some(({ key }) => key === base.label)) {
      label.add(new Option(this.labels.nameOf(base.label), base.label));
    }
    if (base) label.value = base.label;
    this.rows.push(row);
    this.#fillExtent(row, extent);
    element.addEventListener("change", (event) => this.#changed(row, event.target));
    element.querySelector("[data-part=remove]")?.addEventListener("click", () => {
      this.rows = this.rows.filter((other) => other !== row);
      element.remove();
      if (!this.rows.length) this.close();
      else this.list.querySelector("select")?.focus();
    });
    this.list.append(element);
    if (!base) label.focus();
  }

  /**
   * @param {Row} row
   * @param {Extent} extent
   */
  #fillExtent(row, { start, end }) {
    const near = this.tokens.filter(
      (token) => token.end > start - AROUND && token.start < end + AROUND,
    );
    const borders = this.borders ?? [];
    this.#fillSelect(select(row.element, "start"), start, [
      start,
      ...near.map((token) => token.start),
      ...borders.map((border) => border.start),
    ], (offset) => this.#wordsAfter(offset) + coders(borders.filter((b) => b.start === offset)));
    this.#fillSelect(select(row.element, "end"), end, [
      end,
      ...near.map((token) => token.end),
      ...borders.map((border) => border.end),
    ], (offset) => this.#wordsBefore(offset) + coders(borders.filter((b) => b.end === offset)));
    this.#showQuote(row);
  }

  /**
   * @param {HTMLSelectElement} field
   * @param {number} chosen
   * @param {number[]} offsets
   * @param {(offset: number) => string} wordsAt
   */
  #fillSelect(field, chosen, offsets, wordsAt) {
    const sorted = [...new Set(offsets)].sort((a, b) => a - b);
    field.replaceChildren(
      ...sorted.map((offset) => new Option(wordsAt(offset), String(offset))),
    );
    field.value = String(chosen);
  }

  /**
   * @param {Row} row
   * @param {EventTarget | null} field
   */
  #changed(row, field) {
    const start = select(row.element, "start");
    const end = select(row.element, "end");
    // The other edge gives way, to the nearest word that leaves something between them.
    if (Number(start.value) >= Number(end.value)) {
      const moved = field === start ? end : start;
      const options = [...moved.options].map(({ value }) => Number(value));
      const fitting =
        field === start
          ? options.find((offset) => offset > Number(start.value))
          : options.reverse().find((offset) => offset < Number(end.value));
      if (fitting !== undefined) moved.value = String(fitting);
    }
    this.#showQuote(row);
  }

  /** @param {Row} row */
  #showQuote(row) {
    const output = row.element.querySelector("output");
    if (output) output.textContent = `“${this.#draft(row).quote}”`;
  }

  /**
   * @param {Row} row
   * @returns {Draft}
   */
  #draft({ element, base }) {
    const label = select(element, "label").value;
    // What was said of a span holds for that label only.
    const kept = base?.label === label ? base : null;
    const start = Number(select(element, "start").value);
    const end = Number(select(element, "end").value);
    return {
      label,
      start,
      end,
      quote: this.articleText.slice(start, end),
      attributes: kept?.attributes ?? [],
      links: kept?.links ?? [],
      note: kept?.note ?? "",
    };
  }

  /** @param {number} offset */
  #wordsAfter(offset) {
    const words = this.tokens.filter((token) => token.start >= offset).slice(0, WORDS_SHOWN);
    const end = words.at(-1)?.end ?? this.articleText.length;
    return text("from-words", { words: this.articleText.slice(offset, end) });
  }

  /** @param {number} offset */
  #wordsBefore(offset) {
    const words = this.tokens.filter((token) => token.end <= offset).slice(-WORDS_SHOWN);
    return text("to-words", { words: this.articleText.slice(words[0]?.start ?? 0, offset) });
  }
}

/**
 * @param {HTMLElement} row
 * @param {string} name
 */
function select(row, name) {
  return /** @type {HTMLSelectElement} */ (row.querySelector(`[name=${name}]`));
}

/** @param {{coder: string}[]} borders */
function coders(borders) {
  return borders.length ? ` (${[...new Set(borders.map(({ coder }) => coder))].join(", ")})` : "";
}
