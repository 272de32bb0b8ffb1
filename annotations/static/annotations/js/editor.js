/**
 * What a person does to spans: tag, relabel, resize, delete, note, undo.
 *
 * Each edit shows at once, goes to the outbox as ops, and can be undone together with the
 * selection it was made on. Sentences for the footer go out as `say` events.
 */

import { fitting, loosened } from "./details.js";
import { renamed } from "./history.js";
import { grow, occurrences } from "./moves.js";
import { newId } from "./ops.js";
import { text } from "./texts.js";

/** @typedef {import("./types.js").Extent} Extent */
/** @typedef {import("./types.js").Selection} Selection */
/** @typedef {import("./types.js").Span} Span */
/** @typedef {import("./spans.js").Change} Change */

export class Editor {
  /**
   * @param {object} parts
   * @param {EventTarget} parts.root
   * @param {import("./types.js").TextModel} parts.model
   * @param {import("./spans.js").Spans} parts.spans
   * @param {import("./sync.js").Sync} parts.sync
   * @param {import("./cursor.js").Cursor} parts.cursor
   * @param {import("./labels.js").Labels} parts.labels
   * @param {import("./history.js").History} parts.history
   */
  constructor({ root, model, spans, sync, cursor, labels, history }) {
    this.root = root;
    this.model = model;
    this.spans = spans;
    this.sync = sync;
    this.cursor = cursor;
    this.labels = labels;
    this.history = history;
    this.isReadOnly = false;
    /** @type {string | null} the span made or touched last */
    this.lastId = null;
    /** @type {{label: string, extents: Extent[]} | null} */
    this.preview = null;
  }

  /** The span that commands on "this" span mean: the active one, or the last one touched. */
  get subject() {
    return this.cursor.active ?? this.spans.get(this.lastId ?? "") ?? null;
  }

