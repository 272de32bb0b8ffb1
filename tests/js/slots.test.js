import assert from "node:assert/strict";
import { test } from "node:test";

import {
  composed,
  outlinesOf,
  ruledValue,
  rulingFor,
  slotsOf,
  subjectsOf,
  subjectsOfDrafts,
  worded,
} from "../../annotations/static/annotations/js/slots.js";

const CLAIM = {
  attributes: [
    { name: "stance", type: "choice", values: ["supports", "opposes", "neutral"], required: true },
    { name: "when", type: "text" },
  ],
  links: [{ name: "speaker", targets: ["actor"] }],
};
const LABELS = { get: (/** @type {string} */ key) => /** @type {any} */ (key === "claim" ? CLAIM : undefined) };

/**
 * @param {Record<string, string>} [attributes]
 * @param {string[]} [speakers]
 * @param {object} [details]
 */
function claim(attributes = {}, speakers = [], details = {}) {
  return {
    id: "c",
    rev: 1,
    start: 10,
    end: 20,
    label: "claim",
    quote: "talks fail",
    attributes: Object.entries(attributes).map(([name, value]) => ({ name, value })),
    links: speakers.map((target) => ({ name: "speaker", target })),
    note: "",
    ...details,
  };
}

/** @param {string} id @param {number} start */
function actor(id, start) {
  return claim({}, [], { id, start, end: start + 4, label: "actor", quote: "Mira" });
}

/** The same two people, as each of the coders marked them. */
const TARGETS = new Map([
  ["a1", actor("a1", 0)],
  ["b1", actor("b1", 0)],
  ["a2", actor("a2", 5)],
  ["b2", actor("b2", 5)],
]);
const KNOWN = { targets: TARGETS, labels: LABELS };

/** @param {Record<string, ReturnType<typeof claim>[]>} spans */
function candidates(spans) {
  return Object.entries(spans).map(([coder, theirs]) => ({ coder, spans: theirs }));
}

/** @param {Record<string, ReturnType<typeof claim>[]>} spans */
function card(spans) {
  const kind = "attribute";
  return { id: "k", kind, start: 10, end: 20, candidates: candidates(spans), decision: null, remarks: 0 };
}

/** @param {ReturnType<typeof subjectsOf>} subjects */
function named(subjects) {
  return slotsOf(subjects).map(({ name, values }) => [name, values.map(({ coders }) => coders)]);
}

/**
 * @param {ReturnType<typeof subjectsOf>} subjects
 * @param {Record<string, number>} places which of the values, by the name of the slot
 */
function choose(subjects, places) {
  const slots = slotsOf(subjects).filter(({ name }) => name in places);
  return new Map(slots.map((slot) => [slot.id, slot.values[places[slot.name]]]));
}

test("what coders differ in are the slots, with who gave which value, most given first", () => {
  const subjects = subjectsOf(
    candidates({
      A: [claim({ stance: "supports", when: "on Monday" }, ["a1"])],
      B: [claim({ stance: "opposes", when: "on Monday" }, ["b1"])],
      C: [claim({ stance: "opposes", when: "on Monday" })],
    }),
    KNOWN,
  );

  assert.deepEqual(named(subjects), [
    ["stance", [["B", "C"], ["A"]]],
    ["speaker", [["A", "B"], ["C"]]],
  ]);
});

test("what all share is taken without asking, and each slot gives what was chosen there", () => {
  const theirs = candidates({
    A: [claim({ when: "on Monday", stance: "supports" }, ["a1"])],
    B: [claim({ stance: "opposes", when: "on Monday" }, ["b2"])],
  });
  const subjects = subjectsOf(theirs, KNOWN);

  const [span] = composed(subjects, choose(subjects, { stance: 0, speaker: 1 }), TARGETS);

  assert.deepEqual(span.attributes, [
    { name: "stance", value: "supports" },
    { name: "when", value: "on Monday" },
  ]);
  assert.deepEqual(span.links, [{ name: "speaker", target: "b2" }]);
  assert.deepEqual(rulingFor([span], theirs, TARGETS), { outcome: "edit", spans: [span] });
});

test("choices that come to one coder's version are a ruling for that coder", () => {
  const theirs = candidates({
    A: [claim({ stance: "supports" }, ["a1"])],
    B: [claim({ stance: "opposes" }, ["b2"])],
  });
  const subjects = subjectsOf(theirs, KNOWN);

  const spans = composed(subjects, choose(subjects, { stance: 1, speaker: 1 }), TARGETS);

  assert.deepEqual(rulingFor(spans, theirs, TARGETS), { outcome: "accept", coder: "B" });
});

