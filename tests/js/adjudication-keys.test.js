import assert from "node:assert/strict";
import { test } from "node:test";

import { meaningOf } from "../../annotations/static/annotations/js/adjudication-keys.js";

test("letters are commands, on Latin layouts by what they write", () => {
  assert.equal(meaningOf({ key: "u", code: "KeyF" }).command, "undo");
  assert.equal(meaningOf({ key: "U", code: "KeyU" }).command, "undo");
});

test("on other layouts letters are found by their place", () => {
  assert.equal(meaningOf({ key: "о", code: "KeyJ" }).command, "next");
});

test("digits are found by their place, whatever the layout writes there", () => {
  assert.equal(meaningOf({ key: "à", code: "Digit0" }).digit, "0");
  assert.equal(meaningOf({ key: "3", code: "Numpad3" }).digit, "3");
});

test("other keys mean nothing", () => {
  assert.deepEqual(meaningOf({ key: "Tab", code: "Tab" }), { digit: "", command: "" });
  assert.deepEqual(meaningOf({ key: "z", code: "KeyZ" }), { digit: "", command: "" });
});
