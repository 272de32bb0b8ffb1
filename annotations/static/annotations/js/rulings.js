/**
 * The rulings on one task: shown at once, kept on this device until the server has them.
 *
 * Announces `cards-changed` with `detail.cards`, those that look different now (null where it
 * may be any), and `ruling-refused` with `detail.card` and `detail.sentence`, both on the page's
 * root element.
 */

import { repeatable, targetsIn } from "./card-versions.js";
import { ExtentIndex } from "./extent-index.js";
import { newId } from "./ops.js";
import { RulingQueue } from "./ruling-queue.js";
import { decisionOf, isSaid, spansOf } from "./ruling-shapes.js";
import { text } from "./texts.js";

/** @typedef {import("./types.js").Span} Span */
/** @typedef {import("./types.js").Card} Card */
/** @typedef {import("./types.js").Ruling} Ruling */
/** @typedef {import("./types.js").Disputes} Disputes */
/** @typedef {import("./ruling-queue.js").Job} Job */

/** The status of an answer to what came too late. */
const STALE = 409;

export class Rulings {
  /**
   * @param {object} parts
   * @param {EventTarget} parts.root
   * @param {Disputes} parts.document in units
   * @param {import("./steady-api.js").SteadyApi} parts.api
   * @param {string} parts.url
   * @param {(answer: any) => any} parts.inUnits brings spans of an answer into units
   * @param {(body: any) => any} parts.onWire brings spans of a ruling into code points
   * @param {import("./outbox-store.js").OutboxStore | null} parts.store
   */
  constructor({ root, document, api, url, inUnits, onWire, store }) {
    this.root = root;
    this.api = api;
    this.url = url;
    this.inUnits = inUnits;
    this.onWire = onWire;
    /** @type {(() => unknown)[]} how to undo each ruling; false where there is nothing left to undo */
    this.history = [];
    /** @type {Set<string | undefined>} the rulings that were made on this visit */
    this.own = new Set();
    /** Whether another adjudicator is at the article. */
    this.isElsewhere = false;
    /** @type {number} */
    this.version = 0;
    /** @type {string} */
    this.state = "";
    /** @type {Card[]} */
    this.cards = [];
    /** @type {{decision: Ruling}[]} */
    this.added = [];
    /** @type {Map<string, Card>} */
    this.byId = new Map();
    /** @type {ExtentIndex<Card>} where they are */
    this.index = new ExtentIndex([]);
    /** @type {Map<string, Span>} what links may point to */
    this.targets = new Map();
    /** @type {Map<string, string | undefined>} the ruling that the server is known to hold */
    this.known = new Map();
    this.take(document);
    this.queue = new RulingQueue({ root, store, send: (job) => this.#send(job) });
  }

  /** Take up what an earlier visit could not send. */
  async resumeEarlier() {
    const jobs = await this.queue.load();
    for (const job of jobs) {
      const card = this.card(job.cardId);
      if (card && isSaid(this.inUnits(job), card.decision, this.targets)) {
        this.queue.settle(job); // Only the answer was lost.
        continue;
      }
      const isUntouched = !job.cardId || (card && this.known.get(card.id) === job.known);
      // What somebody else has ruled on since goes out as it was made: it is refused, and kept.
      if (!isUntouched) job.isLate = true;
      else if (card) this.#showOn(card, job);
      this.queue.push(job);
    }
    if (jobs.length || this.queue.refused.length) this.#changed();
  }

  /** @param {Disputes} document as the server has it now */
  take(document) {
    this.version = document.version;
    this.state = document.state;
    this.cards = document.cards;
    this.byId = new Map(document.cards.map((card) => [card.id, card]));
    this.index = new ExtentIndex(document.cards);
    this.targets = targetsIn(document.cards);
    this.added = document.added;
    this.known = new Map(document.cards.map((card) => [card.id, card.decision?.id]));
  }

  /** @param {string | null} id */
  card(id) {
    return id === null ? undefined : this.byId.get(id);
  }

  /** Whether the article is finished, or will be with what waits to be sent. */
  get isEnding() {
    return this.state === "adjudicated" || this.queue.jobs.some(({ kind }) => kind === "finish");
  }

  get isOpenToRulings() {
    const isReady = this.state === "coded" || this.state === "adjudicating";
    return isReady && !this.isEnding && !this.isElsewhere;
  }

  /**
   * Rule on a card; the page shows it before the server has answered.
   * @param {Card} card
   * @param {{outcome: string, coder?: string, spans?: Span[], reason?: string, note?: string, rule?: string, confidence?: number | null}} body
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
    this.#push({ kind: "add", cardId: null, body: this.onWire(span) });
  }

  /**
   * Take an added span out of gold again.
   * @param {Span} span
   */
  takeBack(span) {
    const before = this.added;
    this.added = this.added.filter(({ decision }) => decision.spans[0]?.id !== span.id);
    const job = this.#push({ kind: "take-back", cardId: null, body: { id: span.id } });
    job.undone = () => void (this.added = before);
    this.#changed([]);
  }

  /**
   * Send again what was refused.
   * @param {import("./ruling-queue.js").Refused} item
   */
  repeat(item) {
    this.queue.dismiss(item);
    const { kind, cardId, body } = item.op;
    const job = this.#push({ kind, cardId, body });
    const card = this.card(cardId);
    if (card) this.#showOn(card, job);
    else this.#changed([]);
  }

  /** Undo the last ruling of this visit, by a new one. @returns {boolean} */
  undo() {
    for (let step = this.history.pop(); step; step = this.history.pop()) {
      if (step() !== false) return true;
    }
    return false;
  }

  /** Finish the task, after all that was ruled before. */
  finish() {
    this.#push({ kind: "finish", cardId: null, body: {} });
  }

  /** Open the finished task to rulings again. @returns {Promise<boolean>} whether it is */
  async reopen() {
    const response = await this.api.post(`${this.url}reopen/`, {}).catch(() => null);
    if (!response?.ok) return false;
    ({ version: this.version, state: this.state } = await response.json());
    return true;
  }

  /** Wait until everything is at the server, or something stands in the way. */
  flushed() {
    return this.queue.flushed();
  }

  /** Take the task as the server has it, once nothing waits to be sent. */
  async fetchAgain() {
    const response = await this.api.get(this.url).catch(() => null);
    if (!response?.ok || this.queue.jobs.length) return;
    this.take(this.inUnits(await response.json()));
    this.#changed();
  }

  /** Go on sending after the person has signed in again. */
  resume() {
    this.queue.resume();
  }

  /**
   * @param {Card} card
   * @param {any} body
   */
  #put(card, body) {
    const before = card.decision;
    this.#showOn(card, this.#push({ kind: "rule", cardId: card.id, body: this.onWire(body) }), before);
  }

  /**
   * Show on its card what a job will make of it.
   * @param {Card} card
   * @param {Job} job
   * @param {Ruling | null} [before]
   */
  #showOn(card, job, before = card.decision) {
    const body = this.inUnits(job.body);
    const isRuling = job.kind === "rule";
    card.decision = isRuling
      ? { ...decisionOf(body), spans: body.spans ?? spansOf(card, body) }
      : null;
    job.undone = () => {
      const shown = this.card(job.cardId);
      if (shown) shown.decision = before;
    };
    this.#changed([card]);
  }

