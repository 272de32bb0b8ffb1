/**
 * A stand-in for the server at the far end of the network: the saving protocol in memory,
 * behind a line that loses requests and answers.
 */

/** @typedef {import("../../annotations/static/annotations/js/types.js").Op} Op */
/** @typedef {import("../../annotations/static/annotations/js/types.js").Span} Span */

export class Ledger {
  /** @param {() => number} random */
  constructor(random = Math.random) {
    this.random = random;
    this.loss = 0;
    this.docRev = 0;
    /** @type {Map<string, any>} */
    this.answered = new Map();
    /** @type {Map<string, Span>} */
    this.spans = new Map();
    /** @type {Map<string, {rev: number, client_id: string}>} */
    this.touched = new Map();
    /** @type {{status: number, body: object, headers?: Record<string, string>}[]} what to answer next instead */
    this.refusals = [];
    /** @type {any[]} */
    this.requests = [];
  }

  /** @param {any} body */
  async post(body) {
    if (this.random() < this.loss) throw new TypeError("the request got lost");
    this.requests.push(structuredClone(body));
    const refusal = this.refusals.shift();
    if (refusal) return Response.json(refusal.body, { status: refusal.status, headers: refusal.headers });
    /** @type {Set<string>} */
    const disputed = new Set();
    const results = body.ops.map((/** @type {Op} */ op) => this.#take(op, body.client_id, disputed));
    const changes = [...this.touched]
      .filter(([, { rev }]) => rev > body.since)
      .map(([id, { rev, client_id }]) => ({
        rev,
        span_id: id,
        span: this.spans.get(id) ?? null,
        client_id,
      }));
    if (this.random() < this.loss) throw new TypeError("the answer got lost");
    return Response.json(structuredClone({ doc_rev: this.docRev, results, changes }));
  }

  /**
   * @param {any} op
   * @param {string} client
   * @param {Set<string>} disputed spans on which an op of this request has lost
   */
  #take(op, client, disputed) {
    const known = this.answered.get(op.op_id);
    if (known) return { ...known, status: "duplicate", first: known.status };
    const result = { op_id: op.op_id, ...this.#apply(op, disputed) };
    if (result.status === "applied") {
      this.docRev += 1;
      this.touched.set(op.span_id, { rev: this.docRev, client_id: client });
    }
    this.answered.set(op.op_id, result);
    return result;
  }

  /**
   * @param {any} op
   * @param {Set<string>} disputed
   */
  #apply(op, disputed) {
    const span = this.spans.get(op.span_id);
    if (op.type === "create") {
      if (op.quote === "refuse me") return { status: "invalid", error: { detail: "No." } };
      const { label, start, end, quote, note = "" } = op;
      const made = { label, start, end, quote, note, attributes: [], links: [] };
      this.spans.set(op.span_id, { id: op.span_id, rev: 1, ...made });
      return { status: "applied" };
    }
    if (!span) return { status: "gone" };
    if (op.type === "delete") {
      this.spans.delete(op.span_id);
      return { status: "applied" };
    }
    if (op.base_rev !== span.rev || disputed.has(op.span_id)) {
      disputed.add(op.span_id);
      return { status: "conflict", span };
    }
    const { label = span.label, start = span.start, end = span.end, note = span.note } = op;
    const quote = op.quote ?? span.quote;
    this.spans.set(op.span_id, { ...span, label, start, end, note, quote, rev: span.rev + 1 });
    return { status: "applied" };
  }
}
