/**
 * Undo and redo of a person's own edits, together with the place where they made them.
 */

/** @typedef {import("./spans.js").Change} Change */
/** @typedef {import("./cursor.js").Place} Place */
/** @typedef {{undo: () => void, redo: () => void}} Deed what changes no span and can be undone */
/** @typedef {{changes: Change[], before: Place, after: Place, deed?: Deed}} Entry */

export class History {
  constructor() {
    /** @type {Entry[]} */
    this.done = [];
    /** @type {Entry[]} */
    this.undone = [];
  }

  /** @param {Entry} entry */
  record(entry) {
    this.done.push(entry);
    this.undone = [];
  }

  /** Step back: return the changes that take back the last edit, and its entry; null if none. */
  undo() {
    const entry = this.done.pop();
    if (!entry) return null;
    this.undone.push(entry);
    const changes = entry.changes.map(({ id, before, after }) => ({ id, before: after, after: before }));
    return { changes: changes.reverse(), entry };
  }

  /** Step forward again: return the changes of the edit taken back last, and its entry. */
  redo() {
    const entry = this.undone.pop();
    if (!entry) return null;
    this.done.push(entry);
    return { changes: entry.changes, entry };
  }

  /**
   * A span taken out and put back has a new id, since the server never revives an old one;
   * let every remembered edit, and every link in one, speak of the new one.
   * @param {string} from
   * @param {string} to
   */
  rename(from, to) {
    for (const entry of [...this.done, ...this.undone]) {
      entry.changes = entry.changes.map((change) => renamed(change, from, to));
      for (const place of [entry.before, entry.after]) {
        if (place.activeId === from) place.activeId = to;
      }
    }
  }
}

/**
 * Return a change as it reads once the span `from` is called `to`.
 * @param {Change} change
 * @param {string} from
 * @param {string} to
 * @returns {Change}
 */
export function renamed({ id, before, after }, from, to) {
  const name = (/** @type {string} */ old) => (old === from ? to : old);
  const told = (/** @type {import("./types.js").Span | null} */ span) =>
    span && {
      ...span,
      id: name(span.id),
      links: span.links.map((link) => ({ ...link, target: name(link.target) })),
    };
  return { id: name(id), before: told(before), after: told(after) };
}
