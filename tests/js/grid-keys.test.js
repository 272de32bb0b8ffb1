import assert from "node:assert/strict";
import { test } from "node:test";

import { moved } from "../../annotations/static/annotations/js/grid-keys.js";

const size = { rows: 3, columns: 4 };
const middle = { row: 1, column: 1 };

for (const [key, place] of Object.entries({
  ArrowLeft: { row: 1, column: 0 },
  ArrowRight: { row: 1, column: 2 },
  ArrowUp: { row: 0, column: 1 },
  ArrowDown: { row: 2, column: 1 },
  PageDown: { row: 2, column: 1 },
  PageUp: { row: 0, column: 1 },
  Home: { row: 1, column: 0 },
  End: { row: 1, column: 3 },
})) {
  test(`${key} leads where a grid's key leads`, () => {
    assert.deepEqual(moved({ key }, middle, size), place);
  });
}

test("Ctrl+Home and Ctrl+End lead to the corners", () => {
  assert.deepEqual(moved({ key: "Home", ctrlKey: true }, middle, size), { row: 0, column: 0 });
  assert.deepEqual(moved({ key: "End", ctrlKey: true }, middle, size), { row: 2, column: 3 });
});

test("the edge is where a key stays", () => {
  const last = { row: 2, column: 3 };
  assert.deepEqual(moved({ key: "ArrowRight" }, last, size), last);
  assert.deepEqual(moved({ key: "ArrowDown" }, last, size), last);
});

test("other keys are left to the browser", () => {
  assert.equal(moved({ key: "Enter" }, middle, size), null);
  assert.equal(moved({ key: "Tab" }, middle, size), null);
  assert.equal(moved({ key: "ArrowLeft", ctrlKey: true }, middle, size), null);
});
