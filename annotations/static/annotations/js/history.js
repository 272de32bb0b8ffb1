/**
 * Undo and redo of a person's own edits, with the selection they had.
 */

/** @typedef {import("./spans.js").Change} Change */
/** @typedef {{changes: Change[], before: unknown, after: unknown}} Entry */

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

  /**
   * Return the changes that take back the last edit and the selection before it, or null.
   * @returns {{changes: Change[], selection: unknown} | null}
   */
  undo() {
    const entry = this.done.pop();
    if (!entry) return null;
    this.undone.push(entry);
    const changes = entry.changes.map(({ id, before, after }) => ({ id, before: after, after: before }));
    return { changes: changes.reverse(), selection: entry.before };
  }

  /** @returns {{changes: Change[], selection: unknown} | null} */
  redo() {
    const entry = this.undone.pop();
    if (!entry) return null;
    this.done.push(entry);
    return { changes: entry.changes, selection: entry.after };
  }

  /**
   * A span taken out and put back has a new id, since the server never revives an old one;
   * let every remembered edit speak of the new one.
   * @param {string} from
   * @param {string} to
   */
  rename(from, to) {
    for (const entry of [...this.done, ...this.undone]) {
      for (const change of entry.changes) {
        if (change.id !== from) continue;
        change.id = to;
        if (change.before) change.before = { ...change.before, id: to };
        if (change.after) change.after = { ...change.after, id: to };
      }
    }
  }
}
