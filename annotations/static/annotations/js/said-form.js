/**
 * What goes with a ruling: reason, rule, note and confidence. What was begun on a card and not
 * yet said is there when one comes back to it.
 */

/** @typedef {import("./types.js").Card} Card */
/** @typedef {{reason: string, rule: string, note: string, confidence: number | null}} Said */

export class SaidForm {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    /** @type {Map<string, Said>} */
    this.unsaid = new Map();
  }

  /** @returns {Said} what the person has said beside the ruling itself */
  get said() {
    const [reason, rule, note, confidence] = ["reason", "rule", "note", "confidence"].map(
      (name) => this.#field(name)?.value ?? "",
    );
    return { reason, rule, note, confidence: confidence ? Number(confidence) : null };
  }

  /**
   * Go from one card to the next.
   * @param {Card | undefined} before
   * @param {Card} card
   */
  show(before, card) {
    if (before) this.#keep(before);
    for (const [name, value] of Object.entries(this.unsaid.get(card.id) ?? saidOf(card))) {
      const field = this.#field(name);
      if (field) field.value = String(value ?? "");
    }
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement | null} */ (this.form.elements.namedItem(name));
  }

  /** @param {Card} card */
  #keep(card) {
    const { said } = this;
    if (JSON.stringify(said) === JSON.stringify(saidOf(card))) this.unsaid.delete(card.id);
    else this.unsaid.set(card.id, said);
  }
}

/**
 * Return what a person has said with the ruling on a card, in the order of the form.
 * @param {Card} card
 * @returns {Said}
 */
function saidOf({ decision }) {
  const { reason = "", rule = "", note = "", confidence = null } =
    decision && !decision.automatic ? decision : {};
  return { reason, rule, note, confidence };
}