test("a slot can be left empty, but not where the label requires it and all coders have it", () => {
  const subjects = subjectsOf(
    candidates({
      A: [claim({ stance: "supports", when: "on Monday" })],
      B: [claim({ stance: "opposes", when: "on Tuesday" })],
    }),
    KNOWN,
  );
  const [stance, when] = slotsOf(subjects);

  assert.deepEqual([stance.mayBeNone, when.mayBeNone], [false, true]);
  assert.deepEqual(
    stance.others.map(({ rows }) => rows),
    [[{ name: "stance", value: "neutral" }]],
  );
  assert.deepEqual(composed(subjects, choose(subjects, { stance: 0 }), TARGETS)[0].attributes, [
    { name: "stance", value: "supports" },
  ]);
});

test("a coder who left a required value out may be followed", () => {
  const [stance] = slotsOf(
    subjectsOf(candidates({ A: [claim({ stance: "supports" })], B: [claim()] }), KNOWN),
  );

  assert.equal(stance.mayBeNone, true);
  assert.deepEqual(
    stance.values.map(({ rows, coders }) => [rows.length, coders]),
    [
      [1, ["A"]],
      [0, ["B"]],
    ],
  );
});

test("who marked extents and labels alike shares a version, whatever else they say", () => {
  const outlines = outlinesOf(
    card({
      A: [claim({}, [], { end: 18 })],
      B: [claim({ stance: "supports" })],
      C: [claim({ stance: "opposes" })],
      D: [],
    }),
  );

  assert.deepEqual(
    outlines.map(({ coders }) => coders),
    [["B", "C"], ["A"]],
  );
  assert.deepEqual(named(subjectsOf(outlines[0].candidates, KNOWN)), [["stance", [["B"], ["C"]]]]);
  assert.deepEqual(named(subjectsOf(outlines[1].candidates, KNOWN)), []);
});

test("each span of a version has its own slots", () => {
  const other = (/** @type {string} */ stance) => claim({ stance }, [], { start: 30, end: 40 });
  const subjects = subjectsOf(
    candidates({
      A: [claim({ stance: "supports" }), other("neutral")],
      B: [claim({ stance: "supports" }), other("opposes")],
    }),
    KNOWN,
  );

  assert.deepEqual(
    subjects.map(({ span, fields }) => [span.start, fields.map(({ isOpen }) => isOpen)]),
    [
      [10, [false]],
      [30, [true]],
    ],
  );
});

test("one coder who marked a place twice has given both values", () => {
  const twice = [claim({ stance: "supports" }), claim({ stance: "neutral" }, [], { id: "d" })];

  const subjects = subjectsOf(candidates({ A: twice, B: [claim({ stance: "supports" })] }), KNOWN);

  assert.deepEqual(named(subjects), [["stance", [["A", "B"], ["A"]]]]);
});

test("a link to what is not there is a value, and comes to no link", () => {
  const subjects = subjectsOf(candidates({ A: [claim({}, ["gone"])], B: [claim()] }), KNOWN);

  const [span] = composed(subjects, choose(subjects, { speaker: 0 }), TARGETS);

  assert.deepEqual(named(subjects), [["speaker", [["A"], ["B"]]]]);
  assert.deepEqual(span.links, []);
});

test("a drawn span takes what coders of its label say of the words it overlaps", () => {
  const theirs = candidates({ A: [claim({ stance: "supports" })], B: [claim({ stance: "opposes" })] });
  const wider = claim({ stance: "supports" }, [], { start: 8 });

  assert.deepEqual(named(subjectsOfDrafts([wider], theirs, KNOWN)), [["stance", [["A"], ["B"]]]]);
});

test("a drawn span of a label that nobody gave is asked for what the label requires", () => {
  const theirs = candidates({ A: [actor("a", 10)], B: [] });

  const [stance, ...more] = slotsOf(subjectsOfDrafts([claim()], theirs, KNOWN));

  assert.equal(more.length, 0);
  assert.deepEqual([stance.name, stance.mayBeNone, stance.others.length], ["stance", false, 3]);
  assert.deepEqual(slotsOf(subjectsOfDrafts([claim({ stance: "neutral" })], theirs, KNOWN)), []);
});

test("a ruling holds a value by what it says, not by whose ids it has", () => {
  const subjects = subjectsOf(
    candidates({ A: [claim({}, ["a1"])], B: [claim({}, ["b2"])] }),
    KNOWN,
  );
  const [speaker] = slotsOf(subjects);
  const targets = new Map([...TARGETS, ["gold", actor("gold", 5)]]);

  const held = ruledValue(speaker, subjects[0], [claim({}, ["gold"])], targets);

  assert.equal(held, speaker.values[1].key);
  assert.equal(ruledValue(speaker, subjects[0], [], targets), undefined);
});

test("words that somebody gave are their value, other words are nobody's", () => {
  const theirs = candidates({ A: [claim({ when: "on Monday" })], B: [claim({ when: "Monday" })] });
  const [when] = slotsOf(subjectsOf(theirs, KNOWN));

  assert.deepEqual(worded(when, "Monday").coders, ["B"]);
  assert.deepEqual(worded(when, "in May"), {
    key: '["in May"]',
    rows: [{ name: "when", value: "in May" }],
    coders: [],
  });
});
