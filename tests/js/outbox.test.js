import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { Offsets } from "../../annotations/static/annotations/js/offsets.js";
import { newId } from "../../annotations/static/annotations/js/ops.js";
import { Outbox } from "../../annotations/static/annotations/js/outbox.js";
import { Spans } from "../../annotations/static/annotations/js/spans.js";
import { Sync } from "../../annotations/static/annotations/js/sync.js";
import { Ledger } from "./ledger.js";

const TEXT = "Mayor 😀 Ada Brandt said in Velmora that the talks had failed.";

/** @type {Outbox[]} */
const opened = [];
afterEach(() => {
  for (const outbox of opened.splice(0)) outbox.pause();
});

/** One tab: its spans, its outbox, and what it was told. */
class Tab {
  /** @param {Ledger} server */
  constructor(server) {
    const root = new EventTarget();
    this.spans = new Spans(root);
    this.renewals = 0;
    this.outbox = new Outbox({
      root,
      store: null,
      post: (body) => server.post(body),
      renewCsrf: async () => void (this.renewals += 1),
      pinned: { text_sha256: "", codebook_version: 1 },
    });
    opened.push(this.outbox);
    this.sync = new Sync({ root, spans: this.spans, outbox: this.outbox, offsets: new Offsets(TEXT) });
    /** @type {any[]} */
    this.rejected = [];
    /** @type {any} */
    this.state = null;
    /** @type {any} */
    this.closed = null;
    root.addEventListener("ops-rejected", (event) => {
      this.rejected.push(.../** @type {CustomEvent} */ (event).detail.items);
    });
    root.addEventListener("save-state", (event) => {
      const { state, count } = /** @type {CustomEvent} */ (event).detail;
      this.state = { state, count };
    });
    root.addEventListener("outbox-closed", (event) => {
      this.closed = /** @type {CustomEvent} */ (event).detail;
    });
    this.outbox.resume({ ops: [], rejected: [] }, 0);
  }

  /**
   * @param {string} label
   * @param {number} start
   * @param {number} end
   */
  tag(label, start, end, quote = TEXT.slice(start, end)) {
    const id = newId();
    const span = { id, rev: 0, start, end, label, quote, attributes: [], links: [], note: "" };
    this.sync.edit([{ id, before: null, after: span }]);
    return id;
  }

  /**
   * @param {string} id
   * @param {object | null} set null deletes
   */
  change(id, set) {
    const span = this.spans.get(id);
    if (span) this.sync.edit([{ id, before: span, after: set && { ...span, ...set } }]);
  }

