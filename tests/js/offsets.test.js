import assert from "node:assert/strict";
import { test } from "node:test";

import { Offsets } from "../../annotations/static/annotations/js/offsets.js";

const PIECES = ["a", " ", "é", "e\u0301", "👩‍👩‍👧", "🇳🇱", "😀", "ال", "\u00a0", "\n", "क्षि", "𝒳"];

/** A text of pieces chosen by a small fixed generator, so that a failure can be repeated. */
function someText(/** @type {number} */ seed) {
  let text = "";
  for (let n = 0; n < 40; n += 1) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    text += PIECES[seed % PIECES.length];
  }
  return text;
}

test("units and code points translate both ways at every character of any text", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const text = someText(seed);
    const offsets = new Offsets(text);
    let unit = 0;
    let point = 0;
    for (const character of [...text, ""]) {
      assert.equal(offsets.toCodePoints(unit), point);
      assert.equal(offsets.fromCodePoints(point), unit);
      unit += character.length;
      point += 1;
    }
  }
});

test("an offset inside a surrogate pair is refused", () => {
  assert.throws(() => new Offsets("a😀b").toCodePoints(2), RangeError);
});

test("a wire shape keeps everything but its offsets", () => {
  const span = { id: "x", start: 1, end: 2, label: "actor" };
  assert.deepEqual(new Offsets("😀😀").fromWire(span), { ...span, start: 2, end: 4 });
});
