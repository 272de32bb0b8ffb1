import assert from "node:assert/strict";
import { test } from "node:test";

import { Spans } from "../../annotations/static/annotations/js/spans.js";
import { acceptances } from "../../annotations/static/annotations/js/suggestions.js";

/** @typedef {import("../../annotations/static/annotations/js/types.js").Label} Label */
/** @typedef {import("../../annotations/static/annotations/js/types.js").Suggestion} Suggestion */

/** @type {Pick<Label, "attributes" | "links">[]} */
const [NOTHING, CLAIM] = [
  { attributes: [], links: [] },
  {
    attributes: [{ name: "stance", values: ["supports"] }],
    links: [{ name: "speaker", targets: ["actor"], single: true }],
  },
];

const LABELS = {
  get: (/** @type {string} */ key) =>
    /** @type {Label} */ ({ key, ...(key === "claim" ? CLAIM : NOTHING) }),
};

/** @type {Suggestion} */
const SPEAKER = {
  ...{ id: "s-speaker", origin: "ner", start: 10, end: 15, label: "actor", quote: "Mayor" },
  ...{ attributes: [], links: [], note: "" },
};

/** @type {Suggestion} */
const STATEMENT = {
  ...{ id: "s-claim", origin: "ner", start: 0, end: 9, label: "claim", quote: "It failed", note: "" },
  attributes: [
    { name: "stance", value: "supports" },
    { name: "tone", value: "dark" },
  ],
  links: [{ name: "speaker", target: "s-speaker" }],
};

const ALL = [STATEMENT, SPEAKER];

/** @param {Suggestion[]} chosen */
function accepted(chosen, spans = new Spans(new EventTarget())) {
  const changes = acceptances(chosen, ALL, spans, LABELS);
  spans.apply(changes.map(({ id, after }) => ({ id, span: after })));
  const found = new Map([...spans.byId.values()].map((span) => [span.source?.suggestion, span]));
  return { spans, changes, claim: found.get("s-claim"), speaker: found.get("s-speaker") };
}

test("what is linked to is made first, and the link leads to the span it became", () => {
  const { changes, claim, speaker } = accepted(ALL);

  assert.deepEqual(
    changes.map(({ after }) => after?.quote),
    ["Mayor", "It failed"],
  );
  assert.deepEqual(claim?.links, [{ name: "speaker", target: speaker?.id }]);
  assert.deepEqual(claim?.source, { origin: "ner", suggestion: "s-claim" });
});

test("what the label does not declare is left behind", () => {
  assert.deepEqual(accepted([STATEMENT]).claim?.attributes, [{ name: "stance", value: "supports" }]);
});

test("a link waits for its target, however much later that is accepted", () => {
  const { spans, claim } = accepted([STATEMENT]);
  assert.deepEqual(claim?.links, []);

  const later = accepted([SPEAKER], spans);
  assert.deepEqual(later.claim?.links, [{ name: "speaker", target: later.speaker?.id }]);
  assert.equal(later.changes.length, 2);
});

test("a link that its coder has set meanwhile stays as it is, where there is room for one", () => {
  const { spans, claim } = accepted([STATEMENT]);
  const own = [{ name: "speaker", target: "somebody" }];
  if (claim) spans.apply([{ id: claim.id, span: { ...claim, links: own } }]);

  assert.deepEqual(accepted([SPEAKER], spans).claim?.links, own);
});
