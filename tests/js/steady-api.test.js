import assert from "node:assert/strict";
import { test } from "node:test";

import { SteadyApi } from "../../annotations/static/annotations/js/steady-api.js";

/**
 * A server that takes none but its own token, and gives out another one with each answer that
 * names it, as it does to who comes without a cookie: so many times, then it keeps to one.
 * @param {number} times
 */
function serverThatChangesItsMind(times) {
  let token = 0;
  /** @type {string[]} */
  const asked = [];
  globalThis.fetch = async (url, { method = "GET", headers } = {}) => {
    asked.push(method);
    if (url === "/session/") {
      const session = { csrf: String(token), user: { id: "me" } };
      if (asked.filter((one) => one === "GET").length < times) token += 1;
      return Response.json(session);
    }
    const isRight = new Headers(headers).get("X-CSRFToken") === String(token);
    return Response.json(isRight ? {} : { code: "csrf" }, { status: isRight ? 200 : 403 });
  };
  return asked;
}

function steadyApi() {
  return new SteadyApi({ sessionUrl: "/session/", csrf: "old", userId: "me" });
}

test("a token that changed again while it was asked for is asked for again", async () => {
  const asked = serverThatChangesItsMind(2);

  const response = await steadyApi().send("PUT", "/card/", {});

  assert.equal(response.status, 200);
  assert.deepEqual(asked, ["PUT", "GET", "PUT", "GET", "PUT"]);
});

test("a server that never takes its own token is not asked without end", async () => {
  const asked = serverThatChangesItsMind(1_000);

  const response = await steadyApi().send("PUT", "/card/", {});

  assert.equal(response.status, 403);
  assert.equal(asked.length, 9);
});
