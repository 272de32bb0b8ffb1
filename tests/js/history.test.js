import assert from "node:assert/strict";
import { test } from "node:test";

import { History, renamed } from "../../annotations/static/annotations/js/history.js";

/** @param {string} id */
function span(id, label = "actor") {
  const details = { rev: 1, start: 0, end: 5, quote: "Mayor", attributes: [], links: [], note: "" };
  return { id, label, ...details };
}

/** @param {string | null} activeId */
function place(activeId = null) {
  return { selection: { start: 0, end: 5, edge: /** @type {const} */ ("end") }, activeId };
}

test("undo gives the changes turned round, the last first, and redo gives them as they were", () => {
  const history = new History();
  const made = { id: "a", before: null, after: span("a") };
  const changed = { id: "b", before: span("b"), after: span("b", "event") };
  history.record({ changes: [made, changed], before: place(), after: place("a") });

  assert.deepEqual(history.undo()?.changes, [
    { id: "b", before: span("b", "event"), after: span("b") },
    { id: "a", before: span("a"), after: null },
  ]);
  assert.deepEqual(history.redo()?.changes, [made, changed]);
});

test("a new edit forgets what was undone", () => {
  const history = new History();
  const entry = { changes: [], before: place(), after: place() };
  history.record(entry);
  history.undo();
  history.record(entry);

  assert.equal(history.redo(), null);
  assert.notEqual(history.undo(), null);
  assert.equal(history.undo(), null);
});

test("edits of a span that came back speak of its new id, places included", () => {
  const history = new History();
  const made = { id: "old", before: null, after: span("old") };
  history.record({ changes: [made], before: place(), after: place("old") });
  history.rename("old", "new");

  const step = history.undo();

  assert.deepEqual(step?.changes, [{ id: "new", before: span("new"), after: null }]);
  assert.equal(step?.entry.after.activeId, "new");
});

test("a span that comes back under a new id is what others link to again", () => {
  const history = new History();
  const mayor = span("mayor");
  const links = [{ name: "speaker", target: "mayor" }];
  const claim = { ...span("claim"), links };
  history.record({
    changes: [
      { id: "claim", before: claim, after: { ...claim, links: [] } },
      { id: "mayor", before: mayor, after: null },
    ],
    before: place("mayor"),
    after: place(null),
  });

  const step = history.undo();
  history.rename("mayor", "back");

  assert.deepEqual(
    step?.changes.map((change) => renamed(change, "mayor", "back").after?.links),
    [[], [{ name: "speaker", target: "back" }]],
  );
  assert.deepEqual(history.redo()?.changes[0].before?.links, [{ name: "speaker", target: "back" }]);
});
