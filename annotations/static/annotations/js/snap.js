/**
 * Round a rough selection to something worth tagging: whole words or at least
 * whole graphemes, without white space or invisible characters at its edges.
 */

/** @typedef {import("./types.js").Extent} Extent */

// White space, zero-width characters, bidi controls, soft hyphen, byte-order mark.
const INVISIBLE = /[\s\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * Return the index of the first extent that ends after `offset`, or the count if none does.
 * @param {Extent[]} extents sorted and apart from each other
 * @param {number} offset
 */
export function indexEndingAfter(extents, offset) {
  let low = 0;
  let high = extents.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (extents[middle].end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Return the grapheme around `offset`, or null at a line break and at the text's end.
 * @param {string} text
 * @param {number} offset
 * @returns {Extent | null}
 */
export function graphemeAt(text, offset) {
  if (offset < 0 || offset >= text.length || text[offset] === "\n") return null;
  const lineStart = text.lastIndexOf("\n", offset) + 1;
  const lineEnd = text.indexOf("\n", offset);
  const line = text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd);
  const segment = graphemes.segment(line).containing(offset - lineStart);
  if (!segment) return null;
  const start = lineStart + segment.index;
  return { start, end: start + segment.segment.length };
}

/**
 * Cut white space and invisible characters off both edges; null if nothing is left.
 * @param {string} text
 * @param {Extent} extent
 * @returns {Extent | null}
 */
export function trim(text, { start, end }) {
  while (start < end && INVISIBLE.test(text[start])) start += 1;
  while (end > start && INVISIBLE.test(text[end - 1])) end -= 1;
  return start < end ? { start, end } : null;
}

/**
 * Round `extent` outwards to whole graphemes, then to whole words if asked, and trim it.
 * @param {string} text
 * @param {Extent[]} tokens
 * @param {Extent} extent
 * @param {"words" | "characters"} unit
 * @returns {Extent | null} null when it holds nothing that can be seen
 */
export function snap(text, tokens, extent, unit = "words") {
  const first = graphemeAt(text, extent.start);
  const last = graphemeAt(text, extent.end);
  const rounded = {
    start: first ? first.start : extent.start,
    end: last && last.start < extent.end ? last.end : extent.end,
  };
  return trim(text, (unit === "words" && toWords(tokens, rounded)) || rounded);
}

/**
 * Round to the words touched. Null when no word is touched: an emoji alone is not a word,
 * and can be tagged all the same.
 * @param {Extent[]} tokens
 * @param {Extent} extent
 * @returns {Extent | null}
 */
function toWords(tokens, { start, end }) {
  const first = tokens[indexEndingAfter(tokens, start)];
  if (!first || first.start >= end) return null;
  let last = indexEndingAfter(tokens, end - 1);
  if (last === tokens.length || tokens[last].start >= end) last -= 1;
  return { start: first.start, end: tokens[last].end };
}