  /** @param {string} label tag the selection, or relabel the active span */
  label(label) {
    const { active, selection } = this.cursor;
    if (active) {
      const details = fitting(this.labels.get(label), active, this.spans);
      const freed = loosened(active, label, this.spans, this.labels);
      const change = changed(active, { label, ...details });
      if (this.#perform([...freed, change])) this.#sayWhatIs(this.cursor.active);
      return;
    }
    const refusal = this.#refusal(selection, label);
    if (refusal) {
      this.say(refusal);
      return;
    }
    const change = this.#created(selection, label);
    if (this.#perform([change])) this.#sayWhatIs(change.after);
  }

  /** @param {Selection} selection stretch the selection, or move the active span's edge */
  stretch(selection) {
    const { active } = this.cursor;
    if (!active) {
      this.cursor.stretchTo(selection);
      return;
    }
    if (this.#isFurniture(selection)) {
      this.say(text("outside-story"));
      return;
    }
    const { start, end } = selection;
    const quote = this.model.text.slice(start, end);
    if (this.#perform([changed(active, { start, end, quote })])) this.cursor.stretchTo(selection);
  }

  /** Grow to the sentence, then to the paragraph. */
  grow() {
    const wider = grow(this.model, this.cursor.selection);
    if (!wider) return;
    this.cursor.growth.push(this.cursor.selection);
    this.stretch(wider);
  }

  /** Take back the last `grow`. */
  shrink() {
    const narrower = this.cursor.growth.pop();
    if (narrower) this.stretch({ ...narrower, edge: this.cursor.selection.edge });
  }

  remove() {
    const { active } = this.cursor;
    if (!active) {
      this.say(text("open-first"));
      return;
    }
    const freed = loosened(active, null, this.spans, this.labels);
    if (this.#perform([...freed, { id: active.id, before: active, after: null }])) {
      this.say(text("deleted", { quote: short(active.quote) }));
    }
  }

  /**
   * @param {string} id
   * @param {string} note
   */
  annotate(id, note) {
    const span = this.spans.get(id);
    if (!span || span.note === note) return;
    if (this.#perform([changed(span, { note })])) this.say(text("noted", { quote: short(span.quote) }));
  }

  /**
   * Give a span its attributes and links.
   * @param {string} id
   * @param {Pick<Span, "attributes" | "links">} details
   */
  describe(id, details) {
    const span = this.spans.get(id);
    if (!span || !this.#perform([changed(span, details)])) return;
    this.say(text("described", { quote: short(span.quote) }));
  }

  /**
   * Make changes that were worked out elsewhere, as one edit.
   * @param {Change[]} changes
   * @returns {boolean} whether anything changed
   */
  make(changes) {
    return this.#perform(changes);
  }

  /**
   * Do what changes no span, and keep it for undo.
   * @param {import("./history.js").Deed} deed
   * @returns {boolean} whether it was done
   */
  act(deed) {
    if (this.isReadOnly) {
      this.say(text("read-only"));
      return false;
    }
    const { place } = this.cursor;
    deed.redo();
    this.history.record({ changes: [], before: place, after: place, deed });
    return true;
  }

  /** Show where else these words stand; `confirm` tags them all. */
  previewSame() {
    const { subject } = this;
    if (!subject) {
      this.say(text("nothing-to-repeat"));
      return;
    }
    const { label, quote } = subject;
    const extents = occurrences(this.model, subject).filter((extent) => !this.#exists(extent, label));
    const name = this.labels.nameOf(label);
    if (!extents.length) {
      this.say(text("no-others", { quote: short(quote), label: name }));
      return;
    }
    this.#setPreview({ label, extents });
    this.say(text("preview", { count: extents.length, quote: short(quote), label: name }));
  }

  /** Tag all that the preview shows, as one edit. */
  confirm() {
    if (!this.preview) return;
    const { label, extents } = this.preview;
    this.#setPreview(null);
    if (this.#perform(extents.map((extent) => this.#created(extent, label)))) {
      this.say(text("tagged-all", { count: extents.length, label: this.labels.nameOf(label) }));
    }
  }

  /** @returns {boolean} whether there was a preview to take away */
  dismissPreview() {
    if (!this.preview) return false;
    this.#setPreview(null);
    this.say("");
    return true;
  }

  undo() {
    this.#replay(this.history.undo(), "undone", "nothing-to-undo");
  }

  redo() {
    this.#replay(this.history.redo(), "redone", "nothing-to-redo");
  }

  /**
   * Make an edit again that the server had turned down.
   * @param {import("./types.js").Op} op
   * @param {import("./offsets.js").Offsets} offsets
   * @returns {boolean} whether it could be made
   */
  repeat(op, offsets) {
    const span = this.spans.get(op.span_id ?? "");
    if (op.type === "delete") {
      return !span || this.#perform([{ id: span.id, before: span, after: null }]);
    }
    const { start, end } = offsets.fromWire({ start: op.start ?? 0, end: op.end ?? 0 });
    if (span) {
      const place = end ? { start, end, quote: this.model.text.slice(start, end) } : {};
      const { label = span.label, note = span.note } = op;
      const { attributes = span.attributes, links = span.links } = op;
      const details = fitting(this.labels.get(label), { attributes, links }, this.spans);
      return this.#perform([changed(span, { ...place, label, note, ...details })]);
    }
    return Boolean(op.label && end) && this.#perform([this.#created({ start, end }, op.label ?? "")]);
  }

  /** @param {string} sentence */
  say(sentence) {
    this.root.dispatchEvent(new CustomEvent("say", { detail: { sentence } }));
  }

  /**
   * @param {Change[]} changes
   * @returns {boolean} whether anything changed
   */
  #perform(changes) {
    if (this.isReadOnly) {
      this.say(text("read-only"));
      return false;
    }
    const before = this.cursor.place;
    const made = this.sync.edit(changes);
    if (!made.length) return false;
    this.lastId = made[made.length - 1].after?.id ?? this.lastId;
    this.history.record({ changes: made, before, after: this.cursor.place });
    return true;
  }

  /**
   * @param {ReturnType<import("./history.js").History["undo"]>} step
   * @param {string} done
   * @param {string} nothing
   */
  #replay(step, done, nothing) {
    if (this.isReadOnly || !step) {
      this.say(text(this.isReadOnly ? "read-only" : nothing));
      return;
    }
    let waiting = step.changes;
    const changes = [];
    while (waiting.length) {
      const { id } = waiting[0];
      if (!waiting[0].before && waiting[0].after) {
        const fresh = newId();
        this.history.rename(id, fresh);
        waiting = waiting.map((change) => renamed(change, id, fresh));
        changes.push(waiting[0]);
      } else if (this.spans.get(id)) {
        changes.push(waiting[0]);
      }
      waiting = waiting.slice(1);
    }
    this.sync.edit(changes);
    const { deed } = step.entry;
    deed?.[done === "undone" ? "undo" : "redo"]();
    this.cursor.restore(step.entry[done === "undone" ? "before" : "after"]);
    this.say(text(changes.length || deed ? done : "changed-elsewhere"));
  }

  /**
   * @param {Extent} extent
   * @param {string} label
   * @returns {Change}
   */
  #created({ start, end }, label) {
    const id = newId();
    const quote = this.model.text.slice(start, end);
    const span = { id, rev: 0, start, end, label, quote, attributes: [], links: [], note: "" };
    return { id, before: null, after: span };
  }

  /**
   * @param {Extent} extent
   * @param {string} label
   */
  #refusal(extent, label) {
    if (extent.start >= extent.end) return text("nothing-selected");
    if (this.#isFurniture(extent)) return text("outside-story");
    if (this.#exists(extent, label)) return text("already", { label: this.labels.nameOf(label) });
    return "";
  }

  /** @param {Extent} extent */
  #isFurniture({ start, end }) {
    return this.model.boilerplate.some((zone) => zone.start <= start && end <= zone.end);
  }

  /**
   * @param {Extent} extent
   * @param {string} label
   */
  #exists({ start, end }, label) {
    return [...this.spans.byId.values()].some(
      (span) => span.start === start && span.end === end && span.label === label,
    );
  }

  /** @param {Editor["preview"]} preview */
  #setPreview(preview) {
    this.preview = preview;
    this.root.dispatchEvent(
      new CustomEvent("preview-changed", { detail: { extents: preview?.extents ?? [] } }),
    );
  }

  /** @param {Span | null} span */
  #sayWhatIs(span) {
    if (!span) return;
    this.say(text("is", { quote: short(span.quote), label: this.labels.nameOf(span.label) }));
  }
}

/**
 * @param {Span} span
 * @param {Partial<Span>} set
 * @returns {Change}
 */
function changed(span, set) {
  return { id: span.id, before: span, after: { ...span, ...set } };
}

/** @param {string} quote shortened so that a message has room for what it says */
function short(quote) {
  return quote.length > 60 ? `${quote.slice(0, 58).trimEnd()}…` : quote;
}
