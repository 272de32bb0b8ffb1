/**
 * What coders leave open in attributes and links, slot by slot, and what comes of a choice in each.
 */

import { contentOf } from "./card-versions.js";
import { choicesOf } from "./details.js";

/** @typedef {import("./types.js").Attribute} Attribute */
/** @typedef {import("./types.js").AttributeDeclaration} AttributeDeclaration */
/** @typedef {import("./types.js").Card} Card */
/** @typedef {import("./types.js").Link} Link */
/** @typedef {import("./types.js").Span} Span */
/** @typedef {import("./card-versions.js").Targets} Targets */
/** @typedef {Card["candidates"][number]} Candidate */
/** @typedef {Pick<Span, "start" | "end" | "label" | "quote" | "attributes" | "links" | "note">} Draft */
/** @typedef {{targets: Targets, labels: Pick<import("./labels.js").Labels, "get">}} Known */
/** @typedef {{coders: string[], candidates: Candidate[]}} Outline coders who mark the same extents with the same labels */
/** @typedef {{coder: string | null, span: Pick<Span, "attributes" | "links" | "note">}} Holder */

/**
 * @typedef {object} Value what a slot can hold
 * @property {string} key the same for the same value, whoever gave it
 * @property {(Attribute | Link)[]} rows none where the span carries nothing of that name
 * @property {string[]} coders who gave it
 *
 * @typedef {object} Field one attribute or one kind of link of a span
 * @property {string} id
 * @property {string} name
 * @property {boolean} isLink
 * @property {AttributeDeclaration} [declared] of an attribute
 * @property {Value[]} values what coders gave, most given first
 * @property {Value[]} others what the codebook offers beside that
 * @property {boolean} mayBeNone
 * @property {boolean} isOpen whether a person has to choose
 *
 * @typedef {{span: Draft, fields: Field[], notes: string[]}} Subject a span of the ruling to be
 */

/**
 * Return the distinct ways to mark a place, attributes and links aside, most chosen first.
 * @param {Card} card
 * @returns {Outline[]}
 */
export function outlinesOf(card) {
  /** @type {Map<string, Candidate[]>} */
  const found = new Map();
  for (const candidate of card.candidates) {
    if (!candidate.spans.length) continue;
    const key = outlineOf(candidate.spans);
    found.set(key, [...(found.get(key) ?? []), candidate]);
  }
  return [...found.values()]
    .map((candidates) => ({ candidates, coders: candidates.map(({ coder }) => coder) }))
    .sort(
      (a, b) =>
        b.coders.length - a.coders.length ||
        a.candidates[0].spans[0].start - b.candidates[0].spans[0].start,
    );
}

/**
 * Return extents and labels of spans, so that two versions can be compared without their details.
 * @param {Pick<Span, "start" | "end" | "label">[]} spans
 */
export function outlineOf(spans) {
  return JSON.stringify([...new Set(spans.map(extentOf))].sort());
}

/**
 * Return the spans that these versions come to, with what their coders say of each.
 * @param {Candidate[]} candidates
 * @param {Known} known
 * @returns {Subject[]}
 */
export function subjectsOf(candidates, known) {
  const spans = candidates.flatMap((candidate) => candidate.spans.map(bare));
  return [...new Map(spans.map((span) => [extentOf(span), span])).values()]
    .sort((a, b) => a.start - b.start || a.end - b.end)
    .map((span) => {
      const isSame = (/** @type {Span} */ other) => extentOf(other) === extentOf(span);
      return subject(span, holdersOf(candidates, isSame), known);
    });
}

/**
 * Return the same for spans that an adjudicator drew: those of the same label that overlap one
 * speak for it.
 * @param {Draft[]} drafts
 * @param {Candidate[]} candidates
 * @param {Known} known
 * @returns {Subject[]}
 */
export function subjectsOfDrafts(drafts, candidates, known) {
  return drafts.map((draft) => {
    const holders = holdersOf(
      candidates,
      ({ label, start, end }) => label === draft.label && start < draft.end && draft.start < end,
    );
    // Where no coder has such a span, what it already carries is all there is.
    return subject(draft, holders.length ? holders : [{ coder: null, span: draft }], known);
  });
}

/**
 * Return what has to be chosen, in order.
 * @param {Subject[]} subjects
 */
export function slotsOf(subjects) {
  return subjects.flatMap(({ fields }) => fields.filter(({ isOpen }) => isOpen));
}

/**
 * Return the spans with what all coders share and what was chosen in each slot.
 * @param {Subject[]} subjects
 * @param {Map<string, Value>} chosen by the id of the slot; a slot left out carries nothing
 * @param {Targets} targets
 * @returns {Draft[]}
 */
export function composed(subjects, chosen, targets) {
  return subjects.map(({ span, fields }) => {
    /** @type {(Attribute | Link)[]} */
    const carried = fields.flatMap(({ id, isOpen, values }) => {
      const value = isOpen ? chosen.get(id) : values[0];
      return value?.rows ?? [];
    });
    return {
      ...span,
      attributes: carried.filter((row) => "value" in row),
      links: carried.filter((row) => "target" in row).filter(({ target }) => targets.get(target)),
    };
  });
}

