/**
 * Rulings on their way to the server: in order, one request at a time, kept on this device.
 *
 * What the server refused and has not kept itself stays on this device, until it is sent again or
 * given up.
 *
 * Announces `save-state` with `detail.state` and `detail.count` on the page's root element.
 */

/**
 * @typedef {object} Job
 * @property {number} seq its place in the order, which no job of another tab shares
 * @property {"rule" | "reopen" | "add" | "take-back" | "finish"} kind
 * @property {string | null} cardId
 * @property {any} body what is sent, offsets in code points
 * @property {string} [known] the ruling that the card had when this one was made
 * @property {number} version of the task, when it was made; for an addition that was sent, when
 *   it was sent first
 * @property {string} [key] under which the server adds a span once, however often it is sent
 * @property {boolean} [isLate] whether somebody has ruled on the card since
 * @property {() => void} [undone] puts back what was shown too early; not kept
 *
 * @typedef {{op: Job, sentence: string}} Refused
 *
 * @typedef {"settled" | "again" | "offline" | "signed-out"} Outcome
 */

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

export class RulingQueue {
  /**
   * @param {object} parts
   * @param {EventTarget} parts.root
   * @param {import("./outbox-store.js").OutboxStore | null} parts.store
   * @param {(job: Job) => Promise<Outcome>} parts.send settles the job if the server has answered
   */
  constructor({ root, store, send }) {
    this.root = root;
    this.store = store;
    this.send = send;
    /** @type {Job[]} */
    this.jobs = [];
    /** @type {Refused[]} */
    this.refused = [];
    this.isSending = false;
    this.wait = FIRST_WAIT;
    this.lastSeq = 0;
  }

  /** Return what an earlier visit has left, oldest first. @returns {Promise<Job[]>} */
  async load() {
    const kept = await this.store?.load().catch(() => null);
    /** @type {Job[]} */
    const jobs = /** @type {any} */ (kept?.ops ?? []);
    this.refused = /** @type {any} */ (kept?.rejected ?? []);
    this.lastSeq = Math.max(0, ...[...jobs, ...this.refused.map(({ op }) => op)].map(({ seq }) => seq));
    return jobs;
  }

  /**
   * Number a job.
   * @param {Omit<Job, "seq">} what
   * @returns {Job}
   */
  made(what) {
    this.lastSeq = Math.max(Date.now(), this.lastSeq + 1);
    return { ...what, seq: this.lastSeq };
  }

  /** @param {Job} job */
  push(job) {
    this.jobs.push(job);
    this.keep(job);
    this.resume();
  }

  /**
   * Write a job down as it is now.
   * @param {Job} job
   * @param {Partial<Job>} [changes]
   */
  keep(job, changes = {}) {
    const { undone, ...kept } = Object.assign(job, changes);
    this.store?.add(/** @type {any} */ (kept));
  }

  /**
   * Forget a job that the server has answered.
   * @param {Job} job
   */
  settle(job) {
    this.jobs = this.jobs.filter((other) => other !== job);
    this.store?.settle([/** @type {any} */ (job)], []);
  }

  /**
   * Keep a job that the server has refused.
   * @param {Job} job
   * @param {string} sentence why
   */
  refuse(job, sentence) {
    const { undone, ...op } = job;
    const item = { op, sentence };
    this.jobs = this.jobs.filter((other) => other !== job);
    this.refused.push(item);
    this.store?.settle([/** @type {any} */ (job)], [/** @type {any} */ (item)]);
  }

  /**
   * Forget a job that was refused.
   * @param {Refused} item
   */
  dismiss(item) {
    this.refused = this.refused.filter((other) => other !== item);
    this.store?.dismiss(/** @type {any} */ (item));
  }

  /** Go on sending, if there is anything to send. */
  resume() {
    if (!this.isSending) void this.#pump();
  }

  /** Wait until everything is at the server, or something stands in the way. */
  async flushed() {
    while (this.isSending) await pause(50);
    return this.jobs.length === 0;
  }

  /** Have the person sign in, for whatever else was refused without it. */
  askToSignIn() {
    this.#say("signed-out");
  }

  async #pump() {
    this.isSending = true;
    // What was pushed in this turn is shown before anything is sent.
    await null;
    while (this.jobs.length) {
      this.#say("saving");
      const outcome = await this.send(this.jobs[0]);
      if (outcome === "signed-out") break;
      if (outcome === "offline") {
        this.#say("offline");
        await pause(this.wait * (0.5 + Math.random()));
        this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
      } else this.wait = FIRST_WAIT;
    }
    this.isSending = false;
    this.#say(this.jobs.length ? "signed-out" : "saved");
  }

  /** @param {string} state */
  #say(state) {
    const detail = { state, count: this.jobs.length };
    this.root.dispatchEvent(new CustomEvent("save-state", { detail }));
  }
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
