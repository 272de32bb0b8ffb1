/**
 * One slot as it is drawn: its name, and a group of radio buttons for what it can hold. Arrow keys
 * walk through a group without choosing; a digit, Enter, Space or a click chooses.
 */

import { choice, mostChosen, part, whoChose } from "./card-parts.js";
import { admits, typeOf } from "./details.js";
import { worded } from "./slots.js";
import { text } from "./texts.js";

/** @typedef {import("./slots.js").Field} Field */
/** @typedef {import("./slots.js").Value} Value */
/** @typedef {import("./types.js").Attribute} Attribute */
/** @typedef {import("./types.js").Link} Link */

const AROUND = 28;
/** @type {Record<string, number>} */
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

export class SlotRow {
  /**
   * @param {object} parts
   * @param {Field} parts.field
   * @param {number} parts.number its place among all, for ids
   * @param {number} parts.coders how many there are in all
   * @param {import("./card-versions.js").Targets} parts.targets
   * @param {string} parts.articleText
   * @param {(value: Value) => void} parts.onChosen
   * @param {() => void} parts.onEntered when the keyboard or the mouse comes here
   */
  constructor({ field, number, coders, targets, articleText, onChosen, onEntered }) {
    this.field = field;
    this.targets = targets;
    this.articleText = articleText;
    this.onChosen = onChosen;
    this.element = document.createElement("div");
    this.element.className = "slot";
    this.element.addEventListener("focusin", onEntered);
    const name = part("slot-name", field.name);
    name.id = `slot-${number}`;
    this.group = document.createElement("div");
    this.group.className = "slot-values";
    this.group.setAttribute("role", "radiogroup");
    this.group.setAttribute("aria-labelledby", name.id);
    this.group.addEventListener("keydown", (event) => this.#walk(event));
    /** @type {{button: HTMLElement, value: Value}[]} */
    this.radios = this.#values().map((value, index) => ({
      button: this.#radio(value, value.rows.length ? String(index + 1) : "0", coders),
      value,
    }));
    this.group.append(...this.radios.map(({ button }) => button));
    this.element.append(name, this.group);
    const type = field.declared && typeOf(field.declared);
    if (type === "text" || type === "date") this.element.append(this.#words(type));
  }

  /**
   * @param {string | undefined} held the key of the value that is chosen
   * @param {boolean} isCurrent whether digits choose here
   */
  mark(held, isCurrent) {
    this.element.dataset.current = String(isCurrent);
    const buttons = this.radios.map(({ button }) => button);
    const checked = this.radios.find(({ value }) => value.key === held)?.button;
    const entry = checked ?? mostChosen(buttons);
    for (const button of buttons) {
      button.setAttribute("aria-checked", String(button === checked));
      button.tabIndex = button === entry ? 0 : -1;
    }
  }

  focus() {
    const first = mostChosen(this.radios.map(({ button }) => button));
    (first ?? this.element.querySelector("input"))?.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} digit @returns {boolean} whether it stands for anything here */
  press(digit) {
    const pressed = this.radios.find(({ button }) => button.dataset.key === digit);
    if (pressed) this.onChosen(pressed.value);
    return Boolean(pressed);
  }

  /** What there is to choose from, nothing at all last. */
  #values() {
    const { values, others, mayBeNone } = this.field;
    const given = [...values, ...others].filter(({ rows }) => rows.length);
    const none = values.find(({ rows }) => !rows.length) ?? { key: "[]", rows: [], coders: [] };
    return mayBeNone ? [...given, none] : given;
  }

  /**
   * @param {Value} value
   * @param {string} key
   * @param {number} coders
   */
  #radio(value, key, coders) {
    const button = choice(key.length > 1 ? "" : key);
    button.setAttribute("role", "radio");
    button.classList.toggle("is-nobodys", !value.coders.length);
    const words = part("slot-value", this.#wordsOf(value));
    const alike = this.#values().filter((other) => this.#wordsOf(other) === words.textContent);
    if (alike.length > 1) words.append(part("choice-details", this.#around(value)));
    button.append(words, whoChose(value.coders, coders));
    // The next place stands where this one stood: a double click would choose there too.
    button.addEventListener("click", ({ detail }) => detail < 2 && this.onChosen(value));
    return button;
  }

  /** @param {Value} value */
  #wordsOf({ rows }) {
    if (!rows.length) return text("slot-none");
    if (!this.field.isLink) return rows.map((row) => /** @type {Attribute} */ (row).value).join(", ");
    const ends = rows.map((row) => this.targets.get(/** @type {Link} */ (row).target)?.quote ?? "…");
    return `→ ${ends.map((quote) => `“${quote}”`).join(", ")}`;
  }

  /** @param {Value} value a link, whose target has the words of another one */
  #around({ rows }) {
    const at = rows.map((row) => this.targets.get(/** @type {Link} */ (row).target));
    return at
      .flatMap((span) => (span ? [`…${this.articleText.slice(Math.max(0, span.start - AROUND), span.end + AROUND)}…`] : []))
      .join(" · ");
  }

  /** A field for words that nobody gave. @param {"text" | "date"} type */
  #words(type) {
    const { declared, name } = this.field;
    const input = document.createElement("input");
    input.className = "control";
    input.maxLength = 2000;
    input.autocomplete = "off";
    input.dir = "auto";
    input.placeholder = text(type === "date" ? "slot-other-date" : "slot-other");
    input.setAttribute("aria-label", text("slot-other-label", { name }));
    input.addEventListener("input", () => input.setCustomValidity(""));
    input.addEventListener("keydown", (event) => {
      const words = input.value.trim();
      if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey || !words) return;
      event.preventDefault();
      if (declared && admits(declared, words)) this.onChosen(worded(this.field, words));
      else {
        input.setCustomValidity(text("slot-no-date"));
        input.reportValidity();
      }
    });
    return input;
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    const step = STEPS[event.key];
    const buttons = this.radios.map(({ button }) => button);
    const place = buttons.indexOf(/** @type {HTMLElement} */ (event.target));
    if (!step || place < 0) return;
    event.preventDefault();
    buttons[(place + step + buttons.length) % buttons.length].focus();
  }
}
