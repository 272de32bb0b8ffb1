/**
 * The desk at which one task is ruled on: its text, the card at hand, and the list of places.
 */

import { afterFrame } from "./after-frame.js";
import { Alike } from "./alike.js";
import { BorderEditor } from "./border-editor.js";
import { CardHistory } from "./card-history.js";
import { CardPanel } from "./card-panel.js";
import { begunWith, isOpen } from "./card-versions.js";
import { converted } from "./converted.js";
import { DeskText } from "./desk-text.js";
import { Fills } from "./fills.js";
import { Holding } from "./holding.js";
import { Labels } from "./labels.js";
import { Offsets } from "./offsets.js";
import { PlaceList } from "./place-list.js";
import { showProgress } from "./progress.js";
import { RefusedList } from "./refused-list.js";
import { Remarks } from "./remarks.js";
import { Rulings } from "./rulings.js";
import { Score } from "./score.js";
import { text } from "./texts.js";
import { WholeArticle } from "./whole-article.js";

/** @typedef {import("./types.js").Card} Card */
/** @typedef {import("./types.js").Disputes} Disputes */

/** @type {Record<string, string>} why a task takes no rulings, by its state */
const SHUT = { open: "coders-at-work", archived: "is-archived" };

export class RulingDesk {
  /**
   * @param {HTMLElement} root
   * @param {Disputes} wire
   * @param {import("./paragraphs.js").Paragraphs} paragraphs
   * @param {import("./steady-api.js").SteadyApi} api
   * @param {import("./outbox-store.js").OutboxStore | null} store
   */
  constructor(root, wire, paragraphs, api, store) {
    this.root = root;
    const find = (/** @type {string} */ id) => this.#find(id);
    const offsets = new Offsets(wire.article.text);
    const inUnits = (/** @type {any} */ value) =>
      converted(value, (offset) => offsets.fromCodePoints(offset));
    const onWire = (/** @type {any} */ value) =>
      converted(value, (offset) => offsets.toCodePoints(offset));
    const articleText = wire.article.text;
    const tokens = wire.tokens.map(([start, end]) => offsets.fromWire({ start, end }));
    const labels = new Labels(wire.codebook.labels);
    const url = root.dataset.documentUrl ?? "";
    this.message = find("message");
    const model = { text: articleText, tokens };
    this.rulings = new Rulings({
      root,
      document: inUnits(wire),
      api,
      url,
      inUnits,
      onWire,
      store,
    });
    if (root.dataset.state === "archived") this.rulings.state = "archived";
    this.surface = new DeskText({
      paragraphs,
      bars: find("layer"),
      boxes: find("marks"),
      labels,
      model,
      veiled: inUnits(wire.article.zones).filter(
        (/** @type {{kind: string}} */ zone) => zone.kind === "boilerplate",
      ),
      rulings: this.rulings,
    });
    /** @type {string | null} the card that the address asks for, if there is one */
    this.current = this.rulings.card(root.dataset.card ?? null)?.id ?? null;
    /** @type {string | null} */
    this.shown = null;

    this.panel = new CardPanel({
      panel: find("card"),
      score: new Score({ element: find("score"), labels, text: articleText, tokens }),
      labels,
      articleText,
      coders: wire.coders.length,
      onRuled: (ruling) => this.rule(ruling),
    });
    this.list = new PlaceList({
      section: find("places"),
      onChosen: (id) => this.goTo(id),
      onTakenBack: (span) => {
        this.rulings.takeBack(span);
        this.say(text("taken-back"));
        this.panel.focusChoice();
      },
    });
    this.labels = labels;
    this.refused = new RefusedList({
      section: find("refused"),
      rulings: this.rulings,
      labels,
      articleText,
    });
    const say = (/** @type {string} */ sentence) => this.say(sentence);
    this.remarks = new Remarks({
      section: /** @type {HTMLDetailsElement} */ (find("remarks")),
      api,
      url,
      say,
    });
    this.history = new CardHistory({
      section: /** @type {HTMLDetailsElement} */ (find("card-history")),
      rulings: this.rulings,
      labels,
      say,
      onAgain: (body) => this.rule(body, {}),
    });
    this.alike = new Alike({
      section: find("alike"),
      dialog: /** @type {HTMLDialogElement} */ (find("alike-dialog")),
      rulings: this.rulings,
      labels,
      say,
    });
    this.article = new WholeArticle({
      dialog: find("return-dialog"),
      rulings: this.rulings,
      say,
    });
    /** Whether it was made ready before it came on the page. */
    this.isReady = false;
    this.onMoved = () => {};
    this.onDecided = () => {};
    this.onTaken = () => {};
    this.holding = new Holding({
      notice: find("held"),
      rulings: this.rulings,
      onTaken: () => this.onTaken(),
    });
    /** Ends what the desk hears of while it is the one on the page. */
    this.leaving = new AbortController();
    this.editor = new BorderEditor({
      section: find("editor"),
      labels,
      model,
      coders: wire.coders,
      rulings: this.rulings,
      score: new Score({ element: find("editor-score"), labels, text: articleText, tokens }),
      fills: new Fills(paragraphs, find("layer")),
      paragraphs,
    });
    this.editor.onClosed = () => this.panel.focusChoice();
    /** @type {Card[]} as they were laid out last */
    this.laid = [];
    find("places").addEventListener("change", () => this.refresh());
    find("doc").addEventListener("click", (event) => this.#clicked(event));
  }

  /** Begin, or begin again, to be the desk on the page. */
  enter() {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    /**
     * @param {EventTarget} target
     * @param {string} name
     * @param {(detail: any) => void} heard
     */
    const hear = (target, name, heard) =>
      target.addEventListener(name, (event) => heard(/** @type {any} */ (event).detail), { signal });
    hear(this.root, "cards-changed", ({ cards }) => this.refresh(cards));
    hear(this.root, "card-wanted", ({ id }) => this.goTo(id));
    hear(this.root, "ruling-refused", ({ card, sentence }) => {
      if (card) this.goTo(card);
      this.refresh();
      if (card) this.history.open();
      this.say(sentence);
    });
    hear(document, "pointerup", () => {
      const selected = this.editor.isOpen && this.surface.takeSelection();
      if (selected) this.editor.takeSelection(selected);
    });
    this.surface.watch(signal);
    this.holding.begin();
    if (!this.isReady) {
      this.#choose();
      this.refresh();
    }
    this.isReady = false;
    const { card } = this;
    if (card) this.#goOnTo(card);
    this.panel.focusChoice();
    this.onMoved();
  }

  /**
   * Show everything that takes no place of its own on the page, to `enter` at once.
   * @param {RulingDesk} present the desk that is on the page
   */
  makeReady(present) {
    this.#choose();
    if (this.card) this.panel.prepare(this.card, this.rulings.index, present.panel);
    this.refresh();
    this.isReady = true;
  }

  #choose() {
    this.current ??= (this.places.find(isOpen) ?? this.places[0])?.id ?? null;
  }

