/**
 * Suggestions on the page: a dashed outline around their words, and a list of their own.
 *
 * A script of its own, sent before the annotation page's where the batch has suggestions.
 */

import { loadTexts, text } from "./texts.js";

/** @typedef {import("./types.js").Suggestion} Suggestion */
/** @typedef {import("./paragraphs.js").Paragraph} Paragraph */

const NEAR = "800px 0px";

class SuggestionView {
  /**
   * @param {object} parts
   * @param {EventTarget} parts.root
   * @param {HTMLElement} parts.section with an `ol`, `[data-part=count]` and two buttons for all
   * @param {HTMLElement} parts.layer
   * @param {import("./paragraphs.js").Paragraphs} parts.paragraphs
   * @param {import("./labels.js").Labels} parts.labels
   * @param {import("./suggestions.js").Suggestions} parts.suggestions
   * @param {() => void} parts.onDone after something was done by mouse
   */
  constructor({ root, section, layer, paragraphs, labels, suggestions, onDone }) {
    this.section = section;
    this.list = /** @type {HTMLElement} */ (section.querySelector("ol"));
    this.layer = layer;
    this.paragraphs = paragraphs;
    this.labels = labels;
    this.suggestions = suggestions;
    this.onDone = onDone;
    /** @type {Map<string, HTMLElement>} */
    this.rows = new Map();
    /** @type {Map<Paragraph, HTMLElement>} */
    this.groups = new Map();
    const observer = new IntersectionObserver((entries) => this.#follow(entries), { rootMargin: NEAR });
    for (const { element } of paragraphs.all) observer.observe(element);
    root.addEventListener("suggestions-changed", () => this.#show());
    root.addEventListener("laid-out", () => this.#draw());
    this.#onClick(section, "accept-all", () => suggestions.accept(suggestions.open));
    this.#onClick(section, "refuse-all", () => suggestions.refuse(suggestions.open));
    this.#show();
  }

  #draw() {
    const origin = this.layer.getBoundingClientRect();
    const drawings = [...this.groups].map(([paragraph, group]) => ({
      group,
      marks: this.#marks(paragraph, origin),
    }));
    for (const { group, marks } of drawings) group.replaceChildren(...marks.map((mark) => this.#box(mark)));
  }

  #show() {
    const { open, atHand } = this.suggestions;
    this.section.hidden = !open.length;
    const count = this.section.querySelector("[data-part=count]");
    if (count) count.textContent = String(open.length);
    const ids = new Set(open.map(({ id }) => id));
    for (const [id, row] of this.rows) {
      if (ids.has(id)) continue;
      row.remove();
      this.rows.delete(id);
    }
    open.forEach((suggestion, index) => {
      const row = this.rows.get(suggestion.id) ?? this.#row(suggestion);
      if (this.list.children[index] !== row) this.list.insertBefore(row, this.list.children[index] ?? null);
      row.querySelector("button")?.toggleAttribute("aria-current", suggestion === atHand);
    });
    if (atHand) this.#reveal(this.rows.get(atHand.id));
    this.#draw();
  }

  /** @param {HTMLElement | undefined} row to scroll to in the list; the page itself stays */
  #reveal(row) {
    const frame = this.list.getBoundingClientRect();
    const place = row?.getBoundingClientRect() ?? frame;
    if (place.top < frame.top) this.list.scrollTop -= frame.top - place.top;
    else if (place.bottom > frame.bottom) this.list.scrollTop += place.bottom - frame.bottom;
  }

  /** @param {Suggestion} suggestion */
  #row(suggestion) {
    const row = document.createElement("li");
    this.labels.dress(row, suggestion.label);
    const glyph = document.createElement("i");
    glyph.className = "glyph";
    const name = document.createElement("span");
    name.className = "visually-hidden";
    name.textContent = `${this.labels.nameOf(suggestion.label)}: `;
    const quote = document.createElement("span");
    quote.className = "quote";
    quote.dir = "auto";
    quote.textContent = suggestion.quote.replace(/\s+/g, " ");
    const origin = document.createElement("span");
    origin.className = "origin";
    origin.textContent = suggestion.origin;
    const go = document.createElement("button");
    go.type = "button";
    go.append(glyph, name, quote, origin);
    go.addEventListener("click", () => {
      this.suggestions.choose(suggestion.id);
      this.onDone();
    });
    row.append(
      go,
      this.#answer("✓", "accept-one", suggestion, () => this.suggestions.accept([suggestion])),
      this.#answer("✗", "refuse-one", suggestion, () => this.suggestions.refuse([suggestion])),
    );
    this.rows.set(suggestion.id, row);
    return row;
  }

  /**
   * @param {string} sign
   * @param {string} key
   * @param {Suggestion} suggestion
   * @param {() => void} act
   */
  #answer(sign, key, { quote }, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "answer";
    button.textContent = sign;
    button.ariaLabel = button.title = text(key, { quote });
    button.addEventListener("click", () => {
      act();
      this.onDone();
    });
    return button;
  }

  /**
   * @param {HTMLElement} section
   * @param {string} part
   * @param {() => void} act
   */
  #onClick(section, part, act) {
    section.querySelector(`[data-part=${part}]`)?.addEventListener("click", () => {
      act();
      this.onDone();
    });
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #follow(entries) {
    for (const { target, isIntersecting } of entries) {
      const paragraph = this.paragraphs.byElement.get(/** @type {HTMLElement} */ (target));
      if (!paragraph) continue;
      if (isIntersecting && !this.groups.has(paragraph)) {
        this.groups.set(paragraph, this.layer.appendChild(document.createElement("div")));
      } else if (!isIntersecting) {
        this.groups.get(paragraph)?.remove();
        this.groups.delete(paragraph);
      }
    }
    this.#draw();
  }

  /**
   * @param {Paragraph} paragraph
   * @param {DOMRect} origin
   */
  #marks(paragraph, origin) {
    const { open } = this.suggestions;
    const held = open.filter(({ start, end }) => start < paragraph.end && end > paragraph.start);
    return held.flatMap((suggestion) => {
      const range = this.paragraphs.rangeIn(paragraph, suggestion);
      return [...(range?.getClientRects() ?? [])]
        .filter(({ width }) => width > 1)
        .map((rect) => ({ suggestion, left: rect.left - origin.left, top: rect.top - origin.top, rect }));
    });
  }

  /** @param {{suggestion: Suggestion, left: number, top: number, rect: DOMRect}} mark */
  #box({ suggestion, left, top, rect }) {
    const box = document.createElement("i");
    box.className = "suggested";
    box.classList.toggle("at-hand", suggestion === this.suggestions.atHand);
    this.labels.dress(box, suggestion.label);
    box.style.cssText = `left:${left}px;top:${top}px;width:${rect.width}px;height:${rect.height}px`;
    return box;
  }
}

loadTexts(/** @type {HTMLTemplateElement} */ (document.getElementById("coding-texts")));
document.getElementById("coding")?.addEventListener("surface-opened", (event) => {
  const section = document.getElementById("suggestion-list");
  const { detail } = /** @type {CustomEvent} */ (event);
  if (section) new SuggestionView({ ...detail, section });
});
