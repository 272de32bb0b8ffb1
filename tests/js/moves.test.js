import assert from "node:assert/strict";
import { test } from "node:test";

import * as moves from "../../annotations/static/annotations/js/moves.js";

const TEXT = "One two, three. Four five!\n\nSix seven 😀 eight.";

/** @param {RegExp} pattern */
function extents(pattern) {
  return [...TEXT.matchAll(pattern)].map((m) => ({ start: m.index, end: m.index + m[0].length }));
}

const MODEL = {
  text: TEXT,
  tokens: extents(/[A-Za-z]+/g),
  sentences: extents(/[A-Z][^.!]*[.!]/g),
  paragraphs: extents(/.+/g),
  boilerplate: [],
};

/**
 * Run moves one after the other, from the word that begins with `from`.
 * @param {string} from
 * @param {...((selection: import("../../annotations/static/annotations/js/types.js").Selection) => any)} steps
 */
function after(from, ...steps) {
  let selection = moves.wordAt(MODEL, TEXT.indexOf(from));
  for (const step of steps) selection = step(selection) ?? selection;
  return TEXT.slice(selection.start, selection.end);
}

const right = (/** @type {any} */ s) => moves.moveByWord(MODEL, s, 1);
const left = (/** @type {any} */ s) => moves.moveByWord(MODEL, s, -1);
const more = (/** @type {any} */ s) => moves.extendByWord(MODEL, s, 1);
const less = (/** @type {any} */ s) => moves.extendByWord(MODEL, s, -1);
const growing = (/** @type {any} */ s) => moves.grow(MODEL, s);

test("the caret moves from word to word and stops at both ends", () => {
  assert.equal(after("two", right), "three");
  assert.equal(after("two", left), "One");
  assert.equal(after("One", left), "One");
  assert.equal(after("eight", right), "eight");
});

test("a wide selection is left at the side one moves to", () => {
  assert.equal(after("two", more, more, right), "five");
  assert.equal(after("three", more, left), "two");
});

test("extending turns round at the first word", () => {
  assert.equal(after("two", more, more), "two, three. Four");
  assert.equal(after("three", more, less, less), "two, three");
  assert.equal(after("three", less, less, more), "two, three");
  assert.equal(after("three", less, more, more), "three. Four");
});

test("characters move one edge and never empty the selection", () => {
  const shrink = (/** @type {any} */ s) => moves.extendByCharacter(MODEL, s, -1);
  const widen = (/** @type {any} */ s) => moves.extendByCharacter(MODEL, s, 1);
  assert.equal(after("two", shrink), "tw");
  assert.equal(after("two", shrink, shrink, shrink, shrink), "t");
  assert.equal(after("seven", widen, widen), "seven 😀");
  assert.equal(after("five", widen, widen, widen), "five!");
});

test("growing takes the sentence, then the paragraph, then nothing", () => {
  assert.equal(after("two", growing), "One two, three.");
  assert.equal(after("two", growing, growing), "One two, three. Four five!");
  assert.equal(moves.grow(MODEL, { start: 0, end: 26, edge: "end" }), null);
});

test("sentences are walked by their first words", () => {
  const next = (/** @type {any} */ s) => moves.moveBySentence(MODEL, s, 1);
  const back = (/** @type {any} */ s) => moves.moveBySentence(MODEL, s, -1);
  assert.equal(after("two", next), "Four");
  assert.equal(after("five", back), "Four");
  assert.equal(after("Four", back), "One");
  assert.equal(after("Six", next), "Six");
});

test("the word at the edge is inside the selection, also behind a full stop", () => {
  const word = (/** @type {any} */ selection) => {
    const { start, end } = MODEL.tokens[moves.edgeToken(MODEL, selection)];
    return TEXT.slice(start, end);
  };
  assert.equal(word({ start: 0, end: 15, edge: "end" }), "three");
  assert.equal(word({ start: 0, end: 15, edge: "start" }), "One");
  assert.equal(word({ start: 27, end: TEXT.length, edge: "end" }), "eight");
});

test("occurrences are whole words, elsewhere, and in the story", () => {
  const text = "Baku, Bakuvian, BAKU and Baku. Baku News";
  const tokens = [...text.matchAll(/\w+/g)].map((m) => ({ start: m.index, end: m.index + m[0].length }));
  const furniture = { start: text.lastIndexOf("Baku"), end: text.length };
  const model = { ...MODEL, text, tokens, boilerplate: [furniture] };
  const found = moves.occurrences(model, { start: 0, end: 4 });
  assert.deepEqual(found, [{ start: 25, end: 29 }]);
});

test("a text without words has a selection all the same", () => {
  assert.deepEqual(moves.wordAt({ ...MODEL, tokens: [] }, 3), { start: 0, end: 0, edge: "end" });
});
