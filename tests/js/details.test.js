import assert from "node:assert/strict";
import { test } from "node:test";

import {
  admits,
  fitting,
  loosened,
  missing,
} from "../../annotations/static/annotations/js/details.js";
import { opFor } from "../../annotations/static/annotations/js/ops.js";

/** @typedef {import("../../annotations/static/annotations/js/types.js").Label} Label */

const STANCE = { name: "stance", type: "choice", values: ["supports", "opposes"], required: true };
const SPEAKER = { name: "speaker", targets: ["actor"], required: true };

/**
 * @param {string} key
 * @returns {Label}
 */
function label(key, attributes = [STANCE].slice(1), links = [SPEAKER].slice(1)) {
  const words = { name: key, colour: "", hotkey: "", definition: "", include: [], exclude: [] };
  return { key, ...words, examples: [], attributes, links, retired: false };
}

const LABELS = new Map([
  ["actor", label("actor")],
  ["claim", label("claim", [STANCE], [SPEAKER])],
]);

/**
 * @param {string} id
 * @param {string} of the label
 * @param {Partial<import("../../annotations/static/annotations/js/types.js").Span>} [details]
 * @returns {import("../../annotations/static/annotations/js/types.js").Span}
 */
function span(id, of, details = {}) {
  const words = { start: 0, end: 5, quote: "Mayor", note: "", rev: 1 };
  return { id, label: of, ...words, attributes: [], links: [], ...details };
}

/** @param {ReturnType<typeof span>[]} all */
function spansOf(...all) {
  const byId = new Map(all.map((one) => [one.id, one]));
  const spans = { byId, get: (/** @type {string} */ id) => byId.get(id) };
  return /** @type {import("../../annotations/static/annotations/js/spans.js").Spans} */ (
    /** @type {unknown} */ (spans)
  );
}

const mayor = span("mayor", "actor");
const claim = span("claim", "claim", {
  attributes: [{ name: "stance", value: "opposes" }],
  links: [{ name: "speaker", target: "mayor" }],
});

for (const [type, value, is] of /** @type {[string, string, boolean][]} */ ([
  ["date", "2023-09-21", true],
  ["date", "2023-09", true],
  ["date", "2023", true],
  ["date", "2023-02-29", false],
  ["date", "0000", false],
  ["date", "Tuesday", false],
  ["yes_no", "yes", true],
  ["yes_no", "true", false],
  ["text", "anything", true],
])) {
  test(`“${value}” ${is ? "can" : "can’t"} be the value of a ${type}`, () => {
    assert.equal(admits({ name: "it", type }, value), is);
  });
}

test("a new label keeps what it declares too", () => {
  const spans = spansOf(mayor, claim);

  assert.deepEqual(fitting(LABELS.get("claim"), claim, spans), {
    attributes: claim.attributes,
    links: claim.links,
  });
  assert.deepEqual(fitting(LABELS.get("actor"), claim, spans), { attributes: [], links: [] });
});

test("what can't be linked to any more is let go, in a change of its own", () => {
  const spans = spansOf(mayor, claim);

  const [change, ...others] = loosened(mayor, null, spans, LABELS);
  assert.deepEqual([change.id, change.after?.links, others], ["claim", [], []]);
  assert.equal(loosened(mayor, "claim", spans, LABELS).length, 1);
  assert.deepEqual(loosened(mayor, "actor", spans, LABELS), []);
});

test("what a label needs and a span lacks is named", () => {
  assert.deepEqual(missing(LABELS.get("claim"), span("other", "claim")), ["stance", "speaker"]);
  assert.deepEqual(missing(LABELS.get("claim"), claim), []);
});

test("an update carries attributes and links only where they are new", () => {
  const offsets = { toCodePoints: (/** @type {number} */ unit) => unit };
  const op = (/** @type {object} */ set) =>
    opFor(
      { id: "claim", before: claim, after: { ...claim, ...set } },
      /** @type {import("../../annotations/static/annotations/js/offsets.js").Offsets} */ (offsets),
    );

  assert.deepEqual(op({ links: [] }).links, []);
  assert.equal("attributes" in op({ links: [] }), false);
  assert.equal("links" in op({ label: "actor" }), false);
});
