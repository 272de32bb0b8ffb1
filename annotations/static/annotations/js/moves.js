/**
 * Move and stretch the selection through the text, without asking where it is on the screen.
 *
 * The current word is always selected, as a cell is in a spreadsheet. Every function takes a
 * selection and returns a new one; at the ends of the text it returns the same extent again.
 */

import { graphemeAt, indexEndingAfter, trim } from "./snap.js";

/** @typedef {import("./types.js").Extent} Extent */
/** @typedef {import("./types.js").Selection} Selection */
/** @typedef {import("./types.js").TextModel} TextModel */
/** @typedef {1 | -1} Step forward or back in reading order */

/**
 * Select the word at `offset`, or the nearest one after it, or the last.
 * @param {TextModel} model
 * @param {number} offset
 * @returns {Selection}
 */
export function wordAt(model, offset) {
  const { tokens } = model;
  if (!tokens.length) return { start: 0, end: 0, edge: "end" };
  const token = tokens[Math.min(indexEndingAfter(tokens, offset), tokens.length - 1)];
  return { start: token.start, end: token.end, edge: "end" };
}

/**
 * Return the index of the word at the edge that moves.
 * @param {TextModel} model
 * @param {Selection} selection
 */
export function edgeToken({ tokens }, { start, end, edge }) {
  const index = indexEndingAfter(tokens, edge === "start" ? start : end - 1);
  // What is selected may end behind its last word: with a full stop, or an emoji.
  const isBehind = index === tokens.length || (edge === "end" && tokens[index].start >= end);
  return isBehind ? index - 1 : index;
}

/**
 * Leave the selection for the next or previous word.
 * @param {TextModel} model
 * @param {Selection} selection
 * @param {Step} step
 * @returns {Selection}
 */
export function moveByWord(model, selection, step) {
  const { tokens } = model;
  if (step > 0) {
    const next = indexEndingAfter(tokens, selection.end);
    return wordAt(model, next < tokens.length ? tokens[next].start : selection.end - 1);
  }
  const here = indexEndingAfter(tokens, selection.start);
  const previous = tokens[here]?.start < selection.start ? here : here - 1;
  return wordAt(model, previous >= 0 ? tokens[previous].start : selection.start);
}

/**
 * Go to the first word of the next sentence, or of this one and then the previous.
 * @param {TextModel} model
 * @param {Selection} selection
 * @param {Step} step
 * @returns {Selection}
 */
export function moveBySentence(model, selection, step) {
  const { sentences } = model;
  const here = indexEndingAfter(sentences, selection.start);
  if (step > 0) {
    const next = sentences[here + (sentences[here]?.start > selection.start ? 0 : 1)];
    return next ? wordAt(model, next.start) : selection;
  }
  const first = wordAt(model, sentences[here]?.start ?? 0);
  if (first.start < selection.start || here === 0) return first;
  return wordAt(model, sentences[here - 1].start);
}

/**
 * Move the active edge by one word; the selection turns round at its last word.
 * @param {TextModel} model
 * @param {Selection} selection
 * @param {Step} step
 * @returns {Selection}
 */
export function extendByWord({ tokens }, { start, end, edge }, step) {
  const first = indexEndingAfter(tokens, start);
  const last = indexEndingAfter(tokens, end - 1);
  if (step > 0) {
    const inner = tokens[first]?.start > start ? tokens[first] : tokens[first + 1];
    if (edge === "start" && inner?.start < end) return { start: inner.start, end, edge };
    const next = tokens[indexEndingAfter(tokens, end)];
    return { start, end: next ? next.end : end, edge: "end" };
  }
  const inner = tokens[last - 1];
  if (edge === "end" && inner?.end > start) return { start, end: inner.end, edge };
  const previous = tokens[first]?.start < start ? tokens[first] : tokens[first - 1];
  return { start: previous ? previous.start : start, end, edge: "start" };
}

/**
 * Move the active edge by one grapheme, never past the other edge or over a line break.
 * @param {TextModel} model
 * @param {Selection} selection
 * @param {Step} step
 * @returns {Selection}
 */
export function extendByCharacter({ text }, { start, end, edge }, step) {
  const from = edge === "start" ? start : end;
  const grapheme = graphemeAt(text, step > 0 ? from : from - 1);
  if (!grapheme) return { start, end, edge };
  const to = step > 0 ? grapheme.end : grapheme.start;
  const moved = edge === "start" ? { start: to, end, edge } : { start, end: to, edge };
  return moved.start < moved.end ? moved : { start, end, edge };
}

/**
 * Stretch the active edge so that the selection reaches over `target`.
 * @param {Selection} selection
 * @param {Extent} target
 * @returns {Selection}
 */
export function extendTo({ start, end, edge }, target) {
  const anchor = edge === "end" ? start : end;
  if (target.end > anchor) {
    return { start: Math.min(anchor, target.start), end: target.end, edge: "end" };
  }
  return { start: target.start, end: anchor, edge: "start" };
}

/**
 * Grow to whole sentences, then to whole paragraphs; null when it cannot grow.
 * @param {TextModel} model
 * @param {Selection} selection
 * @returns {Selection | null}
 */
export function grow(model, selection) {
  for (const units of [model.sentences, model.paragraphs]) {
    const wider = cover(model.text, units, selection);
    if (wider && (wider.start < selection.start || wider.end > selection.end)) {
      return { ...wider, edge: selection.edge };
    }
  }
  return null;
}

/**
 * Return the trimmed extent of the units that hold any of `extent`.
 * @param {string} text
 * @param {Extent[]} units
 * @param {Extent} extent
 * @returns {Extent | null}
 */
export function cover(text, units, { start, end }) {
  const first = units[indexEndingAfter(units, start)];
  const last = units[indexEndingAfter(units, end - 1)];
  if (!first || !last) return null;
  return trim(text, { start: Math.min(first.start, start), end: Math.max(last.end, end) });
}

/**
 * Return the other places where the text of `extent` stands as whole words.
 * @param {TextModel} model
 * @param {Extent} extent
 * @returns {Extent[]}
 */
export function occurrences({ text, tokens, boilerplate }, extent) {
  const quote = text.slice(extent.start, extent.end);
  const found = [];
  for (let at = text.indexOf(quote); at !== -1; at = text.indexOf(quote, at + quote.length)) {
    const end = at + quote.length;
    const first = tokens[indexEndingAfter(tokens, at)];
    const last = tokens[indexEndingAfter(tokens, end - 1)];
    const cutsWord = (first && first.start < at) || (last && last.start < end && last.end > end);
    const outsideStory = boilerplate.some((zone) => zone.start <= at && end <= zone.end);
    if (at !== extent.start && !cutsWord && !outsideStory) found.push({ start: at, end });
  }
  return found;
}
