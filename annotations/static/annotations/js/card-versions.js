/**
 * What a card offers to choose from, and what a ruling on it comes to.
 */

/** @typedef {import("./types.js").Span} Span */
/** @typedef {import("./types.js").Card} Card */
/** @typedef {import("./types.js").Ruling} Ruling */
/** @typedef {{spans: Span[], coders: string[]}} Version */
/** @typedef {Pick<Map<string, Span>, "get">} Targets what links may point to, by id */

/** @type {Targets} */
const UNKNOWN = new Map();

/**
 * Return the distinct versions of a card with who chose them, most chosen first. Coders with
 * nothing there have no version: that is what ruling "none" says.
 * @param {Card} card
 * @param {Targets} [targets]
 * @returns {Version[]}
 */
export function versionsOf(card, targets = UNKNOWN) {
  /** @type {Map<string, Version>} */
  const found = new Map();
  for (const { coder, spans } of card.candidates) {
    if (!spans.length) continue;
    const key = contentOf(spans, targets);
    const version = found.get(key);
    if (version) version.coders.push(coder);
    else found.set(key, { spans: distinct(spans, targets), coders: [coder] });
  }
  return [...found.values()].sort(
    (a, b) => b.coders.length - a.coders.length || a.spans[0].start - b.spans[0].start,
  );
}

/**
 * Return what spans say, so that two versions can be compared.
 * @param {Span[]} spans
 * @param {Targets} [targets] where they are not known, links are compared by their names
 */
export function contentOf(spans, targets = UNKNOWN) {
  return JSON.stringify([...new Set(spans.map((span) => wordsOf(span, targets)))].sort());
}

/**
 * Return every span of these cards that a link may point to, by its id.
 * @param {Card[]} cards
 */
export function targetsIn(cards) {
  const coded = cards.flatMap(({ candidates }) => candidates.flatMap(({ spans }) => spans));
  const ruled = cards.flatMap(({ decision }) => decision?.spans ?? []);
  return new Map([...coded, ...ruled].map((span) => [span.id, span]));
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
 * Return the spans that a ruling puts into gold while it is in force.
 * @param {{decision: Ruling | null}} ruled
 * @returns {Span[]}
 */
export function goldOf({ decision }) {
  return decision && !decision.stale ? decision.spans : [];
}

/**
 * Return what another version of a card begins with: the ruling in force, else the version of
 * `coder`, else the one that most have.
 * @param {Card} card
 * @param {string | null} [coder] whose version the keyboard stands on
 */
export function begunWith(card, coder) {
  const ruled = goldOf(card);
  if (ruled.length) return ruled;
  const versions = versionsOf(card);
  const chosen = versions.find(({ coders }) => coder && coders.includes(coder)) ?? versions[0];
  return chosen?.spans ?? card.decision?.spans ?? [];
}

/**
 * Return the body that would make `ruling` again on `card`, or null where taking the present
 * ruling back comes nearest.
 * @param {Card} card
 * @param {Ruling | null} ruling
 */
export function repeatable(card, ruling) {
  if (!ruling || ruling.stale) return null;
  const { outcome, reason, note, rule, confidence } = ruling;
  const said = { outcome, reason, note, rule, confidence };
  if (outcome === "edit") return { ...said, spans: ruling.spans };
  if (outcome !== "accept") return said;
  const coder = ruling.coder ?? card.candidates.find(({ spans }) => spans.length)?.coder;
  return coder ? { ...said, coder } : null;
}

/**
 * Return `spans` without those that say what an earlier one said.
 * @param {Span[]} spans
 * @param {Targets} targets
 */
export function distinct(spans, targets) {
  return [...new Map(spans.map((span) => [wordsOf(span, targets), span])).values()];
}

/**
 * @param {Span} span
 * @param {Targets} targets
 */
function wordsOf({ start, end, label, attributes, links }, targets) {
  const said = attributes.map(({ name, value }) => `${name}=${value}`).sort();
  const linked = links.map(({ name, target }) => {
    const at = targets.get(target);
    return at ? `${name} ${at.start} ${at.end} ${at.label}` : name;
  });
  return JSON.stringify([start, end, label, said, linked.sort()]);
}