/**
 * Return the ruling that puts `spans` into gold: a coder's version, where one has just these.
 * @param {Draft[]} spans
 * @param {Candidate[]} candidates
 * @param {Targets} targets
 */
export function rulingFor(spans, candidates, targets) {
  const wanted = contentOf(/** @type {Span[]} */ (spans), targets);
  const same = candidates.find((one) => contentOf(one.spans, targets) === wanted);
  return same ? { outcome: "accept", coder: same.coder } : { outcome: "edit", spans };
}

/**
 * Return what a ruling holds in a slot, as the key of a value.
 * @param {Field} field
 * @param {Subject} subject
 * @param {Span[]} ruled
 * @param {Targets} targets
 */
export function ruledValue(field, { span }, ruled, targets) {
  const same = ruled.find((other) => extentOf(other) === extentOf(span));
  return same && keyOf(rowsIn(same, field), field.isLink, targets);
}

/**
 * Return `words` as a value of an attribute's slot: that of the coders who have them, if some do.
 * @param {Pick<Field, "name" | "values">} field
 * @param {string} words
 * @returns {Value}
 */
export function worded({ name, values }, words) {
  const rows = [{ name, value: words }];
  const key = JSON.stringify([words]);
  return values.find((value) => value.key === key) ?? { key, rows, coders: [] };
}

/**
 * @param {Draft} span
 * @param {Holder[]} holders
 * @param {Known} known
 * @returns {Subject}
 */
function subject(span, holders, { targets, labels }) {
  const label = labels.get(span.label);
  const declared = label?.attributes ?? [];
  const fields = [false, true].flatMap((isLink) => {
    const carried = new Set(
      holders.flatMap((held) => (isLink ? held.span.links : held.span.attributes).map(({ name }) => name)),
    );
    const known = isLink ? (label?.links ?? []) : declared;
    const inOrder = known.filter(({ name, required }) => carried.has(name) || (required && !isLink));
    const names = new Set([...inOrder.map(({ name }) => name), ...carried]);
    return [...names].map((name) => {
      const attribute = isLink ? undefined : declared.find((one) => one.name === name);
      return fieldOf({ id: `${extentOf(span)} ${isLink} ${name}`, name, isLink }, attribute, holders, targets);
    });
  });
  const notes = new Set(holders.flatMap((held) => held.span.note || []));
  return { span: { ...span, attributes: [], links: [] }, fields, notes: [...notes] };
}

/**
 * @param {Pick<Field, "id" | "name" | "isLink">} what
 * @param {AttributeDeclaration | undefined} declared
 * @param {Holder[]} holders
 * @param {Targets} targets
 * @returns {Field}
 */
function fieldOf(what, declared, holders, targets) {
  /** @type {Map<string, Value>} */
  const found = new Map();
  for (const { coder, span } of holders) {
    const rows = rowsIn(span, what);
    const key = keyOf(rows, what.isLink, targets);
    const value = found.get(key) ?? { key, rows, coders: [] };
    found.set(key, value);
    if (coder && !value.coders.includes(coder)) value.coders.push(coder);
  }
  const values = [...found.values()].sort((a, b) => b.coders.length - a.coders.length);
  const none = values.find(({ rows }) => !rows.length);
  const mayBeNone = !declared?.required || Boolean(none?.coders.length);
  const others = ((declared && choicesOf(declared)) ?? [])
    .map((choice) => worded({ ...what, values }, choice))
    .filter(({ key }) => !found.has(key));
  const isOpen = values.length > 1 || (!values[0].rows.length && !mayBeNone);
  return { ...what, declared, values, others, mayBeNone, isOpen };
}

/**
 * @param {Candidate[]} candidates
 * @param {(span: Span) => boolean} isMeant
 * @returns {Holder[]}
 */
function holdersOf(candidates, isMeant) {
  return candidates.flatMap(({ coder, spans }) =>
    spans.filter(isMeant).map((span) => ({ coder, span })),
  );
}

/**
 * @param {Pick<Span, "attributes" | "links">} span
 * @param {Pick<Field, "name" | "isLink">} field
 */
function rowsIn({ attributes, links }, { name, isLink }) {
  /** @type {(Attribute | Link)[]} */
  const rows = isLink ? links : attributes;
  return rows.filter((row) => row.name === name);
}

/**
 * @param {(Attribute | Link)[]} rows
 * @param {boolean} isLink
 * @param {Targets} targets
 */
function keyOf(rows, isLink, targets) {
  const said = rows.map((row) => {
    if (!isLink) return /** @type {Attribute} */ (row).value;
    const at = targets.get(/** @type {Link} */ (row).target);
    return at ? extentOf(at) : "";
  });
  return JSON.stringify(said.sort());
}

/** @param {Pick<Span, "start" | "end" | "label">} span */
function extentOf({ start, end, label }) {
  return JSON.stringify([start, end, label]);
}

/**
 * @param {Span} span
 * @returns {Draft}
 */
function bare({ label, start, end, quote }) {
  return { label, start, end, quote, attributes: [], links: [], note: "" };
}
