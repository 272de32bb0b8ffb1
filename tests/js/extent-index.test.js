import assert from "node:assert/strict";
import { test } from "node:test";

import { ExtentIndex } from "../../annotations/static/annotations/js/extent-index.js";

/** @param {number} count */
function overlapping(count) {
  return Array.from({ length: count }, (_, index) => {
    const start = (index * 37) % 211;
    return { start, end: start + 1 + ((index * index) % 29) };
  });
}

test("what is near is what shares a character, in the order of the text", () => {
  const extents = [...overlapping(80), { start: 3, end: 200 }];
  const index = new ExtentIndex(extents);

  for (let start = 0; start < 240; start += 7) {
    const stretch = { start, end: start + 11 };
    const expected = extents.filter((one) => one.start < stretch.end && one.end > stretch.start);
    expected.sort((a, b) => a.start - b.start || a.end - b.end);
    assert.deepEqual(index.near(stretch), expected);
  }
});

test("what only touches a stretch is not near it", () => {
  const index = new ExtentIndex([{ start: 0, end: 5 }, { start: 9, end: 12 }]);

  assert.deepEqual(index.near({ start: 5, end: 9 }), []);
});