  shown() {
    return [...this.spans.byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

/** @param {Ledger} server */
function stored(server) {
  const offsets = new Offsets(TEXT);
  const spans = [...server.spans.values()].map((span) => offsets.fromWire(span));
  return spans.sort((a, b) => (a.id < b.id ? -1 : 1));
}

test("edits are shown at once and counted in code points on the wire", async () => {
  const server = new Ledger();
  const tab = new Tab(server);

  tab.tag("actor", 9, 12);
  assert.equal(tab.spans.size, 1);
  assert.deepEqual(tab.state, { state: "saving", count: 1 });
  await tab.outbox.drain();

  const [{ ops }] = server.requests;
  assert.deepEqual([ops[0].start, ops[0].end, ops[0].quote], [8, 11, "Ada"]);
  assert.deepEqual(tab.state, { state: "saved", count: 0 });
});

test("a chain of edits on one span goes out in order, each on the revision before", async () => {
  const server = new Ledger();
  const tab = new Tab(server);

  const id = tab.tag("actor", 9, 12);
  tab.change(id, { label: "event" });
  tab.change(id, { note: "sure?" });
  await tab.outbox.drain();

  const [{ ops }] = server.requests;
  assert.deepEqual(
    ops.map((/** @type {any} */ op) => [op.seq, op.type, op.base_rev]),
    [[1, "create", undefined], [2, "update", 1], [3, "note", 2]],
  );
  assert.deepEqual(tab.shown(), stored(server));
  assert.deepEqual(tab.rejected, []);
});

test("an op whose answer got lost is sent again and done once", async () => {
  const rolls = [1, 0, 1, 1];
  const server = new Ledger(() => rolls.shift() ?? 1);
  server.loss = 0.5;
  const tab = new Tab(server);

  tab.tag("actor", 9, 12);
  await tab.outbox.flush();
  assert.deepEqual(tab.state, { state: "offline", count: 1 });
  await tab.outbox.flush();

  assert.deepEqual(tab.state, { state: "saved", count: 0 });
  assert.equal(server.spans.size, 1);
});

test("of two edits of one span the later loses and is kept in sight", async () => {
  const server = new Ledger();
  const [desk, tablet] = [new Tab(server), new Tab(server)];
  const id = desk.tag("actor", 9, 12);
  await desk.outbox.drain();
  await tablet.outbox.flush();

  desk.change(id, { label: "event" });
  tablet.change(id, { label: "claim" });
  tablet.change(id, { note: "mine" });
  await desk.outbox.drain();
  await tablet.outbox.drain();

  assert.equal(tablet.spans.get(id)?.label, "event");
  assert.deepEqual(
    tablet.rejected.map(({ op, status }) => [op.type, status]),
    [["update", "conflict"], ["note", "conflict"]],
  );
});

test("a refused op is put aside and the others are saved", async () => {
  const server = new Ledger();
  const tab = new Tab(server);

  tab.tag("actor", 0, 5, "refuse me");
  tab.tag("actor", 9, 12);
  await tab.outbox.drain();

  assert.deepEqual(tab.rejected.map(({ detail }) => detail), ["No."]);
  assert.deepEqual(tab.shown(), stored(server));
});

test("a request that cannot be read is halved until the op at fault is found", async () => {
  const server = new Ledger();
  const tab = new Tab(server);
  for (let start = 0; start < 4; start += 1) tab.tag("actor", start, start + 1);
  const unreadable = { status: 422, body: { detail: "malformed" } };
  server.refusals = [unreadable, unreadable, unreadable];

  await tab.outbox.drain();

  assert.deepEqual(server.requests.map(({ ops }) => ops.length), [4, 2, 1, 3]);
  assert.deepEqual(tab.rejected.map(({ op }) => op.seq), [1]);
  assert.equal(server.spans.size, 3);
});

test("the outbox freezes when the session ends and goes on after signing in", async () => {
  const server = new Ledger();
  const tab = new Tab(server);
  tab.tag("actor", 9, 12);
  server.refusals = [{ status: 401, body: { code: "not_authenticated" } }];

  await tab.outbox.flush();
  await tab.outbox.flush();
  assert.equal(server.requests.length, 1);
  assert.deepEqual(tab.state, { state: "signed-out", count: 1 });

  tab.outbox.signedIn();
  await tab.outbox.drain();
  assert.deepEqual(tab.state, { state: "saved", count: 0 });
});

test("a CSRF token that is no longer good is renewed once, then the answer is final", async () => {
  const server = new Ledger();
  const tab = new Tab(server);
  tab.tag("actor", 9, 12);
  server.refusals = [
    { status: 403, body: { code: "permission_denied" } },
    { status: 403, body: { code: "permission_denied" } },
  ];

  await tab.outbox.drain();

  assert.equal(tab.renewals, 1);
  assert.equal(tab.closed.code, "permission_denied");
  assert.deepEqual(tab.state, { state: "closed", count: 1 });
});

test("work that was handed in elsewhere keeps what was not sent", async () => {
  const server = new Ledger();
  const tab = new Tab(server);
  tab.tag("actor", 9, 12);
  server.refusals = [{ status: 409, body: { code: "already_submitted", detail: "Handed in." } }];

  await tab.outbox.drain();

  assert.deepEqual(tab.closed, { code: "already_submitted", detail: "Handed in." });
  assert.equal(tab.outbox.waiting.length, 1);
});

for (const loss of [0, 0.2, 0.5]) {
  test(`two tabs on the same spans converge with ${loss * 100} % lost`, async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      let state = seed * 7919;
      const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
      const server = new Ledger(random);
      const tabs = [new Tab(server), new Tab(server)];
      server.loss = loss;
      /** @type {string[]} */
      const ids = [];
      let made = 0;
      for (let turn = 0; turn < 40; turn += 1) {
        const tab = tabs[random() < 0.5 ? 0 : 1];
        const id = ids[Math.floor(random() * ids.length)];
        const kind = random();
        if (kind < 0.4 || !id) ids.push(tab.tag("actor", turn + 9, turn + 12));
        else if (kind < 0.75) tab.change(id, { label: `label-${turn}` });
        else if (kind < 0.85) tab.change(id, null);
        else await tab.outbox.flush();
        made = tabs[0].outbox.lastSeq + tabs[1].outbox.lastSeq;
      }
      server.loss = 0;
      for (const tab of [...tabs, ...tabs]) await tab.outbox.drain();

      assert.deepEqual(tabs[0].shown(), stored(server));
      assert.deepEqual(tabs[1].shown(), stored(server));
      // Every edit was answered by the server or is on somebody's list, none twice.
      const told = tabs.flatMap(({ rejected }) => rejected.map(({ op }) => op.op_id));
      assert.equal(new Set([...server.answered.keys(), ...told]).size, made);
      assert.equal(new Set(told).size, told.length);
    }
  });
}
