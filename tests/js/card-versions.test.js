import assert from "node:assert/strict";
import { test } from "node:test";

import {
  absentFrom,
  begunWith,
  goldOf,
  isOpen,
  placesOf,
  repeatable,
  targetsIn,
  versionsOf,
} from "../../annotations/static/annotations/js/card-versions.js";

/**
 * @param {number} start
 * @param {number} end
 * @param {object} [details]
 */
function span(start, end, details = {}) {
  const id = `${start}-${end}`;
  const more = { label: "actor", quote: "", rev: 1, attributes: [], links: [], note: "" };
  return { id, start, end, ...more, ...details };
}

/** @param {object} [details] */
function ruling(details = {}) {
  const said = { reason: "", note: "", rule: "", confidence: null, by: "ada" };
  return {
    id: "d1",
    outcome: "reject",
    coder: null,
    spans: [],
    automatic: false,
    stale: false,
    ...said,
    ...details,
  };
}

/**
 * @param {Record<string, ReturnType<typeof span>[]>} candidates
 * @param {ReturnType<typeof ruling> | null} [decision]
 */
function card(candidates, decision = null) {
  return {
    id: "c1",
    kind: "mixed",
    start: 0,
    end: 9,
    candidates: Object.entries(candidates).map(([coder, spans]) => ({ coder, spans })),
    decision,
    remarks: 0,
  };
}

test("versions are distinct, and the one most coders chose comes first", () => {
  const versions = versionsOf(card({ A: [span(0, 3)], B: [span(2, 9)], C: [span(2, 9)] }));

  assert.deepEqual(
    versions.map(({ coders }) => coders),
    [["B", "C"], ["A"]],
  );
});

test("links make versions by what they point to, whatever its id is", () => {
  const claim = (/** @type {string} */ id, /** @type {string} */ target) =>
    span(20, 30, { id, links: [{ name: "speaker", target }] });
  const claims = card({ A: [claim("1", "a")], B: [claim("2", "b")], C: [claim("3", "c")] });
  const speakers = card({
    A: [span(0, 3, { id: "a" })],
    B: [span(0, 3, { id: "b" })],
    C: [span(5, 9, { id: "c" })],
  });

  const versions = versionsOf(claims, targetsIn([claims, speakers]));

  assert.deepEqual(
    versions.map(({ coders }) => coders),
    [["A", "B"], ["C"]],
  );
});

test("repeats and notes make no version of their own, attributes do", () => {
  const plain = span(0, 3);
  const noted = span(0, 3, { id: "x", note: "hm" });
  const person = span(0, 3, { attributes: [{ name: "kind", value: "person" }] });

  const versions = versionsOf(card({ A: [plain], B: [noted, plain], C: [person] }));

  assert.deepEqual(
    versions.map(({ coders, spans }) => [coders, spans.length]),
    [
      [["A", "B"], 1],
      [["C"], 1],
    ],
  );
});

test("who has nothing is absent and has no version", () => {
  const missing = card({ A: [], B: [span(0, 3)], C: [] });

  assert.deepEqual(absentFrom(missing), ["A", "C"]);
  assert.equal(versionsOf(missing).length, 1);
});

test("a card waits until it is ruled on, and again when its ruling is stale", () => {
  const cards = [card({}), card({}, ruling({ stale: true })), card({}, ruling())];

  assert.deepEqual(cards.map(isOpen), [true, true, false]);
});

test("what was decided without a person is no place to look at, unless it is stale", () => {
  const quiet = card({}, ruling({ automatic: true }));
  const stale = card({}, ruling({ automatic: true, stale: true }));
  const ruled = card({}, ruling());

  assert.deepEqual(placesOf([quiet, stale, ruled]), [stale, ruled]);
});

test("gold is what rulings in force and added spans give", () => {
  const accepted = card({}, ruling({ spans: [span(0, 3)] }));
  const stale = card({}, ruling({ spans: [span(4, 6)], stale: true }));

  const added = { decision: ruling({ spans: [span(7, 9)] }) };

  const gold = [accepted, stale, card({}), added].flatMap(goldOf);

  assert.deepEqual(
    gold.map(({ start }) => start),
    [0, 7],
  );
});

test("an automatic decision is repeated as the version of a coder who has it", () => {
  const agreed = card({ A: [], B: [span(0, 3)] });

  const body = repeatable(agreed, ruling({ outcome: "accept", automatic: true }));

  assert.equal(body && "coder" in body && body.coder, "B");
});

test("nothing and a stale ruling can only be taken back, not repeated", () => {
  assert.equal(repeatable(card({}), null), null);
  assert.equal(repeatable(card({}), ruling({ stale: true })), null);
});

test("another version begins with the ruling in force, else where the keyboard stands", () => {
  const candidates = { A: [span(0, 3)], B: [span(2, 9)], C: [span(2, 9)] };
  const ruled = card(candidates, ruling({ outcome: "edit", spans: [span(1, 4)] }));

  assert.deepEqual(begunWith(ruled, "A"), [span(1, 4)]);
  assert.deepEqual(begunWith(card(candidates), "A"), [span(0, 3)]);
  assert.deepEqual(begunWith(card(candidates)), [span(2, 9)]);
});
