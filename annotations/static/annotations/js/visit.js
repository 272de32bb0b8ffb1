/**
 * One person's way from article to article, without going back to a list.
 *
 * The next article of the queue is fetched while the last places of this one are ruled on, and
 * takes its place on the page at once. What was ruled before is sent meanwhile; undo leads back.
 */

import { afterFrame } from "./after-frame.js";
import { byId } from "./by-id.js";
import { OutboxStore } from "./outbox-store.js";
import { Paragraphs } from "./paragraphs.js";
import { RulingDesk } from "./ruling-desk.js";
import { SaveStates } from "./save-states.js";
import { text } from "./texts.js";

/** @typedef {import("./types.js").Disputes} Disputes */

/**
 * @typedef {object} Place where an article is ruled on
 * @property {HTMLElement} task what of the page belongs to it
 * @property {Disputes} disputes
 * @property {OutboxStore | null} store
 * @property {string} url of its page
 * @property {string} title of its page
 * @property {RulingDesk} [desk] if it was made ready
 */

/** How few places may wait when the next article is fetched. */
const NEAR_THE_END = 3;

export class Visit {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.root
   * @param {import("./steady-api.js").SteadyApi} parts.api
   */
  constructor({ root, api }) {
    this.root = root;
    this.api = api;
    this.states = new SaveStates(root);
    /** @type {{desk: RulingDesk, place: Place}[]} in the order of the visit */
    this.path = [];
    /** @type {Promise<Place | string | null> | null} what comes next */
    this.ahead = null;
    /** Whether the next article is to come as soon as it is there. */
    this.isGoingOn = false;
    addEventListener("popstate", () => location.reload());
  }

  get desk() {
    return this.path[this.path.length - 1].desk;
  }

  /**
   * Sit down at the article that the page came with.
   * @returns {Promise<string>} what stands in the way, if anything
   */
  async begin() {
    const task = byId("task");
    const place = await this.#placeOf(task, location.href, document.title).catch(() => null);
    if (!place) return text("no-connection");
    if (new Paragraphs(byId("doc")).text !== place.disputes.article.text) return text("text-differs");
    this.#sitDown(place);
    await this.desk.rulings.resumeEarlier();
    return "";
  }

  /** Go on sending after the person has signed in again. */
  resume() {
    for (const { desk } of this.path) desk.rulings.resume();
  }

  /** Finish the article at hand, and open the next one of the queue. */
  async finish() {
    const { desk } = this;
    if (desk.rulings.state !== "adjudicated") {
      if (desk.isShut()) return;
      desk.rulings.finish();
    }
    await this.#goOn();
  }

  /** Undo the last ruling of the visit, also in the article before. */
  async undo() {
    const { desk } = this;
    // Who undoes the last ruling stays, if the next article is not there yet.
    const stays = desk.rulings.isEnding && desk.rulings.history.length > 0;
    if (stays) this.isGoingOn = false;
    else if (desk.undo() || this.path.length < 2) return;
    const before = this.path[this.path.length - (stays ? 1 : 2)];
    desk.say(text("saving"));
    if (!(await this.#flushed())) return desk.say(text("not-saved"));
    if (this.desk !== desk) return;
    const { rulings } = before.desk;
    if (rulings.state === "adjudicated" && !(await rulings.reopen())) {
      return desk.say(text("not-saved"));
    }
    if (!stays) {
      this.path.pop();
      this.ahead = null;
      desk.leave();
      this.#show(before.place);
      before.desk.enter();
    }
    before.desk.undo();
  }

  /** Fetch the next article, once this one is nearly done. */
  lookAhead() {
    const { rulings, waiting } = this.desk;
    if (rulings.isOpenToRulings && waiting <= NEAR_THE_END) this.ahead ??= this.#fetchNext().catch(() => null);
  }

  async #goOn() {
    const { desk } = this;
    this.isGoingOn = true;
    this.ahead ??= this.#fetchNext().catch(() => null);
    const next = await this.ahead;
    if (this.desk !== desk || !this.isGoingOn) return;
    this.ahead = null;
    if (!next) return desk.say(text("no-connection"));
    if (typeof next !== "string") return this.#sitDown(next);
    desk.say(text("saving"));
    if (!(await this.#flushed())) return desk.say(text("not-saved"));
    // What was refused is to be seen here.
    if (this.isGoingOn && desk.rulings.state === "adjudicated") location.assign(next);
  }

  /** @returns {Promise<Place | string>} the next place, or the address of the empty queue */
  async #fetchNext() {
    const url = new URL(byId("task").dataset.nextUrl ?? "", location.href);
    for (const { place } of this.path) url.searchParams.append("but", place.disputes.id);
    const response = await fetch(url, { credentials: "same-origin" });
    if (!response.ok) throw new Error(response.statusText);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const task = page.getElementById("task");
    if (!task) return response.url;
    const place = await this.#placeOf(document.adoptNode(task), response.url, page.title);
    // Not while a ruling is being drawn.
    await new Promise((resolve) => afterFrame(() => resolve(undefined)));
    place.desk = this.#deskAt(place);
    place.desk.makeReady(this.desk);
    return place;
  }

  /**
   * @param {HTMLElement} task
   * @param {string} url
   * @param {string} title
   * @returns {Promise<Place>}
   */
  async #placeOf(task, url, title) {
    const response = await this.api.get(task.dataset.documentUrl ?? "");
    if (!response.ok) throw new Error(response.statusText);
    /** @type {Disputes} */
    const disputes = await response.json();
    const store = await OutboxStore.open(`${this.root.dataset.userId}:rulings:${disputes.id}`);
    return { task, disputes, store, url, title };
  }

  /** @param {Place} place */
  #sitDown(place) {
    const before = this.path[this.path.length - 1]?.desk;
    before?.leave();
    if (before) this.#show(place);
    const { task } = place;
    this.states.follow(task);
    task.addEventListener("ruling-refused", (event) => {
      const { sentence } = /** @type {CustomEvent} */ (event).detail;
      // Of an article that was left, only the sentence can be shown.
      if (this.desk.root !== task) this.desk.say(`${headlineOf(task)}: ${sentence}`);
    });
    const desk = place.desk ?? this.#deskAt(place);
    this.path.push({ desk, place });
    desk.onMoved = () => this.lookAhead();
    desk.onDecided = () => {
      if ("finishes" in task.dataset) void this.finish();
      else desk.say(text("all-decided"));
    };
    // Nobody chose this article: if somebody else is at it by now, there are others.
    desk.onTaken = () => {
      if (before && this.desk === desk && !desk.rulings.history.length) void this.#goOn();
    };
    desk.enter();
    if (before) {
      void desk.rulings.resumeEarlier();
      desk.say(text("next-article", { title: headlineOf(task) }));
    }
  }

  /** @param {Place} place */
  #deskAt({ task, disputes, store }) {
    const doc = /** @type {HTMLElement} */ (task.querySelector("#doc"));
    return new RulingDesk(task, disputes, new Paragraphs(doc), this.api, store);
  }

  /**
   * Put what belongs to one article in the place of the other's.
   * @param {Place} place
   */
  #show({ task, url, title }) {
    // Before, while it costs no layout.
    scrollTo({ top: 0, behavior: "instant" });
    byId("task").replaceWith(task);
    history.pushState(null, "", url);
    document.title = title;
  }

  async #flushed() {
    const done = await Promise.all(this.path.map(({ desk }) => desk.rulings.flushed()));
    return done.every(Boolean);
  }
}

/** @param {HTMLElement} task */
function headlineOf(task) {
  return task.querySelector("h1")?.textContent ?? "";
}
