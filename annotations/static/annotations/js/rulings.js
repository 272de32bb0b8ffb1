/**
 * The rulings on one task: shown at once, sent in order, one request at a time.
 *
 * Announces `cards-changed` whenever a card looks different, `save-state` with
 * `detail.state` and `detail.count`, and `ruling-refused` with `detail.card` and
 * `detail.sentence`, all on the page's root element.
 */

import { repeatable } from "./card-versions.js";
import { text } from "./texts.js";

/** @typedef {import("./types.js").Span} Span */
/** @typedef {import("./types.js").Card} Card */
/** @typedef {import("./types.js").Ruling} Ruling */
/** @typedef {import("./types.js").Disputes} Disputes */

/**
 * @typedef {object} Job
 * @property {string | null} cardId
 * @property {(version: number) => Promise<Response>} send
 * @property {(answer: any) => void} done
 * @property {() => void} undone puts back what was shown too early
 */

const LONGEST_WAIT = 30_000;

export class Rulings {
  /**
   * @param {object} parts
   * @param {EventTarget} parts.root
   * @param {Disputes} parts.document in units
   * @param {import("./api.js").Api} parts.api
   * @param {string} parts.url
   * @param {(answer: any) => any} parts.inUnits brings spans of an answer into units
   * @param {(body: any) => any} parts.onWire brings spans of a ruling into code points
   */
  constructor({ root, document, api, url, inUnits, onWire }) {
    this.root = root;
    this.api = api;
    this.url = url;
    this.inUnits = inUnits;
    this.onWire = onWire;
    /** @type {Job[]} */
    this.queue = [];
    /** @type {(() => void)[]} */
    this.history = [];
    this.isSending = false;
    /** Whether another adjudicator is at the article. */
    this.isElsewhere = false;
    this.wait = 1_000;
    /** @type {number} */
    this.version = 0;
    /** @type {string} */
    this.state = "";
    /** @type {Card[]} */
    this.cards = [];
    /** @type {{decision: Ruling}[]} */
    this.added = [];
    /** @type {Map<string, string | undefined>} the ruling that the server is known to hold */
    this.known = new Map();
    this.take(document);
  }

  /** @param {Disputes} document as the server has it now */
  take(document) {
    this.version = document.version;
    this.state = document.state;
    this.cards = document.cards;
    this.added = document.added;
    this.known = new Map(document.cards.map((card) => [card.id, card.decision?.id]));
  }

  /** @param {string | null} id */
  card(id) {
    return this.cards.find((card) => card.id === id);
  }

  get isOpenToRulings() {
    return !this.isElsewhere && (this.state === "coded" || this.state === "adjudicating");
  }

