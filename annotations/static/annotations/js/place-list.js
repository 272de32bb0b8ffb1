/**
 * The list of places to rule on: what each is about, and whether it is decided.
 */

import { absentFrom, isOpen, placesOf, versionsOf } from "./card-versions.js";
import { text } from "./texts.js";

/** @typedef {import("./types.js").Card} Card */
/** @typedef {import("./types.js").Span} Span */

export class PlaceList {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.section
   * @param {(id: string) => void} parts.onChosen
   * @param {(span: Span) => void} parts.onTakenBack
   */
  constructor({ section, onChosen, onTakenBack }) {
    this.list = /** @type {HTMLElement} */ (section.querySelector("ol"));
    this.automatic = /** @type {HTMLElement} */ (section.querySelector("[data-part=automatic]"));
    this.review = /** @type {HTMLInputElement} */ (section.querySelector("[name=review]"));
    this.added = /** @type {HTMLElement} */ (section.querySelector("[data-part=added]"));
    this.onTakenBack = onTakenBack;
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
   * @param {Card[]} cards
   * @param {string | null} current
   */
  show(cards, current) {
    const places = this.chosen(cards, current);
    const items = places.map((card, index) => this.#item(card, index, card.id === current));
    // Rows that did not change stay, so that focus does too.
    for (const [index, item] of items.entries()) {
      const held = this.list.children[index];
      if (!held) this.list.append(item);
      else if (!held.isEqualNode(item)) this.#renew(held, item);
    }
    while (this.list.children.length > items.length) this.list.lastElementChild?.remove();
    const automatic = cards.filter((card) => card.decision?.automatic && !isOpen(card)).length;
    this.automatic.hidden = automatic === 0;
    const words = this.automatic.querySelector("span");
    if (words) words.textContent = text("automatic", { count: automatic });
    if (current) {
      const row = this.list.querySelector("[aria-current]");
      const box = row?.getBoundingClientRect();
      const frame = this.list.getBoundingClientRect();
      if (box && (box.top < frame.top || box.bottom > frame.bottom)) {
        this.list.scrollTop += box.top - frame.top - frame.height / 2;
      }
    }
  }

  /**
   * List the spans that nobody coded, each with a way to take it back.
   * @param {Span[]} spans
   * @param {import("./labels.js").Labels} labels
   */
  showAdded(spans, labels) {
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
   * @param {Element} held
   * @param {HTMLElement} item
   */
  #renew(held, item) {
    const hadFocus = held.contains(document.activeElement);
    held.replaceWith(item);
    if (hadFocus) item.querySelector("button")?.focus({ preventScroll: true });
  }

  /**
   * @param {Card} card
   * @param {number} index
   * @param {boolean} isCurrent
   */
  #item(card, index, isCurrent) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.card = card.id;
    button.dataset.state = isOpen(card) ? "open" : "done";
    if (isCurrent) button.setAttribute("aria-current", "true");
    const quote = versionsOf(card)[0]?.spans[0]?.quote ?? card.decision?.spans[0]?.quote ?? "";
    button.append(
      part("place-number", String(index + 1)),
      part("place-quote", quote),
      part("place-kind", kindOf(card)),
      part("place-state", stateOf(card)),
    );
    item.append(button);
    return item;
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
