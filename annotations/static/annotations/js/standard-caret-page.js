/**
 * The browser's own caret in the text, for those whose screen reader or habit follows it.
 *
 * The text can be edited as far as the browser knows, so that the caret moves natively; every
 * edit is refused, and what gets through all the same, such as a composed word, is undone.
 *
 * A script of its own, sent before the annotation page's to those who chose this caret.
 */

import { wordAt } from "./moves.js";
import { snap } from "./snap.js";

// In SPAN mode the arrows keep their own meaning: there is no native word for it.
const NATIVE = /^(right|left|up|down|(line|document)-(start|end)|screen-(up|down)|sentence-.*|character-.*|extend-.*)$/;

class StandardCaret {
  /**
   * @param {object} parts
   * @param {EventTarget} parts.root
   * @param {import("./paragraphs.js").Paragraphs} parts.paragraphs
   * @param {import("./types.js").TextModel} parts.model
   * @param {import("./cursor.js").Cursor} parts.cursor
   * @param {() => "words" | "characters"} parts.snapUnit
   */
  constructor({ root, paragraphs, model, cursor, snapUnit }) {
    this.paragraphs = paragraphs;
    this.model = model;
    this.cursor = cursor;
    this.snapUnit = snapUnit;
    this.isFollowing = false;
    const surface = paragraphs.root;
    surface.contentEditable = "true";
    surface.spellcheck = false;
    // No keyboard on the screen: there is nothing to type.
    surface.inputMode = "none";
    for (const edit of ["beforeinput", "paste", "drop", "cut", "dragstart"]) {
      surface.addEventListener(edit, (event) => event.preventDefault());
    }
    this.original = paragraphs.all.map(({ node }) => node?.data ?? "");
    this.observer = new MutationObserver(() => this.#restore());
    this.#observe();
    document.addEventListener("selectionchange", () => this.#take());
    root.addEventListener("cursor-moved", () => this.#show());
  }

  /**
   * Take up where the browser's caret is, which it tells late, and say whether the browser
   * does this command itself.
   * @param {string} command
   */
  leaves(command) {
    this.#take();
    return !this.cursor.active && !this.cursor.isSticky && NATIVE.test(command);
  }

  /** Select what the browser's caret stands in, or what it has selected. */
  #take() {
    const { root } = this.paragraphs;
    const selection = document.getSelection();
    if (!selection?.rangeCount || !selection.focusNode || !root.contains(selection.focusNode)) return;
    const focus = this.paragraphs.offsetOf(selection.focusNode, selection.focusOffset);
    const held = this.paragraphs.nativeSelection();
    const { text, tokens } = this.model;
    const extent = held ? snap(text, tokens, held, this.snapUnit()) : this.#wordTouching(focus);
    const { start, end } = this.cursor.selection;
    const isSame = (/** @type {import("./types.js").Extent | null} */ other) =>
      other?.start === start && other.end === end;
    // A span may begin inside a word, and is then what `held` is, not what it snaps to.
    if (!extent || isSame(extent) || isSame(held)) return;
    this.isFollowing = true;
    this.cursor.select(
      { start: extent.start, end: extent.end, edge: held && focus === held.start ? "start" : "end" },
      { follow: false },
    );
    this.isFollowing = false;
  }

  /** @param {number} gap between two characters */
  #wordTouching(gap) {
    const before = wordAt(this.model, gap - 1);
    return before.end === gap ? before : wordAt(this.model, gap);
  }

  /** Put the browser's caret where a command has gone. */
  #show() {
    if (this.isFollowing) return;
    const { start, end } = this.cursor.selection;
    const ranges = this.paragraphs.ranges({ start, end });
    const last = ranges.at(-1);
    if (!last) return;
    const [first] = ranges;
    document
      .getSelection()
      ?.setBaseAndExtent(first.startContainer, first.startOffset, last.endContainer, last.endOffset);
  }

  #observe() {
    const options = { childList: true, characterData: true, subtree: true };
    this.observer.observe(this.paragraphs.root, options);
  }

  #restore() {
    this.observer.disconnect();
    this.paragraphs.all.forEach(({ element, node }, index) => {
      if (node && node.data !== this.original[index]) node.data = this.original[index];
      const wanted = node ? [node] : [];
      const is = [...element.childNodes];
      if (is.length !== wanted.length || is[0] !== wanted[0]) element.replaceChildren(...wanted);
    });
    const elements = this.paragraphs.all.map(({ element }) => element);
    const shown = [...this.paragraphs.root.childNodes];
    if (shown.length !== elements.length || shown.some((one, index) => one !== elements[index])) {
      this.paragraphs.root.replaceChildren(...elements);
    }
    this.#observe();
  }
}

document.getElementById("coding")?.addEventListener("surface-opened", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  const caret = new StandardCaret(detail);
  detail.native.leaves = (/** @type {string} */ command) => caret.leaves(command);
});
