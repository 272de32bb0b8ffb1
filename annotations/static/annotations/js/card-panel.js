/**
 * The card at hand: the score, the versions to choose from, what is left open in attributes and
 * links of the one that was chosen, and what goes with a ruling.
 */

import { choice, mostChosen, part, spanParts, subjectParts, whoChose } from "./card-parts.js";
import { absentFrom, contentOf, isOpen, versionsOf } from "./card-versions.js";
import { coderLanes } from "./coder-lanes.js";
import { kindOf, stateOf } from "./place-list.js";
import { SaidForm } from "./said-form.js";
import { SlotPanel } from "./slot-panel.js";
import {
  composed,
  outlineOf,
  outlinesOf,
  rulingFor,
  slotsOf,
  subjectsOf,
  subjectsOfDrafts,
} from "./slots.js";
import { text } from "./texts.js";

/** @typedef {import("./types.js").Card} Card */
/** @typedef {import("./types.js").Span} Span */
/** @typedef {import("./slots.js").Draft} Draft */
/** @typedef {{coders: string[], drafts?: undefined} | {drafts: Draft[], coders?: undefined}} Asked whose versions, or which spans, the slots belong to */

export class CardPanel {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.panel
   * @param {import("./score.js").Score} parts.score
   * @param {import("./labels.js").Labels} parts.labels
   * @param {string} parts.articleText
   * @param {number} parts.coders how many the task has
   * @param {(ruling: {outcome: string, coder?: string, spans?: Draft[]}) => void} parts.onRuled
   */
  constructor({ panel, score, labels, articleText, coders, onRuled }) {
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
    /** @type {Asked | null} */
    this.asked = null;
    this.slots = new SlotPanel({
      section: this.#part("details"),
      labels,
      articleText,
      coders,
      onChosen: (spans) => this.#ruleFor(spans),
    });
    this.choices = this.#part("choices");
    this.form = new SaidForm(/** @type {HTMLFormElement} */ (panel.querySelector("form.said")));
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
    if (isNew) this.form.show(this.card, card);
    this.card = card;
    this.targets = targets;
    this.#part("kind").textContent = kindOf(card);
    this.#showRuling(card);
    // Where all marked the same words, the lanes would all be the same.
    this.score.element.hidden = this.#isMarkedAlike(card);
    if (!this.score.element.hidden) this.score.show(card, this.#lanes(card, index));
    if (isNew) {
      this.#endSeveral();
      this.asked = null;
      this.slots.close();
    }
    this.#showQuestion(card);
  }

  /**
   * Measure what is likely to be shown next.
   * @param {Card} card
   * @param {import("./extent-index.js").ExtentIndex<Card>} index
   * @param {CardPanel} [present] the one on the page, while this one is not
   */
  prepare(card, index, present = this) {
    if (this.#isMarkedAlike(card)) return;
    this.score.prepare(card, this.#lanes(card, index), present.score.element);
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
    return this.form.said;
  }

  /** Let the keyboard stand on what has most support; nothing is chosen by that. */
  focusChoice() {
    if (this.slots.isOpen) this.slots.focus();
    else mostChosen(this.choices.querySelectorAll("button"))?.focus({ preventScroll: true });
  }

  /** The first coder of the version that the keyboard stands on, if it stands on one. */
  get coderAtHand() {
    return document.activeElement?.closest(".choice")?.getAttribute("data-coder");
  }

  /** Take the keyboard off the choices that go: with them, it would have all laid out before. */
  releaseFocus() {
    const { activeElement } = document;
    if (activeElement instanceof HTMLElement && this.choices.contains(activeElement)) {
      activeElement.blur();
    }
  }

  /**
   * Choose what a digit stands for. @returns {boolean} whether it stands for anything
   * @param {string} digit
   */
  press(digit) {
    if (this.slots.isOpen) return this.slots.press(digit);
    const button = this.choices.querySelector(`[data-key="${digit}"]`);
    if (button instanceof HTMLButtonElement) this.#choose(button);
    return Boolean(button);
  }

  /** Take back the last value that was chosen for the ruling to be. @returns {boolean} whether there was one */
  undo() {
    return this.slots.undo();
  }

  /** Go back from the values of one version to all versions. */
  back() {
    if (!this.card || !this.slots.isOpen || !this.#hasOthers(this.card)) return;
    this.asked = null;
    this.slots.close();
    this.#showQuestion(this.card);
    this.focusChoice();
  }

  /**
   * Begin to choose several versions, or rule that those chosen so far are all kept.
   * @returns {string} what to say about it
   */
  keepSeveral() {
    if (!this.card) return "";
    if (!this.kept) {
      if (this.#isMarkedAlike(this.card)) return text("several-one");
      this.back();
      this.kept = new Set();
      this.choices.dataset.several = "true";
      for (const button of this.choices.querySelectorAll("button")) {
        button.setAttribute("aria-pressed", "false");
      }
      return text("several-begun");
    }
    const chosen = outlinesOf(this.card).filter(({ coders }) => this.kept?.has(coders[0]));
    this.#endSeveral();
    if (!chosen.length) {
      this.#showChoices(this.card);
      return text("several-ended");
    }
    this.#settle({ coders: chosen.flatMap(({ coders }) => coders) });
    return "";
  }

  /**
   * Rule that `drafts` go to gold, once nothing is left open in their attributes and links.
   * @param {Draft[]} drafts
   */
  ruleOnDrafts(drafts) {
    this.#settle({ drafts });
  }

  /**
   * @param {Card} card
   * @param {import("./extent-index.js").ExtentIndex<Card>} index
   */
  #lanes(card, index) {
    const coders = card.candidates.map(({ coder }) => coder);
    return coderLanes(coders, index.near(this.score.window(card)), card);
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
    const outline = this.card && outlinesOf(this.card).find(({ coders }) => coders[0] === coder);
    if (coder && outline) this.#settle({ coders: outline.coders }, { outcome: "accept", coder });
    else if (outcome === "edit") this.onRuled({ outcome, spans: this.#formerVersion() });
    else this.onRuled({ outcome: "reject" });
  }

  /**
   * Ask for what is left open, or rule at once.
   * @param {Asked} asked what is to be ruled
   * @param {{outcome: string, coder: string}} [ruling] what says just that, if something does
   */
  #settle(asked, ruling) {
    this.asked = asked;
    const subjects = this.#subjects();
    if (slotsOf(subjects).length) {
      if (this.card) this.#showQuestion(this.card);
      this.focusChoice();
    } else if (ruling) {
      this.asked = null;
      this.onRuled(ruling);
    } else this.#ruleFor(composed(subjects, new Map(), this.targets));
  }

  /** @param {Draft[]} spans */
  #ruleFor(spans) {
    const { asked, card, targets } = this;
    if (!asked || !card) return;
    this.asked = null;
    this.#showQuestion(card);
    const isDrawn = Boolean(asked.drafts);
    this.onRuled(isDrawn ? { outcome: "edit", spans } : rulingFor(spans, card.candidates, targets));
  }

  #subjects() {
    const { asked, card, targets, labels } = this;
    const candidates = card?.candidates ?? [];
    if (asked?.drafts) return subjectsOfDrafts(asked.drafts, candidates, { targets, labels });
    const theirs = candidates.filter(({ coder }) => asked?.coders?.includes(coder));
    return subjectsOf(theirs, { targets, labels });
  }

  /**
   * Show the versions, or what is left open in the one that was chosen.
   * @param {Card} card
   */
  #showQuestion(card) {
    if (!this.asked && !this.kept && this.#isMarkedAlike(card)) {
      this.asked = { coders: card.candidates.map(({ coder }) => coder) };
    }
    const subjects = this.asked ? this.#subjects() : [];
    const isAsked = slotsOf(subjects).length > 0;
    this.choices.hidden = isAsked;
    if (isAsked) {
      const ruled = isOpen(card) || this.asked?.drafts ? [] : ruledSpans(card);
      this.slots.show({ subjects, targets: this.targets, ruled, hasOthers: this.#hasOthers(card) });
    } else {
      this.asked = null;
      this.slots.close();
      if (!this.kept) this.#showChoices(card);
    }
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

  /** @param {Card} card */
  #showChoices(card) {
    const { decision } = card;
    const hadFocus = this.choices.contains(document.activeElement);
    const chosen = isOpen(card) ? null : decision;
    const outlines = outlinesOf(card);
    const choices = outlines.map(({ candidates, coders }, index) => {
      const button = choice(index < 9 ? String(index + 1) : "");
      button.dataset.coder = coders[0];
      const isChosen = chosen?.coder
        ? coders.includes(chosen.coder)
        : outlineOf(chosen?.spans ?? []) === outlineOf(candidates[0].spans);
      button.setAttribute("aria-pressed", String(isChosen));
      button.append(this.#version(candidates), whoChose(coders, this.coders));
      return button;
    });
    const former = this.#formerVersion(card);
    if (former.length) {
      const button = choice(choices.length < 9 ? String(choices.length + 1) : "");
      button.dataset.outcome = "edit";
      button.setAttribute("aria-pressed", "false");
      const whole = part("choice-spans");
      whole.append(...former.map((span) => spanLine(spanParts(span, this.labels, this.targets))));
      const who = part("choice-who");
      who.append(part("choice-share", text("as-ruled")));
      button.append(whole, who);
      choices.push(button);
    }
    const none = choice("0");
    none.dataset.outcome = "reject";
    none.setAttribute("aria-pressed", String(chosen?.outcome === "reject"));
    none.append(part("choice-none", text("none")), whoChose(absentFrom(card), this.coders));
    this.choices.replaceChildren(
      ...[...choices, none].map((button) => {
        const item = document.createElement("li");
        item.append(button);
        return item;
      }),
    );
    if (hadFocus) this.focusChoice();
  }

  /** @param {Card["candidates"]} candidates those of coders who marked the place alike */
  #version(candidates) {
    const { targets, labels } = this;
    const whole = part("choice-spans");
    for (const subject of subjectsOf(candidates, { targets, labels })) {
      const line = spanLine(subjectParts(subject, labels, targets));
      const names = slotsOf([subject]).map(({ name }) => name);
      if (names.length) {
        line.append(part("choice-details", text("slots-differ", { names: names.join(", ") })));
      }
      whole.append(line);
    }
    return whole;
  }

  /**
   * Return what was ruled before the work changed, if no coder has it now.
   * @param {Card | undefined} [card]
   */
  #formerVersion(card = this.card) {
    if (!card?.decision?.stale) return [];
    const { spans } = card.decision;
    const said = contentOf(spans, this.targets);
    const isTheirs = versionsOf(card, this.targets).some(
      (version) => contentOf(version.spans, this.targets) === said,
    );
    return isTheirs ? [] : spans;
  }

  /**
   * Whether there is something to go back to from the slots.
   * @param {Card} card
   */
  #hasOthers(card) {
    return Boolean(this.asked?.drafts) || !this.#isMarkedAlike(card);
  }

  /**
   * Whether all coders marked the same, so that there is no version to choose first.
   * @param {Card} card
   */
  #isMarkedAlike(card) {
    const isOne = outlinesOf(card).length === 1 && !absentFrom(card).length;
    return isOne && !this.#formerVersion(card).length;
  }

  /** @param {string} name */
  #part(name) {
    return /** @type {HTMLElement} */ (this.panel.querySelector(`[data-part=${name}]`));
  }
}

/**
 * Return the spans of a ruling, with the coder's own links where it took a coder's version.
 * @param {Card} card
 */
function ruledSpans({ decision, candidates }) {
  const theirs = candidates.find(({ coder }) => coder === decision?.coder);
  return theirs?.spans ?? decision?.spans ?? [];
}

/** @param {Node[]} parts */
function spanLine(parts) {
  const line = part("choice-span");
  line.append(...parts);
  return line;
}
