import assert from "node:assert/strict";
import { test } from "node:test";

import { zoneCookie } from "../../annotations/static/annotations/js/time-zone.js";

test("the reader's zone is kept for a year, written so that a cookie can hold it", () => {
  const cookie = "timezone=Asia%2FBaku; path=/; max-age=31536000; samesite=lax";
  assert.equal(zoneCookie("Asia/Baku"), cookie);
});
