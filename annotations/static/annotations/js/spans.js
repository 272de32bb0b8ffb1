/**
 * The spans on the page, and the order in which people meet them.
 *
 * Every change is announced by one `spans-changed` event on the page's root element,
 * with `detail.changes: [{id, before, after}]`, null standing for "not there".
 */

/** @typedef {import("./types.js").Span} Span */
/** @typedef {{id: string, before: Span | null, after: Span | null}} Change */

export class Spans {
  /** @param {EventTarget} root */
  constructor(root) {
    this.root = root;
    /** @type {Map<string, Span>} */
    this.byId = new Map();
  }

  get size() {
    return this.byId.size;
  }

  /** @param {string} id */
  get(id) {
    return this.byId.get(id);
  }

  /** All spans as a reader meets them: by start, the longer first. */
  inOrder() {
    return [...this.byId.values()].sort(readingOrder);
  }

  /**
   * Return the spans that hold `extent`, innermost first.
   * @param {{start: number, end: number}} extent
   */
  around({ start, end }) {
    return [...this.byId.values()]
      .filter((span) => span.start <= start && end <= span.end)
      .sort((a, b) => a.end - a.start - (b.end - b.start) || readingOrder(a, b));
  }

  /**
   * Put spans in, or take them out where `span` is null, and announce what really changed.
   * @param {{id: string, span: Span | null}[]} wanted
   * @returns {Change[]}
   */
  apply(wanted) {
    const changes = [];
    for (const { id, span } of wanted) {
      const before = this.byId.get(id) ?? null;
      if (same(before, span)) continue;
      if (span) this.byId.set(id, span);
      else this.byId.delete(id);
      changes.push({ id, before, after: span });
    }
    if (changes.length) {
      this.root.dispatchEvent(new CustomEvent("spans-changed", { detail: { changes } }));
    }
    return changes;
  }
}

/**
 * @param {Pick<Span, "start" | "end" | "label">} a
 * @param {Pick<Span, "start" | "end" | "label">} b
 */
export function readingOrder(a, b) {
  return a.start - b.start || b.end - a.end || (a.label < b.label ? -1 : 1);
}

/**
 * @param {Span | null} a
 * @param {Span | null} b
 */
function same(a, b) {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
