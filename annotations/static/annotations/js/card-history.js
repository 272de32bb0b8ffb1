/**
 * What was ruled on the card at hand so far, and what came too late; any of it can be ruled again.
 */

import { contentOf, repeatable } from "./card-versions.js";
import { text } from "./texts.js";

/** @typedef {import("./types.js").Card} Card */
/** @typedef {import("./types.js").Ruling & {at: string, standing: string}} OnRecord */

export class CardHistory {
  /**
   * @param {object} parts
   * @param {HTMLDetailsElement} parts.section
   * @param {import("./rulings.js").Rulings} parts.rulings
   * @param {import("./labels.js").Labels} parts.labels
   * @param {(sentence: string) => void} parts.say
   * @param {(body: any) => void} parts.onAgain with the body of the ruling to make again
   */
  constructor({ section, rulings, labels, say, onAgain }) {
    this.section = section;
    this.rulings = rulings;
    this.labels = labels;
    this.say = say;
    this.onAgain = onAgain;
    /** @type {Card | undefined} */
    this.card = undefined;
    this.shown = "";
    section.addEventListener("toggle", () => void this.#load());
  }

  /** @param {Card} card */
  show(card) {
    const shown = `${card.id} ${card.decision?.id}`;
    if (this.shown === shown) return;
    if (this.card?.id !== card.id) this.section.open = false;
    this.card = card;
    this.shown = shown;
    void this.#load();
  }

  /** Open the history of the card at hand as it is now. */
  open() {
    if (this.section.open) void this.#load();
    else this.section.open = true;
  }

  async #load() {
    const { card, rulings } = this;
    if (!this.section.open || !card) return;
    const response = await rulings.api
      .get(`${rulings.url}cards/${card.id}/history/`)
      .catch(() => null);
    if (!response?.ok) return this.say(text("no-connection"));
    /** @type {OnRecord[]} */
    const rows = rulings.inUnits(await response.json());
    if (this.card !== card) return;
    const items = rows.map((row) => this.#row(card, row));
    if (!items.length) items.push(itemOf(part("muted", text("history-empty"))));
    this.section.querySelector("ol")?.replaceChildren(...items);
  }

  /**
   * @param {Card} card
   * @param {OnRecord} row
   */
  #row(card, row) {
    const who = row.by ?? text("decided-automatically");
    const what = [
      text(`ruled-${row.outcome}`, { coder: row.coder ?? "" }),
      row.spans.map(({ label, quote }) => `${this.labels.nameOf(label)} “${quote}”`).join(", "),
    ].filter(Boolean);
    const sure = row.confidence === null ? "" : `${row.confidence} %`;
    const why = [row.reason, row.rule, sure, row.note].filter(Boolean).join(" · ");
    const item = itemOf(
      part("eyebrow", `${who} · ${new Date(row.at).toLocaleString()}`),
      part("", `${what.join(" ")} — ${text(`standing-${row.standing}`)}`),
      ...(why ? [part("muted", why)] : []),
    );
    const body = row.standing === "in_force" ? null : again(card, row);
    if (body && this.rulings.isOpenToRulings) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button is-small";
      button.textContent = text("rule-again");
      button.addEventListener("click", () => this.onAgain(body));
      item.append(button);
    }
    return item;
  }
}

/**
 * Return the body that makes a ruling again, with the spans that it was for: the coder whose
 * version it took may have another one now.
 * @param {Card} card
 * @param {OnRecord} row
 */
function again(card, row) {
  if (row.outcome === "reopen") return null;
  const theirs = card.candidates.find(({ coder }) => coder === row.coder)?.spans ?? [];
  const isOther = row.spans.length && contentOf(theirs) !== contentOf(row.spans);
  const outcome = row.outcome === "accept" && isOther ? "edit" : row.outcome;
  return repeatable(card, { ...row, outcome, stale: false });
}

/** @param {HTMLElement[]} parts */
function itemOf(...parts) {
  const item = document.createElement("li");
  item.append(...parts);
  return item;
}

/**
 * @param {string} name
 * @param {string} words
 */
function part(name, words) {
  const element = document.createElement("p");
  element.className = name;
  element.dir = "auto";
  element.textContent = words;
  return element;
}