  /**
   * Take back a ruling of this visit, unless a colleague has ruled on the card since.
   * @param {string} cardId
   * @param {Ruling | null} before
   */
  #restore(cardId, before) {
    const card = this.card(cardId);
    const isOnItsWay = this.queue.jobs.some((job) => job.cardId === cardId);
    if (!card || (!isOnItsWay && !this.own.has(this.known.get(cardId)))) return false;
    this.root.dispatchEvent(new CustomEvent("card-wanted", { detail: { id: cardId } }));
    const body = repeatable(card, before);
    if (body) this.#put(card, body);
    else this.#showOn(card, this.#push({ kind: "reopen", cardId, body: {} }));
    return true;
  }

  /**
   * @param {Pick<Job, "kind" | "cardId" | "body">} what
   * @returns {Job}
   */
  #push(what) {
    const known = what.cardId ? this.known.get(what.cardId) : undefined;
    const job = this.queue.made({ ...what, known, version: this.version });
    this.queue.push(job);
    return job;
  }

  /**
   * @param {Job} job
   * @returns {Promise<Response>}
   */
  #request(job) {
    const { kind, cardId, body, isLate, version: then } = job;
    const version = isLate ? then : this.version;
    const query = `?base_version=${version}`;
    const card = `${this.url}cards/${cardId}/`;
    if (kind === "rule") return this.api.send("PUT", card, { ...body, base_version: version });
    if (kind === "finish") return this.api.send("POST", `${this.url}finish/`, {});
    if (kind === "reopen") return this.api.send("DELETE", `${card}${query}`);
    if (kind === "take-back") return this.api.send("DELETE", `${this.url}spans/${body.id}/${query}`);
    return this.#add(job);
  }

  /**
   * Add a span, once, however often the answer gets lost: what is sent again is sent as it was.
   * @param {Job} job
   */
  #add(job) {
    if (!job.key) this.queue.keep(job, { key: newId(), version: this.version });
    const body = { ...job.body, base_version: job.version };
    return this.api.send("POST", `${this.url}spans/`, body, { key: job.key });
  }

  /**
   * Send one job. @returns {Promise<import("./ruling-queue.js").Outcome>}
   * @param {Job} job
   */
  async #send(job) {
    const response = await this.#request(job).catch(() => null);
    if (!response || response.status >= 500 || response.status === 429) return "offline";
    if (response.status === 401) return "signed-out";
    const answer = await response.json().catch(() => ({}));
    if (response.ok) {
      this.version = answer.version;
      this.state = answer.state ?? this.state;
      this.#done(job, answer);
    } else if (answer.code === "stale" && !job.isLate) {
      return this.#catchUp(job, answer);
    } else if (job.kind === "take-back" && response.status === 404) {
      this.queue.settle(job); // It went before; only the answer was lost.
    } else {
      this.#refuse(job, answer, response.status);
    }
    return "settled";
  }

  /**
   * @param {Job} job
   * @param {any} answer
   */
  #done(job, answer) {
    const { kind, cardId } = job;
    this.queue.settle(job);
    if (kind === "add") {
      const added = this.inUnits(answer.span);
      const shown = { decision: { ...decisionOf({ outcome: "add" }), spans: [added] } };
      this.added = [...this.added, shown];
      this.history.push(() => this.takeBack(added));
    }
    if (cardId) {
      this.own.add(answer.card.decision?.id);
      this.#hold(cardId, this.inUnits(answer.card));
    }
    const card = this.card(cardId);
    this.#changed(card ? [card] : []);
  }

  /**
   * Take a card as the server has it; one on which a later ruling waits goes on showing that.
   * @param {string} cardId
   * @param {Card} theirs
   */
  #hold(cardId, theirs) {
    const known = theirs.decision?.id;
    this.known.set(cardId, known);
    const later = this.queue.jobs.filter((other) => other.cardId === cardId);
    for (const other of later) this.queue.keep(other, { known });
    const card = this.card(cardId);
    if (card && !later.length) Object.assign(card, theirs);
  }

  /**
   * Fetch what changed meanwhile. A ruling on a card that nobody else touched is sent again, and
   * one that the server has already, its answer lost, is done with.
   * @param {Job} job
   * @param {{detail?: string, code?: string}} answer
   * @returns {Promise<import("./ruling-queue.js").Outcome>}
   */
  async #catchUp(job, answer) {
    const response = await this.api.get(this.url).catch(() => null);
    if (!response?.ok) return response?.status === 401 ? "signed-out" : "offline";
    const { known } = this;
    /** @type {Disputes} */
    const document = this.inUnits(await response.json());
    const shown = new Map(this.cards.map((card) => [card.id, card.decision]));
    const theirs = document.cards.find((card) => card.id === job.cardId);
    const decision = theirs?.decision ?? null;
    this.take(document);
    for (const { cardId } of this.queue.jobs) {
      const card = this.card(cardId);
      if (card) card.decision = shown.get(card.id) ?? null;
    }
    this.#changed();
    if (!job.cardId) {
      this.queue.keep(job, { key: undefined });
      return "again";
    }
    if (theirs && known.get(job.cardId) === decision?.id) return "again";
    if (theirs && isSaid(this.inUnits(job), decision, this.targets)) {
      this.queue.settle(job);
      this.own.add(decision?.id);
      this.#hold(job.cardId, { ...theirs, decision });
      this.#changed();
      return "settled";
    }
    job.undone = () => {
      const card = this.card(job.cardId);
      if (card) card.decision = decision;
    };
    this.#refuse(job, answer, STALE);
    return "settled";
  }

  /**
   * @param {Job} job
   * @param {{detail?: string, code?: string}} answer
   * @param {number} status
   */
  #refuse(job, answer, status) {
    const isGone = status === 403 || status === 404;
    const why = (isGone ? text("may-not-rule") : answer.detail) || text("not-saved");
    // A ruling that came too late is in the history of its card.
    const isKeptThere = job.kind !== "add" && status === STALE;
    const isRuling = job.kind === "add" || job.kind === "rule" || job.kind === "reopen";
    if (isRuling && !isKeptThere) this.queue.refuse(job, why);
    else this.queue.settle(job);
    job.undone?.();
    // The task was thought to be decided with this one.
    for (const one of this.queue.jobs) if (one.kind === "finish") this.queue.settle(one);
    this.#changed();
    if (answer.code === "not_open") void this.fetchAgain();
    const sentence = answer.code === "stale" ? text("ruled-meanwhile") : why;
    this.root.dispatchEvent(
      new CustomEvent("ruling-refused", { detail: { card: job.cardId, sentence } }),
    );
  }

  /** @param {Card[] | null} [cards] */
  #changed(cards = null) {
    for (const span of (cards ?? []).flatMap(({ decision }) => decision?.spans ?? [])) {
      this.targets.set(span.id, span);
    }
    this.root.dispatchEvent(new CustomEvent("cards-changed", { detail: { cards } }));
  }
}
