/**
 * Send ops to the server in order, one request at a time, until it has answered for each.
 *
 * The person never waits and nothing is dropped: an op leaves the box only when the server
 * said what became of it. What happens is told by events on `root`:
 *   `save-state`     {state: "saved" | "saving" | "offline" | "signed-out" | "closed", count, isKept}
 *   `ops-answered`   {ops, answer}: the server took these; `answer.changes` is news
 *   `ops-rejected`   {items}: ops that could not be saved
 *   `outbox-closed`  {code, detail}: the server takes no more ops for this assignment
 */

/** @typedef {import("./types.js").Op} Op */
/** @typedef {import("./types.js").OpDraft} OpDraft */
/** @typedef {import("./types.js").OpsAnswer} OpsAnswer */
/** @typedef {import("./types.js").Rejected} Rejected */

import { newId } from "./ops.js";

const DEBOUNCE = 400;
const BATCH = 200;
const KEEPALIVE_BYTES = 60_000;
const FIRST_RETRY = 1_000;
const LAST_RETRY = 60_000;

/**
 * @typedef {object} Parts
 * @property {EventTarget} root
 * @property {Pick<import("./outbox-store.js").OutboxStore, "add" | "settle" | "isWorking"> | null} store
 * @property {(body: object, options: {keepalive: boolean}) => Promise<Response>} post
 * @property {() => Promise<void>} renewCsrf
 * @property {{text_sha256: string, codebook_version: number}} pinned
 * @property {() => number} [random]
 */

