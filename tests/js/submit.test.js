import assert from "node:assert/strict";
import { test } from "node:test";

import { Submission } from "../../annotations/static/annotations/js/submit.js";

/**
 * @param {{status: number, body: object}[]} answers
 * @param {{canDrain?: boolean}} [options]
 */
function desk(answers, { canDrain = true } = {}) {
  /** @type {any} */
  const told = { posted: [], said: [], next: undefined, flushes: 0 };
  const parts = {
    api: {
      /** @param {string} url @param {object} body */
      async post(url, body) {
        told.posted.push(body);
        const { status, body: answer } = answers.shift() ?? { status: 500, body: {} };
        return Response.json(answer, { status });
      },
    },
    outbox: { docRev: 7, drain: async () => canDrain, flush: async () => void (told.flushes += 1) },
    spans: { size: 3 },
    submitUrl: "/submit/",
    onSubmitted: (/** @type {any} */ next) => void (told.next = next),
    say: (/** @type {string} */ sentence) => void told.said.push(sentence),
  };
  return { submission: new Submission(/** @type {any} */ (parts)), told };
}

test("work is handed in as the page knows it, and the next one opened", async () => {
  const { submission, told } = desk([{ status: 200, body: { next: "b" } }]);

  await submission.send();

  const [{ submission_id, ...body }] = told.posted;
  assert.equal(submission_id, submission.id);
  assert.deepEqual(body, { doc_rev: 7, span_count: 3 });
  assert.equal(told.next, "b");
});

test("nothing is handed in while anything is unsaved", async () => {
  const { submission, told } = desk([], { canDrain: false });

  await submission.send();

  assert.deepEqual(told.posted, []);
  assert.equal(told.said.at(-1), "submit-unsaved");
});

test("work that changed elsewhere is fetched first, and handed in only when asked again", async () => {
  const stale = { status: 409, body: { code: "stale" } };
  const { submission, told } = desk([stale, { status: 200, body: { next: null } }]);

  await submission.send();
  assert.deepEqual([told.flushes, told.said.at(-1), told.next], [1, "submit-stale", undefined]);
  await submission.send();

  assert.equal(told.next, null);
  assert.equal(told.posted[0].submission_id, told.posted[1].submission_id);
});

test("a session that ended is left to the outbox, which signs in again", async () => {
  const { submission, told } = desk([{ status: 401, body: {} }]);

  await submission.send();

  assert.equal(told.flushes, 1);
});
