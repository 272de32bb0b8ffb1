/**
 * What the server has refused: kept on this device, to be sent again or given up.
 */

import { text } from "./texts.js";

/** @typedef {import("./ruling-queue.js").Refused} Refused */

export class RefusedList {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.section
   * @param {import("./rulings.js").Rulings} parts.rulings
   * @param {import("./labels.js").Labels} parts.labels
   * @param {string} parts.articleText
   */
  constructor({ section, rulings, labels, articleText }) {
    this.section = section;
    this.rulings = rulings;
    this.labels = labels;
    this.articleText = articleText;
    /** @type {Refused[]} */
    this.shown = [];
  }

  /** Show what is refused now, if that is anything else than before. */
  show() {
    const { refused } = this.rulings.queue;
    if (refused.length === this.shown.length && refused.every((item, at) => item === this.shown[at])) return;
    this.shown = [...refused];
    this.section.hidden = !refused.length;
    this.section.querySelector("ul")?.replaceChildren(...refused.map((item) => this.#row(item)));
  }

  /** @param {Refused} item */
  #row(item) {
    const row = document.createElement("li");
    row.append(
      part("p", "", this.#wordsOf(item)),
      part("p", "muted", item.sentence),
      this.#button("refused-again", () => this.rulings.repeat(item)),
      this.#button("refused-dismiss", () => {
        this.rulings.queue.dismiss(item);
        this.show();
      }),
    );
    return row;
  }

  /** @param {Refused} item */
  #wordsOf({ op }) {
    const { label, start, end, outcome, coder } = this.rulings.inUnits(op.body);
    const card = this.rulings.card(op.cardId);
    const words = this.articleText.slice(card?.start ?? start, card?.end ?? end);
    const what = op.kind === "rule" ? text(`ruled-${outcome}`, { coder: coder ?? "" }) : text("ruled-reopen");
    return text("draft-words", { label: op.kind === "add" ? this.labels.nameOf(label) : what, words });
  }

  /**
   * @param {string} name
   * @param {() => void} onPressed
   */
  #button(name, onPressed) {
    const button = /** @type {HTMLButtonElement} */ (part("button", "button is-small", text(name)));
    button.type = "button";
    button.addEventListener("click", onPressed);
    return button;
  }
}

/**
 * @param {string} tag
 * @param {string} name
 * @param {string} words
 */
function part(tag, name, words) {
  const element = document.createElement(tag);
  element.className = name;
  element.dir = "auto";
  element.textContent = words;
  return element;
}
