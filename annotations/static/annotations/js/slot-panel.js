/**
 * The slots of a card: a row for each attribute and link that is left open. A choice leads to the
 * next open row; the last one says that all is chosen.
 */

import { subjectParts } from "./card-parts.js";
import { SlotRow } from "./slot-row.js";
import { composed, ruledValue, slotsOf } from "./slots.js";

/** @typedef {import("./types.js").Span} Span */
/** @typedef {import("./slots.js").Subject} Subject */
/** @typedef {import("./slots.js").Value} Value */

/**
 * @typedef {object} Question
 * @property {Subject[]} subjects
 * @property {import("./card-versions.js").Targets} targets
 * @property {Span[]} ruled what is in force, if anything
 * @property {boolean} hasOthers whether there are other versions to go back to
 */

export class SlotPanel {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.section with `[data-part=slots]` and the buttons below
   * @param {import("./labels.js").Labels} parts.labels
   * @param {string} parts.articleText
   * @param {number} parts.coders how many the task has
   * @param {(spans: import("./slots.js").Draft[]) => void} parts.onChosen once every slot is
   */
  constructor({ section, labels, articleText, coders, onChosen }) {
    this.section = section;
    this.list = /** @type {HTMLElement} */ (section.querySelector("[data-part=slots]"));
    this.back = /** @type {HTMLElement} */ (section.querySelector("[data-command=back]"));
    this.labels = labels;
    this.articleText = articleText;
    this.coders = coders;
    this.onChosen = onChosen;
    /** @type {Question | null} */
    this.question = null;
    /** @type {Map<string, Value>} by slot, in the order in which they were chosen */
    this.chosen = new Map();
    /** @type {Map<string, SlotRow>} */
    this.rows = new Map();
    this.current = "";
    this.drawn = "";
  }

  get isOpen() {
    return this.question !== null;
  }

  /**
   * Ask for values, or go on asking with what was chosen so far.
   * @param {Question} question
   */
  show(question) {
    this.question = question;
    this.section.hidden = false;
    this.back.hidden = !question.hasOthers;
    const slots = slotsOf(question.subjects).map(({ id }) => id);
    if (!slots.includes(this.current)) this.current = slots[0];
    // Rows that say what they said stay, so that focus and typed words do too.
    const said = JSON.stringify(question.subjects);
    if (said !== this.drawn) this.#draw(question);
    this.drawn = said;
    this.#mark();
  }

  close() {
    this.question = null;
    this.section.hidden = true;
    this.list.replaceChildren();
    this.chosen.clear();
    this.current = "";
    this.drawn = "";
  }

  /** Let the keyboard stand on the value with most support; nothing is chosen by that. */
  focus() {
    this.rows.get(this.current)?.focus();
  }

  /**
   * Choose what a digit stands for in the row at hand. @returns {boolean} whether it stands for anything
   * @param {string} digit
   */
  press(digit) {
    return this.rows.get(this.current)?.press(digit) ?? false;
  }

  /** The name of the slot at hand, if it can't be left empty. */
  get required() {
    const field = this.rows.get(this.current)?.field;
    return this.isOpen && field && !field.mayBeNone ? field.name : "";
  }

  /** Take the last choice back. @returns {boolean} whether there was one */
  undo() {
    const last = [...this.chosen.keys()].at(-1);
    if (!last) return false;
    this.chosen.delete(last);
    this.#goTo(last);
    return true;
  }

  /**
   * @param {string} slot
   * @param {Value} value
   */
  #choose(slot, value) {
    const { subjects, targets } = /** @type {Question} */ (this.question);
    this.chosen.delete(slot);
    this.chosen.set(slot, value);
    const slots = slotsOf(subjects).map(({ id }) => id);
    const later = slots.slice(slots.indexOf(slot) + 1);
    const next = [...later, ...slots].find((id) => !this.chosen.has(id));
    if (next) return this.#goTo(next);
    const spans = composed(subjects, this.chosen, targets);
    this.chosen.clear();
    this.current = slots[0];
    this.#mark();
    this.onChosen(spans);
  }

  /** @param {string} slot */
  #goTo(slot) {
    this.current = slot;
    this.#mark();
    this.focus();
  }

  #mark() {
    const { subjects, ruled, targets } = /** @type {Question} */ (this.question);
    for (const subject of subjects) {
      for (const field of subject.fields) {
        const held = this.chosen.get(field.id)?.key ?? ruledValue(field, subject, ruled, targets);
        this.rows.get(field.id)?.mark(held, field.id === this.current);
      }
    }
  }

  /** @param {Question} question */
  #draw({ subjects, targets }) {
    this.rows.clear();
    const { articleText, coders } = this;
    for (const field of slotsOf(subjects)) {
      const row = new SlotRow({
        field,
        number: this.rows.size,
        coders,
        targets,
        articleText,
        onChosen: (value) => this.#choose(field.id, value),
        onEntered: () => {
          this.current = field.id;
          this.#mark();
        },
      });
      this.rows.set(field.id, row);
    }
    this.list.replaceChildren(
      ...subjects.flatMap((subject) => [
        head(subjectParts(subject, this.labels, targets)),
        ...subject.fields.flatMap(({ id }) => this.rows.get(id)?.element ?? []),
      ]),
    );
  }
}

/** @param {Node[]} parts */
function head(parts) {
  const line = document.createElement("p");
  line.className = "slot-span";
  line.append(...parts);
  return line;
}
