/**
 * What a label's spans may carry: attributes with values, links to other spans.
 *
 * The same rules as in annotations/algorithms/declarations.py; the server has the last word.
 */

/** @typedef {import("./types.js").AttributeDeclaration} AttributeDeclaration */
/** @typedef {import("./types.js").LinkDeclaration} LinkDeclaration */
/** @typedef {import("./types.js").Label} Label */
/** @typedef {import("./types.js").Span} Span */
/** @typedef {import("./spans.js").Spans} Spans */
/** @typedef {import("./spans.js").Change} Change */

/** @param {AttributeDeclaration} attribute */
export function typeOf({ type, values }) {
  return type || (values?.length ? "choice" : "text");
}

/**
 * Return what a person can choose from, or null where words are written.
 * @param {AttributeDeclaration} attribute
 */
export function choicesOf(attribute) {
  const type = typeOf(attribute);
  if (type === "yes_no") return ["yes", "no"];
  return type === "choice" ? (attribute.values ?? []) : null;
}

/**
 * @param {AttributeDeclaration} attribute
 * @param {string} value
 */
export function admits(attribute, value) {
  if (typeOf(attribute) === "date") return isDate(value);
  return choicesOf(attribute)?.includes(value) ?? true;
}

/**
 * @param {LinkDeclaration} link
 * @param {string} label
 */
export function mayPointTo({ targets }, label) {
  return !targets?.length || targets.includes(label);
}

/**
 * Return which of a span's attributes and links it may carry under `label`.
 * @param {Label | undefined} label
 * @param {Pick<Span, "attributes" | "links">} carried
 * @param {Pick<Spans, "get">} spans
 */
export function fitting(label, { attributes, links }, spans) {
  return {
    attributes: attributes.filter(({ name, value }) =>
      label?.attributes.some((one) => one.name === name && admits(one, value)),
    ),
    links: links.filter(({ name, target }) => {
      const at = spans.get(target)?.label;
      return at && label?.links.some((one) => one.name === name && mayPointTo(one, at));
    }),
  };
}

/**
 * Return the changes that take away the links to a span which is deleted, or gets a label
 * that they do not admit. They come before the span's own change, as the server wants them.
 * @param {Span} target
 * @param {string | null} becomes the target's new label; null when it is deleted
 * @param {Spans} spans
 * @param {{get: (key: string) => Label | undefined}} labels
 * @returns {Change[]}
 */
export function loosened(target, becomes, spans, labels) {
  return [...spans.byId.values()].flatMap((span) => {
    const declared = labels.get(span.label)?.links ?? [];
    const links = span.links.filter(
      (link) =>
        link.target !== target.id ||
        (becomes && declared.some((one) => one.name === link.name && mayPointTo(one, becomes))),
    );
    const isOther = span.id !== target.id && links.length < span.links.length;
    return isOther ? [{ id: span.id, before: span, after: { ...span, links } }] : [];
  });
}

/**
 * Return the names of what the label requires and the span lacks.
 * @param {Label | undefined} label
 * @param {Span} span
 */
export function missing(label, span) {
  const given = new Set([
    ...span.attributes.filter(({ value }) => value.trim()).map(({ name }) => name),
    ...span.links.map(({ name }) => name),
  ]);
  return [...(label?.attributes ?? []), ...(label?.links ?? [])]
    .filter(({ name, required }) => required && !given.has(name))
    .map(({ name }) => name);
}

/** @param {Label | undefined} label */
export function hasDetails(label) {
  return Boolean(label?.attributes.length || label?.links.length);
}

/** @param {string} value a day, a month or a year */
function isDate(value) {
  if (!/^\d{4}(-\d\d(-\d\d)?)?$/.test(value) || value.startsWith("0000")) return false;
  const day = value + "0001-01-01".slice(value.length);
  const parsed = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(day);
}
