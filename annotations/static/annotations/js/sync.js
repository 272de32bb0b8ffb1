/**
 * Keep the spans on the page equal to the server's plus the ops still waiting.
 */

import { opFor, replay } from "./ops.js";

/** @typedef {import("./types.js").Span} Span */
/** @typedef {import("./spans.js").Change} Change */

export class Sync {
  /**
   * @param {object} parts
   * @param {EventTarget} parts.root
   * @param {import("./spans.js").Spans} parts.spans
   * @param {import("./outbox.js").Outbox} parts.outbox
   * @param {import("./offsets.js").Offsets} parts.offsets
   */
  constructor({ root, spans, outbox, offsets }) {
    this.root = root;
    this.spans = spans;
    this.outbox = outbox;
    this.offsets = offsets;
    /** @type {Map<string, Span>} */
    this.server = new Map();
    root.addEventListener("ops-answered", (event) => {
      this.#learn(/** @type {CustomEvent} */ (event).detail);
    });
  }

  /**
   * Start from what the server holds and what this device still has to send.
   * @param {Span[]} held in code points
   */
  reset(held) {
    const ids = new Set([...this.spans.byId.keys(), ...held.map((span) => span.id)]);
    this.server = new Map(held.map((span) => [span.id, span]));
    for (const op of this.outbox.waiting) if (op.span_id) ids.add(op.span_id);
    this.#show(ids);
  }

  /**
   * Make changes of the person's own: on the page at once, on the server soon.
   * @param {Change[]} changes
   * @returns {Change[]} as they came out
   */
  edit(changes) {
    const made = this.spans.apply(
      changes.map(({ id, after }) => ({ id, span: after && { ...after, rev: this.#nextRev(id) } })),
    );
    for (const change of made) this.outbox.add(opFor(change, this.offsets));
    return made;
  }

  /** @param {string} id */
  #nextRev(id) {
    return (this.spans.get(id)?.rev ?? 0) + 1;
  }

  /** @param {{ops: import("./types.js").Op[], answer: import("./types.js").OpsAnswer}} detail */
  #learn({ ops, answer }) {
    const ids = new Set(ops.flatMap((op) => (op.span_id ? [op.span_id] : [])));
    for (const { op_id, status, span } of answer.results) {
      // What was applied is among the changes; a replayed answer may be older than they are.
      const id = ops.find((op) => op.op_id === op_id)?.span_id;
      if (id && (status === "conflict" || status === "gone")) this.#hold(id, span ?? null);
    }
    let isElsewhere = false;
    for (const { span_id, span, client_id } of answer.changes) {
      this.#hold(span_id, span);
      ids.add(span_id);
      isElsewhere ||= client_id !== this.outbox.clientId;
    }
    this.#show(ids);
    if (isElsewhere) this.root.dispatchEvent(new CustomEvent("edited-elsewhere"));
  }

  /**
   * @param {string} id
   * @param {Span | null} span
   */
  #hold(id, span) {
    if (span) this.server.set(id, span);
    else this.server.delete(id);
  }

  /** @param {Set<string>} ids */
  #show(ids) {
    this.spans.apply(
      [...ids].map((id) => {
        const waiting = this.outbox.waiting.filter((op) => op.span_id === id);
        const span = replay(this.server.get(id) ?? null, waiting);
        return { id, span: span && this.offsets.fromWire(span) };
      }),
    );
  }
}
