import assert from "node:assert/strict";
import { test } from "node:test";

import { decisionOf, isSaid } from "../../annotations/static/annotations/js/ruling-shapes.js";

/**
 * @param {object} body
 * @param {"rule" | "reopen"} [kind]
 */
function job(body, kind = "rule") {
  return { seq: 1, kind, cardId: "c", body, version: 1 };
}

/** @param {number} end */
function span(end) {
  const more = { rev: 1, label: "actor", quote: "", attributes: [], links: [], note: "" };
  return { id: `${end}`, start: 0, end, ...more };
}

test("a ruling is said already when all that it says stands on the card", () => {
  const said = { outcome: "accept", coder: "A", reason: "R", note: "", rule: "", confidence: 80 };

  assert.equal(isSaid(job(said), decisionOf(said)), true);
  for (const other of [{ coder: "B" }, { reason: "" }, { confidence: 50 }, { stale: true }]) {
    assert.equal(isSaid(job(said), decisionOf({ ...said, ...other })), false);
  }
  assert.equal(isSaid(job(said), null), false);
});

test("an edit is said already when the same spans stand there, whatever their ids", () => {
  const edit = { outcome: "edit", spans: [span(5)] };

  assert.equal(isSaid(job(edit), decisionOf({ outcome: "edit", spans: [{ ...span(5), id: "g" }] })), true);
  assert.equal(isSaid(job(edit), decisionOf({ outcome: "edit", spans: [span(6)] })), false);
});

test("an edit that differs in an attribute or in what a link points to is another one", () => {
  const actors = ["a", "b"].map((id, place) => ({ ...span(place + 7), id }));
  const targets = new Map(actors.map((actor) => [actor.id, actor]));
  const edit = (/** @type {string} */ stance, /** @type {string} */ target) => ({
    outcome: "edit",
    spans: [
      {
        ...span(5),
        attributes: [{ name: "stance", value: stance }],
        links: [{ name: "speaker", target }],
      },
    ],
  });
  const theirs = decisionOf(edit("opposes", "gold-b"));
  targets.set("gold-b", { ...actors[1], id: "gold-b" });

  assert.equal(isSaid(job(edit("opposes", "b")), theirs, targets), true);
  assert.equal(isSaid(job(edit("opposes", "a")), theirs, targets), false);
  assert.equal(isSaid(job(edit("supports", "b")), theirs, targets), false);
});

test("taking back is done where nothing stands any more", () => {
  assert.equal(isSaid(job({}, "reopen"), null), true);
  assert.equal(isSaid(job({}, "reopen"), decisionOf({ outcome: "reject" })), false);
});
