/**
 * The list of places to rule on: what each is about, and whether it is decided. Only rows whose
 * card changed are touched.
 */

import { absentFrom, isOpen, placesOf, versionsOf } from "./card-versions.js";
import { text } from "./texts.js";

/** @typedef {import("./types.js").Card} Card */
/** @typedef {import("./types.js").Span} Span */

/** Rows that are laid out together: those of a group out of sight are not laid out at all. */
const GROUP = 64;

const PARTS = /** @type {const} */ (["number", "quote", "kind", "state"]);

export class PlaceList {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.section
   * @param {(id: string) => void} parts.onChosen
   * @param {(span: Span) => void} parts.onTakenBack
   */
  constructor({ section, onChosen, onTakenBack }) {
    this.list = /** @type {HTMLElement} */ (section.querySelector("[role=list]"));
    this.automatic = /** @type {HTMLElement} */ (section.querySelector("[data-part=automatic]"));
    this.review = /** @type {HTMLInputElement} */ (section.querySelector("[name=review]"));
    this.added = /** @type {HTMLElement} */ (section.querySelector("[data-part=added]"));
    this.onTakenBack = onTakenBack;
    /** @type {Span[]} the spans that nobody coded, as they are listed */
    this.listed = [];
    /** @type {Map<string, HTMLElement>} */
    this.rows = new Map();
    /** @type {Map<string, number>} */
    this.order = new Map();
    /** @type {HTMLElement | undefined} */
    this.current = undefined;
    this.list.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      if (button?.dataset.card) onChosen(button.dataset.card);
    });
  }

  /**
   * Return the cards that are looked at one by one, in their order.
   * @param {Card[]} cards
   * @param {string | null} current stays, even if it is decided without a person again
   */
  chosen(cards, current) {
    if (this.review.checked) return cards;
    const places = new Set(placesOf(cards));
    return cards.filter((card) => places.has(card) || card.id === current);
  }

  /**
   * List other places, or the same in another order.
   * @param {Card[]} places
   */
  lay(places) {
    const held = /** @type {HTMLElement | null} */ (document.activeElement);
    const hadFocus = this.list.contains(held);
    const rows = places.map((card) => {
      const row = this.rows.get(card.id) ?? newRow(card.id);
      return /** @type {const} */ ([card.id, row]);
    });
    this.rows = new Map(rows);
    this.order = new Map(places.map(({ id }, index) => [id, index]));
    for (const [index, card] of places.entries()) this.#fill(card, index + 1);
    const groups = Array.from({ length: Math.ceil(rows.length / GROUP) }, (_, index) => {
      const group = document.createElement("div");
      group.setAttribute("role", "presentation");
      group.append(...rows.slice(index * GROUP, (index + 1) * GROUP).map(([, row]) => row));
      group.style.setProperty("--rows", String(group.children.length));
      return group;
    });
    this.list.replaceChildren(...groups);
    if (hadFocus && held?.isConnected) held.focus({ preventScroll: true });
  }

  /**
   * Show what has changed of places that are listed already.
   * @param {Card[]} changed
   * @param {string | null} current
   */
  show(changed, current) {
    for (const card of changed) this.#fill(card);
    const row = current ? this.rows.get(current) : undefined;
    if (row === this.current) return;
    this.current?.querySelector("button")?.removeAttribute("aria-current");
    row?.querySelector("button")?.setAttribute("aria-current", "true");
    this.current = row;
  }

  /**
   * Bring the row of a place into view, if it is not.
   * @param {Card} card
   */
  reveal(card) {
    const place = this.order.get(card.id) ?? 0;
    // Rows are as tall as each other. One asked itself is laid out for that, and its group with it.
    const { scrollHeight, scrollTop, clientHeight } = this.list;
    const tall = scrollHeight / this.order.size;
    const top = place * tall;
    if (top < scrollTop || top + tall > scrollTop + clientHeight) {
      this.list.scrollTop = top - clientHeight / 2;
    }
  }

  /** @param {number} count of the places that were decided without a person */
  showAutomatic(count) {
    this.automatic.hidden = count === 0;
    const words = this.automatic.querySelector("span");
    if (words) words.textContent = text("automatic", { count });
  }

  /**
   * List the spans that nobody coded, each with a way to take it back.
   * @param {Span[]} spans
   * @param {import("./labels.js").Labels} labels
   */
  showAdded(spans, labels) {
    if (spans.length === this.listed.length && spans.every((span, i) => span === this.listed[i])) return;
    this.listed = spans;
    this.added.hidden = !spans.length;
    const rows = spans.map((span) => {
      const row = document.createElement("li");
      const chip = part("label", "");
      labels.dress(chip, span.label);
      chip.append(part("glyph", ""), labels.nameOf(span.label));
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button is-quiet is-small";
      button.textContent = text("take-back");
      button.addEventListener("click", () => this.onTakenBack(span));
      row.append(chip, part("place-quote", span.quote), button);
      return row;
    });
    this.added.querySelector("ul")?.replaceChildren(...rows);
  }

  /**
   * @param {Card} card
   * @param {number} [number] where it has a new one
   */
  #fill(card, number) {
    const button = this.rows.get(card.id)?.querySelector("button");
    if (!button) return;
    const quote = versionsOf(card)[0]?.spans[0]?.quote ?? card.decision?.spans[0]?.quote ?? "";
    const words = [number ?? button.children[0].textContent, quote, kindOf(card), stateOf(card)];
    button.dataset.state = isOpen(card) ? "open" : "done";
    for (const [index, said] of words.entries()) {
      const part = button.children[index];
      if (part.textContent !== String(said)) part.textContent = String(said);
    }
  }
}

/**
 * Say in a word or two how the coders differ.
 * @param {Card} card
 */
export function kindOf(card) {
  if (card.kind !== "missing") return text(`kind-${card.kind}`);
  return text("kind-missing", { coders: absentFrom(card).join(" ") });
}

/**
 * Say what was ruled on a card.
 * @param {Card} card
 */
export function stateOf({ decision }) {
  if (!decision) return text("undecided");
  if (decision.stale) return text("stale");
  if (decision.automatic) return text("decided-automatically");
  return text(`ruled-${decision.outcome}`, { coder: decision.coder ?? "" });
}

/** @param {string} id of a card */
function newRow(id) {
  const row = document.createElement("div");
  row.setAttribute("role", "listitem");
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.card = id;
  button.append(...PARTS.map((name) => part(`place-${name}`, "")));
  row.append(button);
  return row;
}

/**
 * @param {string} name
 * @param {string} words
 */
function part(name, words) {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = words;
  return element;
}
