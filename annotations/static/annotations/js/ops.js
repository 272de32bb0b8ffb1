/**
 * Operations on spans: made from a change, and played on top of what the server holds.
 */

/** @typedef {import("./types.js").Span} Span */
/** @typedef {import("./types.js").Op} Op */
/** @typedef {import("./types.js").OpDraft} OpDraft */
/** @typedef {import("./offsets.js").Offsets} Offsets */

/** @returns {string} a random UUID, also where the page is served without TLS */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * Return the op that tells the server of one change.
 * @param {import("./spans.js").Change} change in units
 * @param {Offsets} offsets
 * @returns {OpDraft}
 */
export function opFor({ id, before, after }, offsets) {
  if (!after) return { type: "delete", span_id: id, base_rev: before?.rev };
  const place = {
    start: offsets.toCodePoints(after.start),
    end: offsets.toCodePoints(after.end),
    quote: after.quote,
  };
  if (!before) {
    const { label, attributes, links, note, source } = after;
    return {
      type: "create",
      span_id: id,
      label,
      ...place,
      ...(attributes.length && { attributes }),
      ...(links.length && { links }),
      ...(note && { note }),
      ...(source && { source }),
    };
  }
  const base = { span_id: id, base_rev: before.rev };
  if (before.note !== after.note) return { type: "note", ...base, note: after.note };
  return { type: "update", ...base, label: after.label, ...place, ...newDetails(before, after) };
}

/**
 * @param {Span} before
 * @param {Span} after
 * @returns {Partial<Pick<Span, "attributes" | "links">>} what replaces the lists there were
 */
function newDetails(before, after) {
  const isNew = (/** @type {"attributes" | "links"} */ name) =>
    JSON.stringify(before[name]) !== JSON.stringify(after[name]);
  return {
    ...(isNew("attributes") && { attributes: after.attributes }),
    ...(isNew("links") && { links: after.links }),
  };
}

/**
 * Return the span as it will be once the server has taken the ops that wait.
 * @param {Span | null} span in code points, as the server last told
 * @param {Op[]} waiting ops on this span, oldest first
 * @returns {Span | null}
 */
export function replay(span, waiting) {
  for (const op of waiting) {
    if (op.type === "create") span = created(op, span);
    else if (op.type === "delete") span = null;
    else if (span) span = updated(op, span);
  }
  return span;
}

/**
 * @param {Op} op
 * @param {Span | null} known set when the server took the op and its answer was lost
 * @returns {Span}
 */
function created(op, known) {
  return {
    id: /** @type {string} */ (op.span_id),
    rev: known?.rev ?? 1,
    start: op.start ?? 0,
    end: op.end ?? 0,
    label: op.label ?? "",
    quote: op.quote ?? "",
    attributes: op.attributes ?? [],
    links: op.links ?? [],
    note: op.note ?? "",
    ...(op.source && { source: op.source }),
  };
}

/**
 * @param {Op} op
 * @param {Span} span
 * @returns {Span}
 */
function updated(op, span) {
  const rev = Math.max(span.rev, (op.base_rev ?? span.rev) + 1);
  const { label, start, end, quote, attributes, links, note } = op;
  const set = Object.entries({ label, start, end, quote, attributes, links, note });
  return { ...span, rev, ...Object.fromEntries(set.filter(([, value]) => value !== undefined)) };
}
