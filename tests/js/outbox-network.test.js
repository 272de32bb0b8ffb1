import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { newId } from "../../annotations/static/annotations/js/ops.js";
import { Outbox } from "../../annotations/static/annotations/js/outbox.js";
import { Ledger } from "./ledger.js";

/** @type {any} */
let state;
/** @type {any} */
let closed;
/** @type {{bytes: number, keepalive: boolean, ops: any[]}[]} */
let sent;

/** @param {Ledger} server */
function boxTo(server) {
  const root = new EventTarget();
  root.addEventListener("save-state", (event) => (state = /** @type {CustomEvent} */ (event).detail));
  root.addEventListener("outbox-closed", (event) => (closed = /** @type {CustomEvent} */ (event).detail));
  const outbox = new Outbox({
    root,
    store: null,
    post(body, { keepalive }) {
      const { ops } = /** @type {any} */ (body);
      sent.push({ bytes: new TextEncoder().encode(JSON.stringify(body)).length, keepalive, ops });
      return server.post(body);
    },
    renewCsrf: async () => undefined,
    pinned: { text_sha256: "", codebook_version: 1 },
    random: () => 1,
  });
  outbox.resume({ ops: [], rejected: [] }, 0);
  return outbox;
}

/**
 * @param {Outbox} outbox
 * @param {string} [quote]
 */
function tag(outbox, quote = "Ada") {
  const place = { start: 0, end: quote.length, quote };
  return outbox.add({ type: "create", span_id: newId(), label: "actor", ...place });
}

/** Let what waits for an answer go on. */
async function settle() {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

beforeEach(() => {
  [state, closed, sent] = [null, null, []];
  mock.timers.enable({ apis: ["setTimeout"] });
});
afterEach(() => mock.timers.reset());

test("a hundred edits made offline are sent once online, each once and in order", async () => {
  const server = new Ledger(() => 0);
  server.loss = 1;
  const outbox = boxTo(server);
  const made = Array.from({ length: 100 }, () => tag(outbox).op_id);
  await outbox.flush();
  assert.deepEqual(state, { state: "offline", count: 100, isKept: false });

  server.loss = 0;
  await outbox.flush();

  assert.deepEqual([...server.answered.keys()], made);
  assert.equal(server.spans.size, 100);
  assert.equal(state.state, "saved");
});

test("edits made within a moment go out together", async () => {
  const outbox = boxTo(new Ledger());

  tag(outbox);
  mock.timers.tick(300);
  tag(outbox);
  mock.timers.tick(399);
  assert.equal(sent.length, 0);
  mock.timers.tick(1);
  await settle();

  assert.deepEqual(sent.map(({ ops }) => ops.length), [2]);
});

test("a server out of reach is asked again ever more seldom, at most once a minute", async () => {
  const server = new Ledger(() => 0);
  server.loss = 1;
  const outbox = boxTo(server);
  tag(outbox);
  await outbox.flush();

  const waits = [];
  for (let round = 0; round < 8; round += 1) {
    const before = sent.length;
    let wait = 0;
    for (; sent.length === before; wait += 500) mock.timers.tick(500);
    waits.push(wait / 1000);
    await settle();
  }

  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
});

for (const status of [408, 429, 500, 502, 503, 504]) {
  test(`an answer ${status} keeps the edits and asks again after the time that it names`, async () => {
    const server = new Ledger();
    server.refusals = [{ status, body: {}, headers: { "Retry-After": "7" } }];
    const outbox = boxTo(server);
    tag(outbox);

    await outbox.flush();
    assert.deepEqual([state.state, state.count], ["offline", 1]);
    mock.timers.tick(6_999);
    assert.equal(sent.length, 1);
    mock.timers.tick(1);
    await settle();

    assert.equal(state.state, "saved");
    assert.equal(server.spans.size, 1);
  });
}

for (const status of [403, 404, 409, 410, 412, 451]) {
  test(`an answer ${status} is final: nothing is sent again, and nothing is dropped`, async () => {
    const server = new Ledger();
    server.refusals = Array.from({ length: 2 }, () => ({ status, body: { detail: "No more." } }));
    const outbox = boxTo(server);
    tag(outbox);

    await outbox.drain();
    mock.timers.tick(3_600_000);

    assert.deepEqual(closed, { code: String(status), detail: "No more." });
    assert.equal(sent.length, status === 403 ? 2 : 1);
    assert.deepEqual([state.state, outbox.waiting.length], ["closed", 1]);
  });
}

for (const status of [400, 413, 422]) {
  test(`an answer ${status} to one edit puts that edit aside and saves the others`, async () => {
    const server = new Ledger();
    const refusal = { status, body: { detail: "Unreadable." } };
    server.refusals = [refusal, refusal];
    const outbox = boxTo(server);
    tag(outbox, "first");
    tag(outbox, "second");

    await outbox.drain();

    assert.deepEqual([...server.spans.values()].map(({ quote }) => quote), ["second"]);
    assert.equal(state.state, "saved");
  });
}

test("a page that is not the server's, as on a train's network, counts as being offline", async () => {
  const server = new Ledger();
  const outbox = boxTo(server);
  outbox.post = async () => new Response("<h1>Buy a ticket</h1>");
  tag(outbox);

  await outbox.flush();

  assert.deepEqual([state.state, outbox.waiting.length], ["offline", 1]);
});

test("what is sent while leaving outlives the page, and is as much as a browser lets out", async () => {
  const server = new Ledger();
  const outbox = boxTo(server);
  let answer = () => undefined;
  const usual = outbox.post;
  outbox.post = (body, options) => {
    outbox.post = usual;
    return new Promise((resolve) => (answer = () => void resolve(usual(body, options))));
  };
  tag(outbox);
  const underWay = outbox.flush();
  for (let n = 0; n < 150; n += 1) tag(outbox, "ж".repeat(500));

  outbox.flushBeforeLeaving();

  assert.equal(sent[0].keepalive, true);
  assert.ok(sent[0].bytes < 64 * 1024, `${sent[0].bytes} bytes`);
  assert.ok(sent[0].ops.length > 40, `${sent[0].ops.length} ops`);
  answer();
  await underWay;
  await outbox.drain();
  assert.equal(server.spans.size, 151);
});