  /** Stop being the desk on the page; what was ruled goes on being sent. */
  leave() {
    this.leaving.abort();
    this.holding.end();
    this.editor.close();
  }

  /** How many places wait for a ruling. */
  get waiting() {
    return this.places.filter(isOpen).length;
  }

  get places() {
    return this.list.chosen(this.rulings.cards, this.current);
  }

  get card() {
    return this.rulings.card(this.current);
  }

  /** @param {string | null} id */
  goTo(id) {
    const card = this.rulings.card(id);
    if (!id || !card) return;
    this.#goOnTo(card);
    this.current = id;
    this.editor.close();
    this.refresh([]);
    this.panel.focusChoice();
  }

  /** @param {number} step */
  move(step) {
    const { places } = this;
    const index = places.findIndex((card) => card.id === this.current);
    const next = places[index + step];
    if (next) this.goTo(next.id);
    else this.say(text(step > 0 ? "last-place" : "first-place"));
  }

  /**
   * @param {{outcome: string, coder?: string, spans?: any[]}} ruling
   * @param {object} [said] what goes with it
   */
  rule(ruling, said = this.panel.said) {
    const { card } = this;
    if (!card) return;
    if (this.isShut()) return;
    const isLast = isOpen(card) && this.waiting === 1;
    const next = this.#openAfter(card);
    // The next card is at hand before this one changes, so that all is drawn once.
    if (next) {
      this.#goOnTo(next);
      this.current = next.id;
    } else this.panel.releaseFocus();
    this.say("");
    this.editor.close();
    this.rulings.rule(card, { ...ruling, ...said });
    if (next) this.panel.focusChoice();
    else afterFrame(() => this.#standOnFinish());
    // Who could rule alike elsewhere is not led away from it.
    if (this.alike.ruled(card)) return;
    if (isLast) this.onDecided();
    else if (!next) this.say(text("all-decided"));
  }

  /**
   * Show what is new: the place at hand, if it is another one, and the cards that changed.
   * @param {Card[] | null} [changed] null where any may have
   */
  refresh(changed = null) {
    const { rulings, card, places } = this;
    const isNew = this.current !== this.shown;
    this.shown = this.current;
    const isLaid = changed && sameCards(places, this.laid);
    if (!isLaid) {
      this.laid = places;
      this.list.lay(places);
      this.surface.marks.lay(places);
      this.surface.gold.prune((id) => rulings.card(id));
      if (card) this.list.reveal(card);
    }
    this.surface.gold.show(changed ?? rulings.cards, rulings.added);
    this.list.show(changed ?? [], this.current);
    this.surface.marks.show(changed ?? [], card);
    this.list.showAdded(
      rulings.added.flatMap(({ decision }) => decision.spans),
      this.labels,
    );
    const automatic = rulings.cards.filter((one) => one.decision?.automatic && !isOpen(one));
    this.list.showAutomatic(automatic.length);
    showProgress(this.root, places.length - places.filter(isOpen).length, places.length);
    this.refused.show();
    this.#find("card").hidden = !card;
    this.#find("nothing").hidden = Boolean(card);
    if (card) {
      const isOther = isNew || !changed || changed.includes(card);
      this.panel.showPlace(places.indexOf(card) + 1, places.length);
      this.remarks.show(card);
      this.history.show(card);
      if (isOther) this.alike.show(card);
      if (isOther) this.panel.show(card, { index: rulings.index, targets: rulings.targets, isNew });
    }
    if (isNew) afterFrame(() => this.#lookAhead());
    this.onMoved();
  }

  /** @param {string} sentence */
  say(sentence) {
    this.message.textContent = "";
    this.message.textContent = sentence;
  }

  edit() {
    if (this.isShut()) return;
    const selected = this.surface.takeSelection();
    const { card } = this;
    if (selected) {
      this.editor.open({
        extent: selected,
        onSaved: ([{ label, start, end }]) => {
          this.rulings.add({ label, start, end });
          this.say(text("added"));
        },
      });
    } else if (card) {
      this.editor.open({
        card,
        extent: card,
        spans: begunWith(card, this.panel.coderAtHand),
        onSaved: (spans) => this.panel.ruleOnDrafts(spans),
      });
    }
  }

  /** Say why the article takes no rulings, if it takes none. @returns {boolean} whether it is so */
  isShut() {
    const { isElsewhere, isOpenToRulings, state } = this.rulings;
    if (!isOpenToRulings) this.say(text(isElsewhere ? "is-held" : SHUT[state] ?? "is-finished"));
    return !isOpenToRulings;
  }

  /** Undo the last value chosen, or else the last ruling on this article. @returns {boolean} whether there is one */
  undo() {
    const isValue = this.panel.undo();
    const isUndone = isValue || this.rulings.undo();
    this.say(text(isValue ? "value-undone" : isUndone ? "undone" : "nothing-to-undo"));
    return isUndone;
  }

  /** Go to a place that waits for a ruling. @returns {boolean} whether there is one */
  goToWaiting() {
    const waiting = this.places.find(isOpen);
    if (!waiting) return false;
    this.goTo(waiting.id);
    this.say(text("still-open"));
    return true;
  }

  /**
   * Return the next card that waits, from this one on and then from the beginning.
   * @param {Card} card
   */
  #openAfter(card) {
    const { places } = this;
    const index = places.indexOf(card);
    return [...places.slice(index + 1), ...places.slice(0, index)].find(isOpen);
  }

  /**
   * Return a part of the article's own piece of the page, which may not be on the page yet.
   * @param {string} id
   */
  #find(id) {
    return /** @type {HTMLElement} */ (this.root.querySelector(`#${id}`));
  }

  /**
   * Do what needs the layout of the page, before anything changes it.
   * @param {Card} card
   */
  #goOnTo(card) {
    this.list.reveal(card);
    this.surface.marks.reveal(card);
    this.panel.releaseFocus();
  }

  /** Let the keyboard stand on the button that ends the article, unless it has ended. */
  #standOnFinish() {
    if (!this.leaving.signal.aborted) this.#find("finish").focus({ preventScroll: true });
  }

  /** Make ready what is ruled on next, unless the person has gone on already. */
  #lookAhead() {
    const next = this.card && this.#openAfter(this.card);
    if (next && !this.leaving.signal.aborted) this.panel.prepare(next, this.rulings.index);
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const offset = this.editor.isOpen ? null : this.surface.offsetOf(event);
    if (offset === null) return;
    const [smallest] = this.places
      .filter(({ start, end }) => start <= offset && offset < end)
      .sort((a, b) => a.end - a.start - (b.end - b.start));
    if (smallest) this.goTo(smallest.id);
  }
}

/**
 * @param {Card[]} some
 * @param {Card[]} others
 */
function sameCards(some, others) {
  return some.length === others.length && some.every((card, index) => card === others[index]);
}
