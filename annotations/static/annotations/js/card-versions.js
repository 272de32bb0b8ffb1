/**
 * What a card offers to choose from, and what a ruling on it comes to.
 */

/** @typedef {import("./types.js").Span} Span */
/** @typedef {import("./types.js").Card} Card */
/** @typedef {import("./types.js").Ruling} Ruling */
/** @typedef {{spans: Span[], coders: string[]}} Version */

/**
 * Return the distinct versions of a card with who chose them, most chosen first. Coders with
 * nothing there have no version: that is what ruling "none" says.
 * @param {Card} card
 * @returns {Version[]}
 */
export function versionsOf(card) {
  /** @type {Map<string, Version>} */
  const found = new Map();
  for (const { coder, spans } of card.candidates) {
    if (!spans.length) continue;
    const key = JSON.stringify([...new Set(spans.map(wordsOf))].sort());
    const version = found.get(key);
    if (version) version.coders.push(coder);
    else found.set(key, { spans: distinct(spans), coders: [coder] });
  }
  return [...found.values()].sort(
    (a, b) => b.coders.length - a.coders.length || a.spans[0].start - b.spans[0].start,
  );
}

/**
 * Return the coders who have nothing in a card.
 * @param {Card} card
 */
export function absentFrom(card) {
  return card.candidates.filter(({ spans }) => !spans.length).map(({ coder }) => coder);
}

/**
 * Say whether a card still waits for a person.
 * @param {Card} card
 */
export function isOpen({ decision }) {
  return !decision || decision.stale;
}

/**
 * Return the cards that a person looks at one by one: all but those decided without one.
 * @param {Card[]} cards
 */
export function placesOf(cards) {
  return cards.filter((card) => isOpen(card) || !card.decision?.automatic);
}

/**
 * Return the spans that the rulings in force put into gold.
 * @param {Card[]} cards
 * @param {{decision: Ruling}[]} added
 * @returns {Span[]}
 */
export function goldOf(cards, added) {
  return [...cards, ...added].flatMap(({ decision }) =>
    decision && !decision.stale ? decision.spans : [],
  );
}

/**
 * Return the body that would make `ruling` again on `card`, or null where taking the present
 * ruling back comes nearest.
 * @param {Card} card
 * @param {Ruling | null} ruling
 */
export function repeatable(card, ruling) {
  if (!ruling || ruling.stale) return null;
  const { outcome, reason, note, rule } = ruling;
  const said = { outcome, reason, note, rule };
  if (outcome === "edit") return { ...said, spans: ruling.spans };
  if (outcome !== "accept") return said;
  const coder = ruling.coder ?? card.candidates.find(({ spans }) => spans.length)?.coder;
  return coder ? { ...said, coder } : null;
}

/** @param {Span[]} spans */
function distinct(spans) {
  return [...new Map(spans.map((span) => [wordsOf(span), span])).values()];
}

/** @param {Span} span */
function wordsOf({ start, end, label, attributes, links }) {
  const said = attributes.map(({ name, value }) => `${name}=${value}`).sort();
  return JSON.stringify([start, end, label, said, links.map(({ name }) => name).sort()]);
}
