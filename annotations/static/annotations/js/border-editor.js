/**
 * Make a version that no coder has: the edges of a span are moved on the text, one by one, and
 * its label is given by its key.
 *
 * The arrows move the start, with Shift the end, from one coder's border to the next and beyond
 * them by word. What comes of it is seen in the text and in the score at once.
 */

import { digitOf, letterOf } from "./adjudication-keys.js";
import { Borders } from "./borders.js";
import { coderLanes } from "./coder-lanes.js";
import { text } from "./texts.js";

/** @typedef {import("./types.js").Card} Card */
/** @typedef {import("./types.js").Extent} Extent */
/** @typedef {import("./types.js").Span} Span */
/** @typedef {import("./slots.js").Draft} Draft */
/** @typedef {Draft & {base: Draft | null}} Held */

/** The name of the lane in which the score shows what is being made. */
const LANE = "✎";

export class BorderEditor {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.section
   * @param {import("./labels.js").Labels} parts.labels
   * @param {{text: string, tokens: Extent[]}} parts.model
   * @param {string[]} parts.coders
   * @param {import("./rulings.js").Rulings} parts.rulings
   * @param {import("./score.js").Score} parts.score
   * @param {import("./fills.js").Fills} parts.fills
   * @param {import("./paragraphs.js").Paragraphs} parts.paragraphs
   */
  constructor({ section, labels, model, coders, rulings, score, fills, paragraphs }) {
    this.section = section;
    this.labels = labels;
    this.model = model;
    this.coders = coders;
    this.rulings = rulings;
    this.score = score;
    this.fills = fills;
    this.paragraphs = paragraphs;
    this.borders = new Borders([], []);
    /** @type {Card | undefined} the card that is ruled on; none for a span that nobody coded */
    this.card = undefined;
    /** @type {Held[]} */
    this.drafts = [];
    this.at = 0;
    /** @type {(spans: Draft[]) => void} */
    this.onSaved = () => {};
    this.onClosed = () => {};
    this.#part("labels").replaceChildren(...labels.open.map((label) => this.#labelButton(label)));
    section.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      if (button) this.#clicked(button);
    });
  }

  get isOpen() {
    return !this.section.hidden;
  }

  /**
   * @param {object} task
   * @param {Card} [task.card] what is ruled on, unless a span is added
   * @param {Extent} [task.extent] where to begin, if there is no span
   * @param {Draft[]} [task.spans] what the person begins with
   * @param {(spans: Draft[]) => void} task.onSaved
   */
  open({ card, extent, spans = [], onSaved }) {
    this.card = card;
    this.onSaved = onSaved;
    this.borders = new Borders(card?.candidates ?? [], this.model.tokens);
    this.drafts = spans.map((span) => ({ ...span, base: span }));
    if (extent && !spans.length) this.drafts = [this.#fresh(extent)];
    this.at = 0;
    this.#part("heading").textContent = text(card ? "edit-title" : "add-title");
    for (const name of ["more", "remove"]) this.#part(name).hidden = !card;
    this.section.hidden = false;
    this.#show();
    this.section.focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    this.section.hidden = true;
    this.fills.set("sel", []);
    this.fills.set("preview", []);
    this.onClosed();
  }

  /**
   * Give the span at hand the words that were selected in the text.
   * @param {Extent} extent
   */
  takeSelection(extent) {
    this.#change(extent);
  }

  /**
   * Do what a key stands for here. @returns {boolean} whether it stands for anything
   * @param {KeyboardEvent} event
   */
  press(event) {
    const { key, shiftKey, ctrlKey, metaKey } = event;
    const isByWord = ctrlKey || metaKey;
    if (key === "Escape") this.close();
    else if (key === "ArrowLeft" || key === "ArrowRight") {
      this.#step(shiftKey ? "end" : "start", key === "ArrowLeft" ? -1 : 1, isByWord);
    } else if (/** @type {HTMLElement} */ (event.target).closest("button, a, summary")) return false;
    else if (key === "Enter" && shiftKey) this.#more();
    else if (key === "Enter") this.#save();
    else if (isByWord) return false;
    else if (key === "Delete" || key === "Backspace") this.#remove();
    else if (letterOf(event) === "n") this.#choose((this.at + 1) % this.drafts.length);
    else {
      const label = this.labels.forHotkey(digitOf(event) || letterOf(event));
      if (!label) return false;
      this.#change({ label });
    }
    return true;
  }

  /** @param {HTMLButtonElement} button */
  #clicked({ dataset }) {
    const { label, edge, step, part, draft } = dataset;
    if (label) this.#change({ label });
    else if (edge) {
      this.#step(/** @type {"start" | "end"} */ (edge), step === "1" ? 1 : -1, false);
    } else if (draft) this.#choose(Number(draft));
    else if (part === "save") this.#save();
    else if (part === "more") this.#more();
    else if (part === "remove") this.#remove();
    else if (part === "cancel") this.close();
  }

  /**
   * @param {"start" | "end"} edge
   * @param {1 | -1} step along the line, as it is seen
   * @param {boolean} isByWord
   */
  #step(edge, step, isByWord) {
    const draft = this.drafts[this.at];
    const isRtl = this.paragraphs.isRtl(draft[edge]);
    const ahead = /** @type {1 | -1} */ (isRtl ? -step : step);
    const moved = this.borders.moved(draft, edge, ahead, isByWord);
    if (moved) this.#change({ start: moved.start, end: moved.end });
    else this.#say(text("no-border"));
  }

  /** @param {Partial<Draft>} changes */
  #change(changes) {
    Object.assign(this.drafts[this.at], changes);
    this.#show();
  }

  #more() {
    if (!this.card) return;
    this.drafts.push(this.#fresh(this.card, this.drafts[this.at].label));
    this.#choose(this.drafts.length - 1);
  }

  /**
   * @param {Extent} extent
   * @param {string} [label]
   * @returns {Held}
   */
  #fresh({ start, end }, label = this.labels.open[0]?.key ?? "") {
    return { start, end, label, quote: "", attributes: [], links: [], note: "", base: null };
  }

  #remove() {
    if (!this.card) return;
    if (this.drafts.length === 1) {
      this.#say(text("last-span"));
      return;
    }
    this.drafts.splice(this.at, 1);
    this.#choose(Math.min(this.at, this.drafts.length - 1));
  }

  /** @param {number} at */
  #choose(at) {
    this.at = at;
    this.#show();
  }

  #save() {
    const spans = this.drafts.map(({ base, label, start, end }) => {
      // What was said of a span holds for that label only.
      const { attributes, links, note } = base?.label === label ? base : NOTHING;
      const quote = this.model.text.slice(start, end);
      return { label, start, end, quote, attributes, links, note };
    });
    this.close();
    this.onSaved(spans);
  }

  #show() {
    const draft = this.drafts[this.at];
    const others = this.drafts.filter((other) => other !== draft);
    this.fills.set("sel", [draft]);
    this.fills.set("preview", others);
    for (const button of this.#part("labels").querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.label === draft.label));
    }
    this.#showDrafts();
    this.#showScore(draft);
    const whose = (/** @type {"start" | "end"} */ edge) => {
      const coders = this.borders.codersAt(edge, draft[edge]).join(", ");
      return coders ? [text(`${edge}-as`, { coders })] : [];
    };
    this.#say([this.#wordsOf(draft), ...whose("start"), ...whose("end")].join(" · "));
  }

  /** @param {Draft} draft */
  #wordsOf({ label, start, end }) {
    const words = this.model.text.slice(start, end);
    return text("draft-words", { label: this.labels.nameOf(label), words });
  }

  #showDrafts() {
    const list = this.#part("drafts");
    list.hidden = this.drafts.length < 2;
    list.replaceChildren(
      ...this.drafts.map((draft, index) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button is-small";
        button.dataset.draft = String(index);
        button.setAttribute("aria-pressed", String(index === this.at));
        button.textContent = this.#wordsOf(draft);
        item.append(button);
        return item;
      }),
    );
  }

  /** @param {Draft} draft */
  #showScore(draft) {
    const whole = this.card ?? draft;
    const extent = {
      start: Math.min(whole.start, ...this.drafts.map(({ start }) => start)),
      end: Math.max(whole.end, ...this.drafts.map(({ end }) => end)),
    };
    const near = this.rulings.index.near(this.score.window(extent));
    const made = this.drafts.map((one) => ({ ...NOTHING, ...one, isFaded: false }));
    this.score.show(extent, [
      ...coderLanes(this.coders, near, this.card),
      { coder: LANE, spans: made },
    ]);
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.#part("said").textContent = sentence;
  }

  /** @param {import("./labels.js").DrawnLabel} label */
  #labelButton({ key, name, keys }) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "label-button";
    this.labels.dress(button, key);
    const glyph = document.createElement("span");
    glyph.className = "glyph";
    const hint = document.createElement("kbd");
    hint.textContent = (keys[0] ?? "").toUpperCase();
    hint.hidden = !keys.length;
    button.append(glyph, name, hint);
    return button;
  }

  /** @param {string} name */
  #part(name) {
    return /** @type {HTMLElement} */ (this.section.querySelector(`[data-part=${name}]`));
  }
}

/** @type {Pick<Span, "id" | "rev" | "quote" | "attributes" | "links" | "note">} */
const NOTHING = { id: "", rev: 0, quote: "", attributes: [], links: [], note: "" };
