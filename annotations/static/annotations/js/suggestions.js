/**
 * What machines proposed for the article, and what the coder answers: accepted suggestions
 * become spans that keep their origin, refused ones are remembered, and both can be undone.
 *
 * Whatever changes is told by a `suggestions-changed` event on the page's root element.
 */

import { fitting, mayPointTo } from "./details.js";
import { newId } from "./ops.js";
import { readingOrder } from "./spans.js";
import { text } from "./texts.js";

/** @typedef {import("./types.js").Span} Span */
/** @typedef {import("./types.js").Suggestion} Suggestion */
/** @typedef {import("./spans.js").Spans} Spans */
/** @typedef {import("./spans.js").Change} Change */

export class Suggestions {
  /**
   * @param {object} parts
   * @param {EventTarget} parts.root
   * @param {Suggestion[]} parts.all in units
   * @param {Spans} parts.spans
   * @param {import("./labels.js").Labels} parts.labels
   * @param {import("./outbox.js").Outbox} parts.outbox
   * @param {import("./cursor.js").Cursor} parts.cursor
   * @param {import("./editor.js").Editor} parts.editor
   */
  constructor({ root, all, spans, labels, outbox, cursor, editor }) {
    this.root = root;
    this.all = all.filter(({ label }) => labels.get(label)?.retired === false).sort(readingOrder);
    this.spans = spans;
    this.labels = labels;
    this.outbox = outbox;
    this.cursor = cursor;
    this.editor = editor;
    /** @type {Set<string>} */
    this.refused = new Set();
    /** @type {Suggestion[]} what waits for an answer, in reading order */
    this.open = [];
    /** @type {Suggestion | null} the one that Enter accepts and X refuses */
    this.atHand = null;
    if (!all.length) return;
    root.addEventListener("cursor-moved", () => this.#take(null));
    root.addEventListener("spans-changed", () => this.#changed());
    root.addEventListener("ops-answered", (event) => {
      const { answer } = /** @type {CustomEvent} */ (event).detail;
      if (answer.refused) this.reset(answer.refused);
    });
  }

  /**
   * Start from what the server knows to be refused, and what this device still has to send.
   * @param {string[]} refused
   */
  reset(refused) {
    this.refused = new Set(refused);
    for (const { type, source } of this.outbox.waiting) {
      if (source && type === "refuse") this.refused.add(source.suggestion);
      if (source && type === "restore") this.refused.delete(source.suggestion);
    }
    this.#changed();
  }

  /** @param {1 | -1} step to the next or previous open suggestion, round the end of the text */
  go(step) {
    const { open } = this;
    const { start } = this.cursor.selection;
    let index = open.findIndex(({ id }) => id === this.atHand?.id);
    if (index !== -1) index += step;
    else if (step > 0) index = open.findIndex((one) => one.start >= start);
    else index = open.filter((one) => one.start < start).length - 1;
    if (index < 0 && step > 0) index = 0;
    const next = open[(index + open.length) % open.length];
    if (next) this.choose(next.id);
    else this.editor.say(text("no-suggestions"));
  }

  /** @param {string} id */
  choose(id) {
    const chosen = this.open.find((one) => one.id === id);
    if (!chosen) return;
    this.cursor.select({ start: chosen.start, end: chosen.end, edge: "end" });
    this.#take(chosen);
    const { quote, origin } = chosen;
    const label = this.labels.nameOf(chosen.label);
    this.editor.say(text("suggested", { quote, label, origin }));
  }

  /**
   * Make spans of suggestions, and go on to the next one.
   * @param {Suggestion[]} chosen
   */
  accept(chosen) {
    const from = this.#placeOf(chosen);
    if (!this.editor.make(acceptances(chosen, this.all, this.spans, this.labels))) return;
    this.#goOn(from, text("accepted", { count: chosen.length }));
  }

  /**
   * Want none of these, and go on to the next one.
   * @param {Suggestion[]} chosen
   */
  refuse(chosen) {
    const from = this.#placeOf(chosen);
    const isDone = this.editor.act({
      redo: () => this.#answer("refuse", chosen),
      undo: () => this.#answer("restore", chosen),
    });
    if (isDone) this.#goOn(from, text("refused", { count: chosen.length }));
  }

  /**
   * @param {"refuse" | "restore"} type
   * @param {Suggestion[]} chosen
   */
  #answer(type, chosen) {
    for (const { origin, id } of chosen) {
      this.outbox.add({ type, source: { origin, suggestion: id } });
      if (type === "refuse") this.refused.add(id);
      else this.refused.delete(id);
    }
    this.#changed();
  }

  /** @param {Suggestion[]} chosen */
  #placeOf([first]) {
    return this.all.indexOf(first);
  }