  /**
   * Rule on a card; the page shows it before the server has answered.
   * @param {Card} card
   * @param {{outcome: string, coder?: string, spans?: Span[], reason?: string, note?: string, rule?: string}} body
   */
  rule(card, body) {
    const before = card.decision;
    this.#put(card, body);
    this.history.push(() => this.#restore(card.id, before));
  }

  /**
   * Put a span into gold that nobody coded.
   * @param {{label: string, start: number, end: number, note?: string}} span
   */
  add(span) {
    this.#push({
      cardId: null,
      send: (version) =>
        this.api.send("POST", `${this.url}spans/`, { ...this.onWire(span), base_version: version }),
      done: (answer) => {
        const added = this.inUnits(answer.span);
        const shown = { decision: { ...decisionOf({ outcome: "add" }), spans: [added] } };
        this.added = [...this.added, shown];
        this.history.push(() => this.takeBack(added));
      },
      undone: () => {},
    });
  }

  /**
   * Take an added span out of gold again.
   * @param {Span} span
   */
  takeBack(span) {
    const before = this.added;
    this.added = this.added.filter(({ decision }) => decision.spans[0]?.id !== span.id);
    this.#push({
      cardId: null,
      send: (version) =>
        this.api.send("DELETE", `${this.url}spans/${span.id}/?base_version=${version}`),
      done: () => {},
      undone: () => {
        this.added = before;
      },
    });
  }

  /** Undo the last ruling of this visit, by a new one. @returns {boolean} */
  undo() {
    const step = this.history.pop();
    step?.();
    return Boolean(step);
  }

  /** Wait until everything is at the server, or something stands in the way. */
  async flushed() {
    while (this.isSending) await pause(50);
    return this.queue.length === 0;
  }

  /** Take the task as the server has it, once nothing waits to be sent. */
  async fetchAgain() {
    const response = await this.api.get(this.url).catch(() => null);
    if (!response?.ok || this.queue.length) return;
    this.take(this.inUnits(await response.json()));
    this.#changed();
  }

  /** Go on sending after the person has signed in again. */
  resume() {
    void this.#pump();
  }

  /**
   * @param {Card} card
   * @param {any} body
   */
  #put(card, body) {
    const before = card.decision;
    const spans = body.spans ?? spansOf(card, body);
    card.decision = { ...decisionOf(body), spans };
    this.#push(
      this.#jobOn(card.id, before, (version) =>
        this.api.send("PUT", this.#cardUrl(card.id), {
          ...this.onWire(body),
          base_version: version,
        }),
      ),
    );
  }

  /**
   * @param {string} cardId
   * @param {Ruling | null} before
   */
  #restore(cardId, before) {
    const card = this.card(cardId);
    if (!card) return;
    this.root.dispatchEvent(new CustomEvent("card-wanted", { detail: { id: cardId } }));
    const body = repeatable(card, before);
    if (body) return this.#put(card, body);
    const now = card.decision;
    card.decision = null;
    this.#push(
      this.#jobOn(cardId, now, (version) =>
        this.api.send("DELETE", `${this.#cardUrl(cardId)}?base_version=${version}`),
      ),
    );
  }

  /**
   * @param {string} cardId
   * @param {Ruling | null} before
   * @param {Job["send"]} send
   * @returns {Job}
   */
  #jobOn(cardId, before, send) {
    return {
      cardId,
      send,
      done: (answer) => {
        this.known.set(cardId, answer.card.decision?.id);
        const isLast = !this.queue.some((job) => job.cardId === cardId);
        const card = this.card(cardId);
        if (card && isLast) Object.assign(card, this.inUnits(answer.card));
      },
      undone: () => {
        const card = this.card(cardId);
        if (card) card.decision = before;
      },
    };
  }

  /** @param {string} cardId */
  #cardUrl(cardId) {
    return `${this.url}cards/${cardId}/`;
  }

  /** @param {Job} job */
  #push(job) {
    this.queue.push(job);
    this.#changed();
    void this.#pump();
  }

  async #pump() {
    if (this.isSending) return;
    this.isSending = true;
    try {
      while (this.queue.length && (await this.#sendFirst()));
    } finally {
      this.isSending = false;
    }
    if (!this.queue.length) this.#say("saved");
  }

  /** @returns {Promise<boolean>} whether to go on with the next */
  async #sendFirst() {
    const job = this.queue[0];
    this.#say("saving");
    const response = await job.send(this.version).catch(() => null);
    if (!response || response.status >= 500 || response.status === 429) {
      this.#say("offline");
      await pause(this.wait * (0.5 + Math.random()));
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
      return true;
    }
    this.wait = 1_000;
    if (response.status === 401) {
      this.#say("signed-out");
      return false;
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok) {
      this.queue.shift();
      this.version = answer.version;
      this.state = answer.state ?? this.state;
      job.done(answer);
    } else if (answer.code === "stale" && (await this.#catchUp(job))) {
      return true;
    } else {
      this.#refuse(job, answer);
    }
    this.#changed();
    return true;
  }

  /**
   * Fetch what changed meanwhile. A ruling on a card that nobody else touched is sent again.
   * @param {Job} job
   * @returns {Promise<boolean>} whether to send it again
   */
  async #catchUp(job) {
    const response = await this.api.get(this.url);
    if (!response.ok) return false;
    const known = this.known;
    /** @type {Disputes} */
    const document = this.inUnits(await response.json());
    const shown = new Map(this.cards.map((card) => [card.id, card.decision]));
    const theirs = document.cards.find((card) => card.id === job.cardId)?.decision ?? null;
    this.take(document);
    for (const { cardId } of this.queue) {
      const card = this.card(cardId);
      if (card) card.decision = shown.get(card.id) ?? null;
    }
    if (!job.cardId) return true;
    const isUntouched =
      this.known.has(job.cardId) && this.known.get(job.cardId) === known.get(job.cardId);
    job.undone = () => {
      const card = this.card(job.cardId);
      if (card) card.decision = theirs;
    };
    return isUntouched;
  }

  /**
   * @param {Job} job
   * @param {{detail?: string, code?: string}} answer
   */
  #refuse(job, answer) {
    this.queue.shift();
    job.undone();
    const sentence = answer.code === "stale" ? text("ruled-meanwhile") : answer.detail;
    this.root.dispatchEvent(
      new CustomEvent("ruling-refused", {
        detail: { card: job.cardId, sentence: sentence || text("not-saved") },
      }),
    );
  }

  #changed() {
    this.root.dispatchEvent(new CustomEvent("cards-changed"));
  }

  /** @param {string} state */
  #say(state) {
    const detail = { state, count: this.queue.length };
    this.root.dispatchEvent(new CustomEvent("save-state", { detail }));
  }
}

/**
 * @param {any} body
 * @returns {Ruling}
 */
function decisionOf(body) {
  return {
    id: "",
    coder: null,
    spans: [],
    reason: "",
    note: "",
    rule: "",
    by: null,
    automatic: false,
    stale: false,
    ...body,
  };
}

/**
 * @param {Card} card
 * @param {{outcome: string, coder?: string}} body
 */
function spansOf(card, { outcome, coder }) {
  if (outcome !== "accept") return [];
  return card.candidates.find((candidate) => candidate.coder === coder)?.spans ?? [];
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
