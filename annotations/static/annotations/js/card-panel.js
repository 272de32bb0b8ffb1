/**
 * The card at hand: the score, the versions to choose from, and what goes with a ruling.
 */

import { absentFrom, contentOf, distinct, isOpen, versionsOf } from "./card-versions.js";
import { kindOf, stateOf } from "./place-list.js";
import { text } from "./texts.js";

/** @typedef {import("./types.js").Card} Card */
/** @typedef {import("./types.js").Span} Span */

export class CardPanel {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.panel
   * @param {import("./score.js").Score} parts.score
   * @param {import("./labels.js").Labels} parts.labels
   * @param {number} parts.coders how many the task has
   * @param {(ruling: {outcome: string, coder?: string, spans?: Span[]}) => void} parts.onRuled
   */
  constructor({ panel, score, labels, coders, onRuled }) {
    this.panel = panel;
    this.score = score;
    this.labels = labels;
    this.coders = coders;
    this.onRuled = onRuled;
    /** @type {Card | undefined} */
    this.card = undefined;
    /** @type {import("./card-versions.js").Targets} */
    this.targets = new Map();
    /** @type {Set<string> | null} the coders whose versions are kept, while several are chosen */
    this.kept = null;
    /** @type {Map<string, ReturnType<typeof saidOf>>} what was written on a card and not yet said */
    this.unsaid = new Map();
    this.choices = this.#part("choices");
    this.form = /** @type {HTMLFormElement} */ (panel.querySelector("form.said"));
    this.choices.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      // The next place stands where this one stood: a double click would rule on both.
      if (button && event.detail < 2) this.#choose(button);
    });
  }

  /**
   * @param {Card} card
   * @param {{index: import("./extent-index.js").ExtentIndex<Card>, targets: import("./card-versions.js").Targets, isNew: boolean}} around
   */
  show(card, { index, targets, isNew }) {
    if (isNew) this.#keepUnsaid();
    this.card = card;
    this.targets = targets;
    this.#part("kind").textContent = kindOf(card);
    this.#showRuling(card);
    this.score.show(card, lanesOf(card, index.near(this.score.window(card))));
    if (isNew) this.#endSeveral();
    if (!this.kept) this.#showChoices(card);
    if (isNew) this.#fillForm(card);
  }

  /**
   * @param {number} place
   * @param {number} places
   */
  showPlace(place, places) {
    const words = text("place-of", { place, places });
    const line = this.#part("place");
    if (line.textContent !== words) line.textContent = words;
  }

  /** What the person has said beside the ruling itself. */
  get said() {
    const said = Object.fromEntries(new FormData(this.form));
    return {
      reason: String(said.reason ?? ""),
      rule: String(said.rule ?? ""),
      note: String(said.note ?? ""),
      confidence: said.confidence ? Number(said.confidence) : null,
    };
  }

  /** Let the keyboard stand on the version with most support; nothing is chosen by that. */
  focusChoice() {
    const [first, ...others] = this.choices.querySelectorAll("button");
    const support = (/** @type {HTMLElement} */ button) => button.querySelectorAll(".coder").length;
    const best = others.reduce((best, other) => (support(other) > support(best) ? other : best), first);
    best?.focus({ preventScroll: true });
  }

  /**
   * Choose what a digit stands for. @returns {boolean} whether it stands for anything
   * @param {string} digit
   */
  press(digit) {
    const button = this.choices.querySelector(`[data-key="${digit}"]`);
    if (button instanceof HTMLButtonElement) this.#choose(button);
    return Boolean(button);
  }

  /**
   * Begin to choose several versions, or rule that those chosen so far are all kept.
   * @returns {string} what to say about it
   */
  keepSeveral() {
    if (!this.card) return "";
    if (!this.kept) {
      this.kept = new Set();
      this.choices.dataset.several = "true";
      for (const button of this.choices.querySelectorAll("button")) {
        button.setAttribute("aria-pressed", "false");
      }
      return text("several-begun");
    }
    const chosen = versionsOf(this.card, this.targets).filter(({ coders }) =>
      this.kept?.has(coders[0]),
    );
    this.#endSeveral();
    if (!chosen.length) {
      this.#showChoices(this.card);
      return text("several-ended");
    }
    const spans = chosen.flatMap((version) => version.spans);
    this.onRuled({ outcome: "edit", spans: distinct(spans, this.targets) });
    return "";
  }

  #endSeveral() {
    this.kept = null;
    delete this.choices.dataset.several;
  }

  /** @param {HTMLButtonElement} button */
  #choose(button) {
    const { outcome, coder } = button.dataset;
    if (this.kept) {
      if (!coder) return;
      if (!this.kept.delete(coder)) this.kept.add(coder);
      button.setAttribute("aria-pressed", String(this.kept.has(coder)));
      return;
    }
    if (coder) this.onRuled({ outcome: "accept", coder });
    else if (outcome === "edit") this.onRuled({ outcome, spans: formerVersion(this.card) });
    else this.onRuled({ outcome: "reject" });
  }

  /** @param {Card} card */
  #showRuling(card) {
    const { decision } = card;
    const line = this.#part("ruling");
    line.hidden = !decision;
    line.dataset.tone = decision?.stale ? "warn" : "ok";
    if (!decision) return;
    const by = decision.by ? text("by", { name: decision.by }) : "";
    line.textContent = [stateOf(card), by, decision.reason].filter(Boolean).join(" · ");
  }

  #keepUnsaid() {
    const { card, said } = this;
    if (!card) return;
    if (JSON.stringify(said) === JSON.stringify(saidOf(card))) this.unsaid.delete(card.id);
    else this.unsaid.set(card.id, said);
  }

  /** @param {Card} card */
  #fillForm(card) {
    for (const [name, value] of Object.entries(this.unsaid.get(card.id) ?? saidOf(card))) {
      const field = /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
      if (field) field.value = String(value ?? "");
    }
  }

  /** @param {Card} card */
  #showChoices(card) {
    const { decision } = card;
    const hadFocus = this.choices.contains(document.activeElement);
    const chosen = isOpen(card) ? null : decision;
    const choices = versionsOf(card, this.targets).map(({ spans, coders }, index) => {
      const button = choice(index < 9 ? String(index + 1) : "");
      button.dataset.coder = coders[0];
      // Gold has its own ids, so that links of a ruling can't be told apart by their targets.
      const isTheirs = chosen?.coder ? coders.includes(chosen.coder) : same(chosen?.spans ?? [], spans);
      const isChosen = chosen?.outcome === "accept" && isTheirs;
      button.setAttribute("aria-pressed", String(isChosen));
      button.append(this.#versions(spans), this.#whoChose(coders));
      return button;
    });
    const former = formerVersion(card);
    if (former.length) {
      const button = choice(choices.length < 9 ? String(choices.length + 1) : "");
      button.dataset.outcome = "edit";
      button.setAttribute("aria-pressed", "false");
      const who = part("choice-who", "");
      who.append(part("choice-share", text("as-ruled")));
      button.append(this.#versions(former), who);
      choices.push(button);
    }
    const none = choice("0");
    none.dataset.outcome = "reject";
    none.setAttribute("aria-pressed", String(chosen?.outcome === "reject"));
    none.append(part("choice-none", text("none")), this.#whoChose(absentFrom(card)));
    this.choices.replaceChildren(
      ...[...choices, none].map((button) => {
        const item = document.createElement("li");
        item.append(button);
        return item;
      }),
    );
    if (hadFocus) this.focusChoice();
  }

  /** @param {Span[]} spans */
  #versions(spans) {
    const whole = part("choice-spans", "");
    for (const span of spans) {
      const one = part("choice-span", "");
      const chip = part("label", "");
      this.labels.dress(chip, span.label);
      chip.append(part("glyph", ""), this.labels.nameOf(span.label));
      const details = [
        ...span.attributes.map(({ name, value }) => `${name}: ${value}`),
        ...span.links.map(({ name, target }) => `${name} → ${this.targets.get(target)?.quote ?? "…"}`),
        ...(span.note ? [`✎ ${span.note}`] : []),
      ];
      one.append(chip, part("choice-quote", `“${span.quote}”`));
      if (details.length) one.append(part("choice-details", details.join(" · ")));
      whole.append(one);
    }
    return whole;
  }

  /** @param {string[]} coders */
  #whoChose(coders) {
    const who = part("choice-who", "");
    who.append(...coders.map((coder) => part("coder", coder)));
    if (coders.length) {
      const share = text("share", { some: coders.length, all: this.coders });
      who.append(part("choice-share", share));
    }
    return who;
  }

  /** @param {string} name */
  #part(name) {
    return /** @type {HTMLElement} */ (this.panel.querySelector(`[data-part=${name}]`));
  }
}