  /**
   * @param {number} from
   * @param {string} sentence for when nothing is left to go on to
   */
  #goOn(from, sentence) {
    const next = this.open.find((one) => this.all.indexOf(one) > from) ?? this.open[0];
    if (next) this.choose(next.id);
    else this.editor.say(sentence);
  }

  #changed() {
    const taken = new Set();
    for (const { source, start, end, label } of this.spans.byId.values()) {
      if (source) taken.add(source.suggestion);
      taken.add(`${start} ${end} ${label}`);
    }
    const open = this.all.filter(({ id, start, end, label }) => {
      const isTaken = taken.has(id) || taken.has(`${start} ${end} ${label}`);
      return !isTaken && !this.refused.has(id);
    });
    const isSame = open.length === this.open.length && open.every((one, at) => one === this.open[at]);
    if (isSame) return;
    this.open = open;
    const { atHand } = this;
    this.atHand = atHand && open.includes(atHand) ? atHand : null;
    this.#announce();
  }

  /** @param {Suggestion | null} suggestion */
  #take(suggestion) {
    if (suggestion === this.atHand) return;
    this.atHand = suggestion;
    this.#announce();
  }

  #announce() {
    this.root.dispatchEvent(new CustomEvent("suggestions-changed"));
  }
}

/**
 * Return the changes that make spans of suggestions. Links follow to what is accepted too,
 * now or before; what a link points to comes first, as the server wants it.
 * @param {Suggestion[]} chosen
 * @param {Suggestion[]} all
 * @param {Spans} spans
 * @param {{get: (key: string) => import("./types.js").Label | undefined}} labels
 * @returns {Change[]}
 */
export function acceptances(chosen, all, spans, labels) {
  const wanted = new Map(chosen.map((one) => [one.id, one]));
  /** @type {Map<string, Span>} the span of each accepted suggestion */
  const made = new Map();
  for (const span of spans.byId.values()) if (span.source) made.set(span.source.suggestion, span);
  const known = [...made];
  /** @type {Change[]} */
  const changes = [];

  /** @param {Suggestion} suggestion */
  function make(suggestion) {
    wanted.delete(suggestion.id);
    for (const { target } of suggestion.links) {
      const other = wanted.get(target);
      if (other) make(other);
    }
    const { origin, start, end, label, quote, attributes, note, id } = suggestion;
    const links = suggestion.links.flatMap(({ name, target }) => {
      const other = made.get(target);
      return other ? [{ name, target: other.id }] : [];
    });
    const byId = new Map([...made.values()].map((span) => [span.id, span]));
    const span = {
      ...{ id: newId(), rev: 0, start, end, label, quote, note },
      ...fitting(labels.get(label), { attributes, links }, byId),
      source: { origin, suggestion: id },
    };
    made.set(id, span);
    changes.push({ id: span.id, before: null, after: span });
  }

  for (const suggestion of chosen) if (wanted.has(suggestion.id)) make(suggestion);
  const suggestionOf = new Map(all.map((one) => [one.id, one]));
  const fresh = new Set(chosen.map(({ id }) => id));
  for (const [id, span] of known) {
    const declared = labels.get(span.label)?.links ?? [];
    const more = (suggestionOf.get(id)?.links ?? []).flatMap(({ name, target }) => {
      const other = fresh.has(target) ? made.get(target) : undefined;
      const link = declared.find((one) => one.name === name);
      const isFull = link?.single && span.links.some((one) => one.name === name);
      const fits = other && link && mayPointTo(link, other.label) && !isFull;
      return fits ? [{ name, target: other.id }] : [];
    });
    if (more.length) {
      changes.push({ id: span.id, before: span, after: { ...span, links: [...span.links, ...more] } });
    }
  }
  return changes;
}
