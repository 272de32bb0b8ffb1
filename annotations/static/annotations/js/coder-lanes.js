/**
 * The lanes of a score: what each coder marked there, faded where it belongs to another place.
 */

/** @typedef {import("./types.js").Card} Card */

/**
 * @param {string[]} coders in the order of their lanes
 * @param {Card[]} near the cards that lie there
 * @param {Card | undefined} own the one that is asked about
 */
export function coderLanes(coders, near, own) {
  return coders.map((coder) => ({
    coder,
    spans: near.flatMap((card) => {
      const theirs = card.candidates.find((candidate) => candidate.coder === coder)?.spans ?? [];
      return theirs.map((span) => ({ ...span, isFaded: card !== own }));
    }),
  }));
}