/**
 * The lanes of the score: the card's own spans, and what else each coder marked around them.
 * @param {Card} card
 * @param {Card[]} cards those that lie near
 */
function lanesOf(card, cards) {
  return card.candidates.map(({ coder, spans }) => ({
    coder,
    spans: [
      ...spans.map((span) => ({ ...span, isFaded: false })),
      ...cards
        .filter((other) => other.id !== card.id)
        .flatMap((other) => other.candidates.find((theirs) => theirs.coder === coder)?.spans ?? [])
        .map((span) => ({ ...span, isFaded: true })),
    ],
  }));
}

/**
 * Return what a person has said with the ruling on a card, in the order of the form.
 * @param {Card} card
 */
function saidOf({ decision }) {
  const { reason = "", rule = "", note = "", confidence = null } =
    decision && !decision.automatic ? decision : {};
  return { reason, rule, note, confidence };
}

/**
 * Return what was ruled before the work changed, if no coder has it now.
 * @param {Card | undefined} card
 */
function formerVersion(card) {
  if (!card?.decision?.stale) return [];
  const { spans } = card.decision;
  return versionsOf(card).some((version) => same(version.spans, spans)) ? [] : spans;
}

/** @param {string} key */
function choice(key) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "choice";
  const hint = document.createElement("kbd");
  hint.textContent = key;
  hint.hidden = !key;
  if (key) button.dataset.key = key;
  button.append(hint);
  return button;
}

/**
 * @param {Span[]} some
 * @param {Span[]} others
 */
function same(some, others) {
  return contentOf(some) === contentOf(others);
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
