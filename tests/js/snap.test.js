import assert from "node:assert/strict";
import { test } from "node:test";

import { graphemeAt, snap, trim } from "../../annotations/static/annotations/js/snap.js";

/** @param {string} text */
function words(text) {
  return [...text.matchAll(/[\p{L}\p{N}\p{M}’-]+/gu)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/**
 * @param {string} text
 * @param {string} rough with the selection in square brackets
 * @param {"words" | "characters"} unit
 */
function snapped(text, rough, unit = "words") {
  const start = rough.indexOf("[");
  const end = rough.indexOf("]") - 1;
  const extent = snap(text, words(text), { start, end }, unit);
  return extent && text.slice(extent.start, extent.end);
}

test("a rough selection becomes whole words", () => {
  assert.equal(snapped("the old harbour", "the o[ld har]bour"), "old harbour");
  assert.equal(snapped("the old harbour", "the[ old ]harbour"), "old");
  assert.equal(snapped("al-Bahr’s port", "al-[Bahr]’s port"), "al-Bahr’s");
});

test("a selection of characters keeps to graphemes", () => {
  assert.equal(snapped("BakuPolitics", "[Baku]Politics", "characters"), "Baku");
  assert.equal(snapped("Cafe\u0301 bar", "Ca[fe]\u0301 bar", "characters"), "fe\u0301");
  assert.equal(snapped("a 👩‍👩‍👧 b", "a [👩]‍👩‍👧 b", "characters"), "👩‍👩‍👧");
});

test("an emoji alone is no word and can be selected all the same", () => {
  assert.equal(snapped("well 😀 done", "well [😀] done"), "😀");
});

test("white space and invisible characters are cut off the edges", () => {
  const text = "\u200b\u00a0 \u2067word\u2069\u00ad\t";
  assert.deepEqual(trim(text, { start: 0, end: text.length }), { start: 4, end: 8 });
  assert.equal(trim(" \u200b ", { start: 0, end: 3 }), null);
});

test("nothing visible gives nothing", () => {
  assert.equal(snapped("one  two", "one[  ]two"), null);
});

test("no grapheme spans a line break", () => {
  assert.equal(graphemeAt("a\nb", 1), null);
  assert.deepEqual(graphemeAt("a\nb", 2), { start: 2, end: 3 });
  assert.equal(graphemeAt("ab", 2), null);
});
