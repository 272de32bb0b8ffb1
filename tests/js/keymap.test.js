import assert from "node:assert/strict";
import { test } from "node:test";

import { commandFor } from "../../annotations/static/annotations/js/keymap.js";

const LABELS = { a: "actor", l: "location", 1: "actor", 2: "location" };

/**
 * @param {string} chord such as "Control+Shift+ArrowLeft"
 * @param {{code?: string, isMac?: boolean, isComposing?: boolean, hasLetters?: boolean, aliases?: Record<string, string>}} [more]
 */
function commandOf(chord, { code = "", isMac = false, isComposing = false, ...mine } = {}) {
  const keys = chord.split(/\+(?=.)/);
  const key = keys.pop() ?? "";
  const event = {
    key,
    code,
    isComposing,
    ctrlKey: keys.includes("Control"),
    metaKey: keys.includes("Meta"),
    altKey: keys.includes("Alt"),
    shiftKey: keys.includes("Shift"),
  };
  const labelFor = (/** @type {string} */ pressed) => Reflect.get(LABELS, pressed);
  const command = commandFor(event, { isMac, labelFor, ...mine });
  return command && (command.label ?? command.name);
}

test("letters of the codebook tag, also with caps lock and by digit", () => {
  assert.equal(commandOf("a"), "actor");
  assert.equal(commandOf("A"), "actor");
  assert.equal(commandOf("2", { code: "Digit2" }), "location");
  assert.equal(commandOf("é", { code: "Digit2" }), "location");
});

test("where letters are not Latin, the place of the key counts", () => {
  assert.equal(commandOf("ф", { code: "KeyA" }), "actor");
  assert.equal(commandOf("ع", { code: "KeyU" }), "undo");
});

test("Shift, Control and both change what an arrow does", () => {
  assert.equal(commandOf("ArrowRight"), "right");
  assert.equal(commandOf("Shift+ArrowRight"), "extend-right");
  assert.equal(commandOf("Control+ArrowRight"), "sentence-right");
  assert.equal(commandOf("Control+Shift+ArrowLeft"), "character-left");
});

test("undo and redo have letters and chords", () => {
  assert.equal(commandOf("u"), "undo");
  assert.equal(commandOf("Shift+U"), "redo");
  assert.equal(commandOf("Control+z"), "undo");
  assert.equal(commandOf("Control+Shift+Z"), "redo");
  assert.equal(commandOf("Control+y"), "redo");
});

test("a Mac uses Command for commands and Option for the fine moves", () => {
  assert.equal(commandOf("Meta+Enter", { isMac: true }), "submit");
  assert.equal(commandOf("Alt+ArrowLeft", { isMac: true }), "sentence-left");
  assert.equal(commandOf("Control+Alt+ArrowLeft", { isMac: true }), null);
  assert.equal(commandOf("Control+Enter", { isMac: true }), null);
});

test("what belongs to the browser, the system or a composition is left alone", () => {
  for (const chord of ["Tab", "Shift+Tab", "Alt+a", "Control+c", "Control+f", "F5", "Insert", "Meta+a"]) {
    assert.equal(commandOf(chord), null, chord);
  }
  assert.equal(commandOf("a", { isComposing: true }), null);
  assert.equal(commandOf("Shift+A"), null);
});

test("single keys can be switched off, arrows and chords stay", () => {
  const off = { hasLetters: false };
  for (const key of ["a", "Shift+U", "s", "/", "?", "x"]) assert.equal(commandOf(key, off), null);
  assert.equal(commandOf("2", { code: "Digit2", ...off }), null);
  assert.equal(commandOf("ArrowRight", off), "right");
  assert.equal(commandOf(" ", off), "sticky");
  assert.equal(commandOf("Control+z", off), "undo");
});

test("letters can be moved, with what they do under Shift, and labels go first", () => {
  const aliases = { g: "s", s: "", l: "t" };
  assert.equal(commandOf("g", { aliases }), "grow");
  assert.equal(commandOf("Shift+G", { aliases }), "shrink");
  assert.equal(commandOf("s", { aliases }), null);
  assert.equal(commandOf("l", { aliases }), "location");
  assert.equal(commandOf("Control+s", { aliases }), "save");
});
