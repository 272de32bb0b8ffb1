import assert from "node:assert/strict";
import { test } from "node:test";

import { assignLanes, neighbourhood } from "../../annotations/static/annotations/js/lanes.js";

/**
 * @param {string} id
 * @param {number} start
 * @param {number} end
 */
const span = (id, start, end) => ({ id, start, end });

/** @param {{id: string, start: number, end: number}[]} spans */
function lanesOf(spans) {
  return Object.fromEntries(assignLanes(spans));
}

test("the shortest span is nearest the text", () => {
  const spans = [span("claim", 0, 50), span("actor", 0, 16), span("name", 6, 16)];
  assert.deepEqual(lanesOf(spans), { name: 0, actor: 1, claim: 2 });
});

test("spans that only touch share a lane", () => {
  assert.deepEqual(lanesOf([span("a", 0, 5), span("b", 5, 9)]), { a: 0, b: 0 });
});

test("ties go by start, then by id, whatever the order they come in", () => {
  const spans = [span("b", 3, 8), span("a", 3, 8), span("c", 1, 6)];
  const wanted = { c: 0, a: 1, b: 2 };
  assert.deepEqual(lanesOf(spans), wanted);
  assert.deepEqual(lanesOf(spans.reverse()), wanted);
});

test("no two overlapping spans share a lane", () => {
  let seed = 7;
  const next = (/** @type {number} */ limit) => (seed = (seed * 48271) % 2147483647) % limit;
  const spans = Array.from({ length: 120 }, (_, n) => {
    const start = next(400);
    return span(`s${n}`, start, start + 1 + next(30));
  });
  const placed = assignLanes(spans);
  for (const a of spans) {
    for (const b of spans) {
      if (a === b || a.start >= b.end || b.start >= a.end) continue;
      assert.notEqual(placed.get(a.id), placed.get(b.id));
    }
  }
});

test("laying out a neighbourhood alone gives what laying out everything gives", () => {
  const spans = [span("a", 0, 10), span("b", 8, 20), span("c", 18, 30), span("d", 40, 50)];
  const around = neighbourhood(spans, 9, 10);
  assert.deepEqual(around.map(({ id }) => id), ["a", "b", "c"]);
  const whole = assignLanes(spans);
  for (const [id, place] of assignLanes(around)) assert.equal(place, whole.get(id));
});