export class Outbox {
  /** @param {Parts} parts */
  constructor({ root, store, post, renewCsrf, pinned, random = Math.random }) {
    this.root = root;
    this.store = store;
    this.post = post;
    this.renewCsrf = renewCsrf;
    this.pinned = pinned;
    this.random = random;
    this.clientId = newId();
    this.docRev = 0;
    this.lastSeq = 0;
    /** @type {Op[]} */
    this.waiting = [];
    /** @type {"open" | "paused" | "signed-out" | "closed"} */
    this.status = "open";
    this.sending = false;
    this.failures = 0;
    this.batch = BATCH;
    this.hasFreshCsrf = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  get isEmpty() {
    return this.waiting.length === 0;
  }

  /**
   * Take over what an earlier page left behind.
   * @param {{ops: Op[], rejected: Rejected[]}} kept
   * @param {number} docRev what the page has seen of the assignment
   */
  resume({ ops, rejected }, docRev) {
    this.waiting = ops;
    this.lastSeq = Math.max(0, ...[...ops, ...rejected.map((item) => item.op)].map((op) => op.seq));
    this.docRev = docRev;
    this.status = "open";
    this.#announce();
    if (ops.length) this.#schedule(0);
  }

  /**
   * Keep an op and send it soon.
   * @param {OpDraft} draft
   * @returns {Op}
   */
  add(draft) {
    this.lastSeq += 1;
    const made = { op_id: newId(), seq: this.lastSeq, client_time: new Date().toISOString() };
    const op = { ...made, ...draft };
    this.waiting.push(op);
    this.store?.add(op);
    this.#announce();
    if (!this.failures) this.#schedule(DEBOUNCE);
    return op;
  }

  /** Send at once what waits; with nothing waiting, ask for news from other devices. */
  async flush() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.sending || this.status !== "open") return;
    this.sending = true;
    this.#announce();
    const ops = this.waiting.slice(0, this.batch);
    try {
      // A small request outlives the page; a big one is not allowed to.
      const body = this.#body(ops);
      const keepalive = JSON.stringify(body).length * 3 < KEEPALIVE_BYTES;
      await this.#read(await this.post(body, { keepalive }), ops);
    } catch {
      this.#retryLater();
    } finally {
      this.sending = false;
    }
    this.#announce();
    if (this.waiting.length && !this.timer) this.#schedule(0);
  }

  /** Flush, and resolve once the box is empty or cannot be emptied now. */
  async drain() {
    while (this.sending) await new Promise((resolve) => setTimeout(resolve, 20));
    do await this.flush();
    while (!this.isEmpty && this.status === "open" && !this.failures);
    return this.isEmpty;
  }

  /** The page is being hidden and may never come back: send as much as a browser lets out. */
  flushBeforeLeaving() {
    if (this.isEmpty || this.status !== "open") return;
    if (!this.sending) {
      void this.flush();
      return;
    }
    // The request under way may die with the page. This one repeats its ops and adds the
    // later ones; whichever arrives second is answered "duplicate".
    const ops = [];
    let bytes = 0;
    const encoder = new TextEncoder();
    for (const op of this.waiting.slice(0, BATCH)) {
      bytes += encoder.encode(JSON.stringify(op)).length;
      if (bytes > KEEPALIVE_BYTES) break;
      ops.push(op);
    }
    this.post(this.#body(ops), { keepalive: true }).catch(() => undefined);
  }

  /** Another tab edits now: send nothing until `resume`. */
  pause() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.status = "paused";
  }

  /** The same person is signed in again. */
  signedIn() {
    if (this.status !== "signed-out") return;
    this.status = "open";
    void this.flush();
  }

  /** @param {Op[]} ops */
  #body(ops) {
    return { client_id: this.clientId, since: this.docRev, ...this.pinned, ops };
  }

  /**
   * @param {Response} response
   * @param {Op[]} ops
   */
  async #read(response, ops) {
    if (response.ok) {
      this.#settle(await response.json(), ops);
      return;
    }
    const problem = await response.json().catch(() => ({}));
    if (response.status === 401) {
      this.status = "signed-out";
    } else if (response.status === 403 && !this.hasFreshCsrf) {
      // The token changes with every sign-in, also in another tab.
      this.hasFreshCsrf = true;
      await this.renewCsrf();
      this.#schedule(0);
    } else if ([400, 413, 422].includes(response.status)) {
      this.#isolate(ops, problem);
    } else if (response.status >= 500 || [408, 425, 429].includes(response.status)) {
      this.#retryLater(Number(response.headers.get("Retry-After")) * 1000);
    } else {
      // Sending the same again would be answered the same.
      this.status = "closed";
      const detail = { code: problem.code ?? String(response.status), detail: problem.detail ?? "" };
      this.root.dispatchEvent(new CustomEvent("outbox-closed", { detail }));
    }
  }

  /**
   * @param {OpsAnswer} answer
   * @param {Op[]} ops
   */
  #settle(answer, ops) {
    this.failures = 0;
    this.hasFreshCsrf = false;
    this.batch = BATCH;
    this.docRev = answer.doc_rev;
    const results = new Map(answer.results.map((result) => [result.op_id, result]));
    const answered = ops.filter((op) => results.has(op.op_id));
    /** @type {Rejected[]} */
    const items = [];
    const lost = new Set();
    for (const op of answered) {
      const result = results.get(op.op_id);
      // The answer to a repeated op tells how it went the first time.
      const status = result?.first ?? result?.status ?? "applied";
      const isDone = status === "applied" || status === "duplicate";
      if (isDone || (status === "gone" && op.type === "delete")) continue;
      items.push({ op, status, detail: detailOf(result?.error) });
      if (status === "conflict" || status === "gone") lost.add(op.span_id);
    }
    // Edits made since on a span that turned out otherwise were made on something else.
    const stranded = this.waiting.filter((op) => lost.has(op.span_id) && !answered.includes(op));
    for (const op of stranded) items.push({ op, status: "conflict", detail: "" });
    this.#drop([...answered, ...stranded], items);
    this.root.dispatchEvent(new CustomEvent("ops-answered", { detail: { ops, answer } }));
  }

  /**
   * The server could not read the request. Find the op at fault by halves and put it aside.
   * @param {Op[]} ops
   * @param {{detail?: string}} problem
   */
  #isolate(ops, problem) {
    if (ops.length > 1) {
      this.batch = Math.ceil(ops.length / 2);
    } else {
      this.batch = BATCH;
      this.#drop(
        ops,
        ops.map((op) => ({ op, status: "invalid", detail: problem.detail ?? "" })),
      );
    }
  }

  /**
   * @param {Op[]} ops
   * @param {Rejected[]} items
   */
  #drop(ops, items) {
    const gone = new Set(ops);
    this.waiting = this.waiting.filter((op) => !gone.has(op));
    this.store?.settle(ops, items);
    if (items.length) {
      this.root.dispatchEvent(new CustomEvent("ops-rejected", { detail: { items } }));
    }
  }

  /** @param {number} [least] what the server asked for, in ms */
  #retryLater(least = 0) {
    const wait = Math.min(FIRST_RETRY * 2 ** this.failures, LAST_RETRY) * (0.5 + this.random() / 2);
    this.failures += 1;
    this.#schedule(Math.max(wait, least || 0));
  }

  /** @param {number} delay */
  #schedule(delay) {
    if (this.status !== "open") return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), delay);
  }

  #announce() {
    const state = this.status === "open" ? this.#progress() : this.status;
    const detail = { state, count: this.waiting.length, isKept: this.store?.isWorking ?? false };
    this.root.dispatchEvent(new CustomEvent("save-state", { detail }));
  }

  #progress() {
    if (this.failures) return "offline";
    return this.isEmpty ? "saved" : "saving";
  }
}

/** @param {import("./types.js").OpResult["error"]} error */
function detailOf(error) {
  return typeof error === "string" ? error : (error?.detail ?? "");
}
