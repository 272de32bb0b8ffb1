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
export function meaningOf({ key, code }) {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1] ?? "";
  const letter = /^[\x20-\x7e]$/.test(key) ? key : code.replace("Key", "");
  return { digit, command: COMMANDS[letter.toLowerCase()] ?? "" };
}
