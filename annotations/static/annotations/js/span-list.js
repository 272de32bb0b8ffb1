/**
 * The list of spans beside the text: ordinary buttons, the equal of the bars for people who
 * don't see them. Only rows whose span changed are touched.
 */

import { missing } from "./details.js";
import { readingOrder } from "./spans.js";
import { text } from "./texts.js";

/** @typedef {import("./types.js").Span} Span */

/** Rows that are laid out together: those of a group out of sight are not laid out at all. */
const GROUP = 64;

export class SpanList {
  /**
   * @param {object} parts
   * @param {EventTarget} parts.root
   * @param {HTMLElement} parts.section with an `ol` in a frame that scrolls, a `select` of labels,
   *   an `input` to search by, an `output` and `[data-empty]`
   * @param {import("./spans.js").Spans} parts.spans
   * @param {import("./labels.js").Labels} parts.labels
   * @param {(id: string) => void} parts.onChosen
   */
  constructor({ root, section, spans, labels, onChosen }) {
    this.list = /** @type {HTMLElement} */ (section.querySelector(".rows"));
    this.filter = /** @type {HTMLSelectElement} */ (section.querySelector("select"));
    this.search = /** @type {HTMLInputElement} */ (section.querySelector("input"));
    this.shown = /** @type {HTMLOutputElement} */ (section.querySelector("output"));
    this.empty = /** @type {HTMLElement} */ (section.querySelector("[data-empty]"));
    this.spans = spans;
    this.labels = labels;
    this.onChosen = onChosen;
    /** @type {Map<string, HTMLElement>} */
    this.rows = new Map();
    /** @type {Span[]} in the order of the rows */
    this.order = [];
    /** @type {HTMLElement | null} */
    this.current = null;
    for (const sieve of [this.filter, this.search]) {
      sieve.addEventListener("input", () => {
        for (const row of this.rows.values()) this.#sieve(row);
        this.#count();
      });
    }
    root.addEventListener("spans-changed", (event) => {
      for (const id of this.#concerned(/** @type {CustomEvent} */ (event).detail.changes)) {
        const span = spans.get(id);
        this.#take(id);
        if (span) this.#insert(span);
      }
      this.empty.hidden = spans.size > 0;
      this.#count();
    });
  }

  /** @param {string | null} id */
  setActive(id) {
    this.current?.removeAttribute("aria-current");
    const row = id ? this.rows.get(id) : undefined;
    this.current = row?.querySelector("button") ?? null;
    if (!row || !this.current) return;
    this.current.setAttribute("aria-current", "true");
    // Only the list scrolls: `scrollIntoView` would move the page as well.
    const frame = this.list.getBoundingClientRect();
    const place = row.getBoundingClientRect();
    if (place.top < frame.top) this.list.scrollTop -= frame.top - place.top;
    else if (place.bottom > frame.bottom) this.list.scrollTop += place.bottom - frame.bottom;
  }

  /**
   * The changed spans, and those whose rows name them as the target of a link.
   * @param {import("./spans.js").Change[]} changes
   */
  #concerned(changes) {
    const ids = new Set(changes.map(({ id }) => id));
    for (const { id, links } of this.order) {
      if (links.some(({ target }) => ids.has(target))) ids.add(id);
    }
    return ids;
  }

  /** @param {string} id */
  #take(id) {
    const row = this.rows.get(id);
    if (!row) return;
    row.remove();
    this.rows.delete(id);
    this.order = this.order.filter((span) => span.id !== id);
  }

  /** @param {Span} span */
  #insert(span) {
    let low = 0;
    let high = this.order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (readingOrder(this.order[middle], span) < 0) low = middle + 1;
      else high = middle;
    }
    const row = this.#row(span);
    const next = this.order[low] ? this.rows.get(this.order[low].id) : undefined;
    const group = /** @type {HTMLElement} */ (next?.parentElement ?? this.list.lastElementChild);
    group.insertBefore(row, next ?? null);
    if (group.childElementCount > GROUP) {
      const rest = /** @type {HTMLElement} */ (group.cloneNode());
      rest.append(...[...group.children].slice(GROUP / 2));
      group.after(rest);
    }
    this.order.splice(low, 0, span);
    this.rows.set(span.id, row);
    this.#sieve(row);
  }

  /** @param {Span} span */
  #row(span) {
    const row = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    this.labels.dress(row, span.label);
    const glyph = document.createElement("i");
    glyph.className = "glyph";
    const name = document.createElement("span");
    name.className = "visually-hidden";
    name.textContent = `${this.labels.nameOf(span.label)}: `;
    const quote = document.createElement("span");
    quote.className = "quote";
    quote.dir = "auto";
    quote.textContent = span.quote.replace(/\s+/g, " ");
    button.append(glyph, name, quote, ...this.#details(span));
    if (span.note) {
      const note = document.createElement("span");
      note.className = "note";
      note.textContent = text("note-shown", { note: span.note });
      button.append(note);
    }
    button.addEventListener("click", () => this.onChosen(span.id));
    row.append(button);
    return row;
  }

  /**
   * One line for what the span carries and what it still needs.
   * @param {Span} span
   */
  #details(span) {
    const given = [
      ...span.attributes,
      ...span.links.map(({ name, target }) => ({ name, value: this.spans.get(target)?.quote ?? "…" })),
    ].map((one) => text("detail", one));
    const lacking = missing(this.labels.get(span.label), span).map((name) => {
      const word = document.createElement("b");
      word.textContent = text("missing-detail", { name });
      return word;
    });
    const parts = [...given, ...lacking];
    if (!parts.length) return [];
    const line = document.createElement("span");
    line.className = "details";
    line.append(...parts.flatMap((part, index) => (index ? [" · ", part] : [part])));
    return [line];
  }

  /** @param {HTMLElement} row */
  #sieve(row) {
    const isOther = Boolean(this.filter.value) && row.dataset.label !== this.filter.value;
    const words = this.search.value.trim().toLocaleLowerCase();
    row.hidden = isOther || Boolean(words && !row.textContent?.toLocaleLowerCase().includes(words));
  }

  #count() {
    const isSieved = this.filter.value || this.search.value;
    const all = this.rows.size;
    const shown = isSieved && this.list.querySelectorAll("li:not([hidden])").length;
    this.shown.value = isSieved ? text("filtered", { shown, all }) : "";
  }
}
