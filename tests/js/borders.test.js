import assert from "node:assert/strict";
import { test } from "node:test";

import { Borders } from "../../annotations/static/annotations/js/borders.js";

// Words of four letters, one character apart: 0–4, 5–9, 10–14 …
const TOKENS = Array.from({ length: 8 }, (_, index) => ({ start: index * 5, end: index * 5 + 4 }));
const CODED = [
  { coder: "A", spans: [{ start: 5, end: 14 }] },
  { coder: "B", spans: [{ start: 15, end: 29 }] },
  { coder: "C", spans: [{ start: 5, end: 29 }] },
  { coder: "D", spans: [] },
];

const borders = new Borders(CODED, TOKENS);

test("the start goes from coder to coder, and beyond them by word", () => {
  const from = { start: 15, end: 29 };

  const first = borders.moved(from, "start", -1);
  assert.deepEqual(first, { start: 5, end: 29 });
  assert.deepEqual(first && borders.moved(first, "start", -1), { start: 0, end: 29 });
});

test("the end goes its own way, and beyond the coders by word", () => {
  const from = { start: 5, end: 14 };

  const first = borders.moved(from, "end", 1);
  assert.deepEqual(first, { start: 5, end: 29 });
  assert.deepEqual(first && borders.moved(first, "end", 1), { start: 5, end: 34 });
});

test("words between the coders' borders are reached by word", () => {
  assert.deepEqual(borders.moved({ start: 5, end: 29 }, "start", 1, true), { start: 10, end: 29 });
  assert.deepEqual(borders.moved({ start: 5, end: 29 }, "end", -1, true), { start: 5, end: 24 });
});

test("an edge never passes the other one, nor the ends of the text", () => {
  assert.equal(borders.moved({ start: 10, end: 14 }, "start", 1), null);
  assert.equal(borders.moved({ start: 0, end: 4 }, "end", -1), null);
  assert.equal(borders.moved({ start: 0, end: 4 }, "start", -1), null);
  assert.equal(borders.moved({ start: 35, end: 39 }, "end", 1), null);
});

test("an edge inside a word goes to where a word begins or ends", () => {
  assert.deepEqual(borders.moved({ start: 17, end: 29 }, "start", 1, true), { start: 20, end: 29 });
  assert.deepEqual(borders.moved({ start: 17, end: 29 }, "start", -1, true), { start: 15, end: 29 });
});

test("a border says whose it is, each coder once", () => {
  assert.deepEqual(borders.codersAt("start", 5), ["A", "C"]);
  assert.deepEqual(borders.codersAt("end", 29), ["B", "C"]);
  assert.deepEqual(borders.codersAt("end", 5), []);
});
