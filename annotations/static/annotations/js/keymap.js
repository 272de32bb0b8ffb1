/**
 * Which command a key stands for. Only the text listens, so single letters are free.
 *
 * `event.key` is matched first; on keyboards without Latin letters the key's place counts.
 */

/** @typedef {{name: string, label?: string}} Command */

/** @type {Record<string, string>} */
const PLAIN = {
  ArrowRight: "right",
  ArrowLeft: "left",
  ArrowDown: "down",
  ArrowUp: "up",
  Home: "line-start",
  End: "line-end",
  PageDown: "screen-down",
  PageUp: "screen-up",
  Enter: "open",
  Escape: "escape",
  Backspace: "delete",
  Delete: "delete",
  " ": "sticky",
  "/": "jump",
  "?": "help",
  f: "flag",
  h: "codebook",
  m: "note",
  n: "next-span",
  o: "switch-edge",
  p: "previous-span",
  s: "grow",
  t: "tag-all",
  u: "undo",
  v: "details",
  x: "delete",
};

/** @type {Record<string, string>} */
const SHIFT = {
  ArrowRight: "extend-right",
  ArrowLeft: "extend-left",
  ArrowDown: "extend-down",
  ArrowUp: "extend-up",
  Home: "extend-line-start",
  End: "extend-line-end",
  Enter: "accept-all",
  "?": "help",
  "/": "jump",
  h: "look-up",
  n: "next-suggestion",
  p: "previous-suggestion",
  s: "shrink",
  u: "redo",
  x: "refuse-all",
};

/** @type {Record<string, string>} */
const CONTROL = {
  Home: "document-start",
  End: "document-end",
  Enter: "submit",
  s: "save",
  y: "redo",
  z: "undo",
};

/** @type {Record<string, string>} Ctrl, or Option on a Mac */
const FINE = { ArrowRight: "sentence-right", ArrowLeft: "sentence-left" };

/** @type {Record<string, string>} */
const FINE_SHIFT = { ArrowRight: "character-right", ArrowLeft: "character-left" };

/** Letters that no label may take. */
export const RESERVED = Object.keys(PLAIN).filter((key) => key.length === 1 && key !== " ");

/**
 * Return the command of a key press, or null if the key is not ours.
 * @param {Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "isComposing">} event
 * @param {object} options
 * @param {boolean} options.isMac
 * @param {(key: string) => string | undefined} options.labelFor
 * @param {boolean} [options.hasLetters] false where the person has switched single keys off
 * @param {Record<string, string>} [options.aliases] what letters stand for that the person moved
 * @returns {Command | null}
 */
export function commandFor(event, { isMac, labelFor, hasLetters = true, aliases = {} }) {
  if (event.isComposing) return null;
  const pressed = latin(event);
  const control = isMac ? event.metaKey : event.ctrlKey;
  const stranger = isMac ? event.ctrlKey : event.metaKey;
  const fine = isMac ? event.altKey : event.ctrlKey;
  if (stranger || (event.altKey && (!isMac || control))) return null;
  if (fine) {
    const name = (event.shiftKey ? FINE_SHIFT : FINE)[pressed];
    if (name) return { name };
    if (isMac) return null;
  }
  if (control) return named(event.shiftKey && pressed === "z" ? "redo" : CONTROL[pressed]);
  if (!hasLetters && /^\S$/.test(pressed)) return null;
  const key = aliases[pressed] ?? pressed;
  if (event.shiftKey && SHIFT[key]) return { name: SHIFT[key] };
  if (event.shiftKey && key.length > 1) return null;
  const label = event.shiftKey ? undefined : labelFor(digit(event) ?? pressed);
  if (label) return { name: "label", label };
  return event.shiftKey ? null : named(PLAIN[key]);
}

/** @param {string | undefined} name */
function named(name) {
  return name ? { name } : null;
}

/** @param {{key: string, code: string}} event */
function latin({ key, code }) {
  if (key.length > 1) return key;
  if (/^[\x20-\x7e]$/.test(key)) return key.toLowerCase();
  return /^Key[A-Z]$/.test(code) ? code[3].toLowerCase() : key;
}

/**
 * Digits go by place: on a French keyboard the unshifted key says "&".
 * @param {{code: string}} event
 */
function digit({ code }) {
  return /^(Digit|Numpad)([1-9])$/.exec(code)?.[2];
}
