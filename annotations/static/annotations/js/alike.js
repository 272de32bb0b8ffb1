/**
 * The same words elsewhere: how they were ruled on, and one ruling for all places that ask alike.
 */

import { isOpen } from "./card-versions.js";
import { text } from "./texts.js";

/** @typedef {import("./types.js").Card} Card */
/** @typedef {{outcome: string, labels: string[], rules: string[], count: number}} Precedent */
/** @typedef {{article: {title: string}, before: string, words: string, after: string}} Place */
/** @typedef {{precedents: Precedent[], waiting: number, places: Place[]}} Answer */

const STILL = 150;

export class Alike {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.section
   * @param {HTMLDialogElement} parts.dialog
   * @param {import("./rulings.js").Rulings} parts.rulings
   * @param {import("./labels.js").Labels} parts.labels
   * @param {(sentence: string) => void} parts.say
   */
  constructor({ section, dialog, rulings, labels, say }) {
    this.section = section;
    this.dialog = dialog;
    this.rulings = rulings;
    this.labels = labels;
    this.say = say;
    /** @type {Map<string, Answer>} */
    this.known = new Map();
    /** @type {string | null} */
    this.shown = null;
    /** @type {string | null} the card that was ruled on last */
    this.last = null;
    /** @type {string | null} the card whose ruling the dialog offers */
    this.offered = null;
    dialog.querySelector("form")?.addEventListener("submit", (event) => {
      const button = /** @type {SubmitEvent} */ (event).submitter;
      if (button?.getAttribute("value") === "save") void this.#apply();
    });
  }

  /**
   * Show what is known of the words of a card, and ask for it once the person stays there.
   * @param {Card} card
   */
  show(card) {
    const known = this.known.get(card.id);
    this.#fill(card, known);
    if (known || this.shown === card.id) return;
    this.shown = card.id;
    setTimeout(() => {
      if (this.shown === card.id) void this.#ask(card);
    }, STILL);
  }

  /**
   * Remember what was ruled on, and say where else the same waits.
   * @param {Card} card
   * @returns {boolean} whether it waits anywhere
   */
  ruled(card) {
    this.last = card.id;
    const waiting = this.known.get(card.id)?.waiting ?? 0;
    if (waiting) this.say(text("alike-offered", { count: waiting }));
    return waiting > 0;
  }

  /**
   * Ask whether the ruling on `card`, or else the last one, is to hold for all places alike.
   * @param {Card | undefined} card
   */
  offer(card) {
    const isRuled = card && !isOpen(card) && !card.decision?.automatic;
    this.offered = isRuled ? card.id : this.last;
    const known = this.offered ? this.known.get(this.offered) : undefined;
    if (!known?.waiting) {
      this.say(text(this.offered ? "alike-none" : "alike-rule-first"));
      return;
    }
    const rows = known.places.map(({ article, before, words, after }) => {
      const row = document.createElement("li");
      const line = document.createElement("p");
      line.dir = "auto";
      const mark = document.createElement("mark");
      mark.textContent = words;
      line.append(`…${before}`, mark, `${after}…`);
      row.append(part("eyebrow", article.title), line);
      return row;
    });
    this.dialog.querySelector("[data-part=places]")?.replaceChildren(...rows);
    const more = /** @type {HTMLElement} */ (this.dialog.querySelector("[data-part=more]"));
    more.hidden = known.places.length >= known.waiting;
    more.textContent = text("alike-more", { count: known.waiting - known.places.length });
    const save = this.dialog.querySelector("[value=save]");
    if (save) save.textContent = text("alike-apply", { count: known.waiting });
    this.dialog.showModal();
  }

  /** @param {Card} card */
  async #ask(card) {
    const { api, url } = this.rulings;
    const response = await api.get(`${url}cards/${card.id}/alike/`).catch(() => null);
    if (!response?.ok) return;
    this.known.set(card.id, await response.json());
    if (this.shown === card.id) this.#fill(card, this.known.get(card.id));
  }

  async #apply() {
    const { rulings, offered } = this;
    if (!offered || !(await rulings.flushed())) return this.say(text("not-saved"));
    const body = { base_version: rulings.version };
    const answer = await this.#change("POST", `cards/${offered}/spread/`, body);
    if (!answer) return;
    rulings.history.push(() => void this.#takeBack(offered, answer.decision));
    this.say(text("alike-applied", { count: answer.cards, articles: answer.articles }));
  }

  /**
   * @param {string} card
   * @param {string} decision
   */
  async #takeBack(card, decision) {
    if (!(await this.rulings.flushed())) return this.say(text("not-saved"));
    const answer = await this.#change("DELETE", `cards/${card}/spread/${decision}/`);
    if (answer) this.say(text("alike-taken-back", { count: answer.cards }));
  }

  /**
   * @param {"POST" | "DELETE"} method
   * @param {string} path
   * @param {object} [body]
   */
  async #change(method, path, body) {
    const { api, url } = this.rulings;
    const response = await api.send(method, `${url}${path}`, body).catch(() => null);
    const answer = await response?.json().catch(() => ({}));
    if (!response?.ok) {
      this.say(answer?.detail ?? text("no-connection"));
      return null;
    }
    this.known.clear();
    this.shown = null;
    await this.rulings.fetchAgain();
    return answer;
  }

  /**
   * @param {Card} card
   * @param {Answer | undefined} known
   */
  #fill(card, known) {
    const lines = [];
    if (known?.precedents.length) {
      const found = known.precedents.map((precedent) => this.#words(precedent)).join(", ");
      lines.push(text("alike-precedents", { found }));
    }
    if (known?.waiting) lines.push(text("alike-waiting", { count: known.waiting }));
    const words = this.section.querySelector("p");
    if (words) words.textContent = lines.join(" ");
    const button = /** @type {HTMLElement} */ (this.section.querySelector("button"));
    button.hidden = !known?.waiting || isOpen(card) || Boolean(card.decision?.automatic);
    this.section.hidden = !lines.length;
  }

  /** @param {Precedent} precedent */
  #words({ outcome, labels, rules, count }) {
    const what = labels.length
      ? labels.map((label) => this.labels.nameOf(label)).join(" + ")
      : text(`alike-${outcome}`);
    return `${count} × ${what}${rules.length ? ` (${rules.join(", ")})` : ""}`;
  }
}

/**
 * @param {string} name
 * @param {string} words
 */
function part(name, words) {
  const element = document.createElement("p");
  element.className = name;
  element.textContent = words;
  return element;
}
