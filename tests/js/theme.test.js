import assert from "node:assert/strict";
import { test } from "node:test";

import { themeCookie } from "../../annotations/static/annotations/js/theme.js";

test("a chosen theme is kept for a year, for the whole site", () => {
  assert.equal(themeCookie("dark"), "theme=dark; path=/; max-age=31536000; samesite=lax");
});

test("leaving it to the system forgets the choice", () => {
  assert.match(themeCookie("auto"), /max-age=0;/);
});
