/**
 * What the keys of the adjudication page do.
 */

/** @type {Record<string, string>} */
const COMMANDS = {
  j: "next",
  k: "previous",
  x: "unclear",
  e: "edit",
  m: "note",
  u: "undo",
  g: "context",
  a: "alike",
  b: "several",
  c: "codebook",
  backspace: "nothing",
  delete: "nothing",
  escape: "back",
  "?": "help",
};

/**
 * Return the digit or the command that a key stands for, on any layout: letters are looked
 * for by their place where the layout is not Latin, digits always.
 * @param {{key: string, code: string}} event
 * @returns {{digit: string, command: string}}
 */
export function meaningOf(event) {
  return { digit: digitOf(event), command: COMMANDS[letterOf(event)] ?? "" };
}

/** @param {{code: string}} event */
export function digitOf({ code }) {
  return /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1] ?? "";
}

/** @param {{key: string, code: string}} event */
export function letterOf({ key, code }) {
  return (/^[\x20-\x7e]$/.test(key) ? key : code.replace("Key", "")).toLowerCase();
}
