/**
 * The form in which a span gets its attributes and links: native fields, so that the keyboard
 * alone fills it. Ctrl+Enter saves, Esc leaves all as it was.
 */

import { admits, choicesOf, mayPointTo, typeOf } from "./details.js";
import { ask } from "./prompts.js";
import { text } from "./texts.js";

/** @typedef {import("./types.js").Span} Span */
/** @typedef {import("./types.js").AttributeDeclaration} AttributeDeclaration */
/** @typedef {import("./types.js").LinkDeclaration} LinkDeclaration */
/** @typedef {() => {attributes: import("./types.js").Attribute[], links: import("./types.js").Link[]}} Reader */

const QUOTE = 48;

/**
 * @param {HTMLDialogElement} dialog with a heading, `[data-part=quote]` and `[data-part=fields]`
 * @param {object} task
 * @param {Span} task.span
 * @param {import("./types.js").Label} task.label
 * @param {Span[]} task.others what links may point to
 * @param {import("./types.js").Extent[]} task.paragraphs
 * @param {(details: ReturnType<Reader>) => void} task.onSave
 */
export function askForDetails(dialog, { span, label, others, paragraphs, onSave }) {
  const part = (/** @type {string} */ name) =>
    /** @type {HTMLElement} */ (dialog.querySelector(`[data-part=${name}]`));
  part("label").textContent = label.name;
  part("quote").textContent = span.quote;
  /** @type {Reader[]} */
  const readers = [];
  const fields = part("fields");
  fields.replaceChildren();
  for (const attribute of label.attributes) {
    const value = span.attributes.find(({ name }) => name === attribute.name)?.value ?? "";
    const row = choicesOf(attribute) ? choiceField(attribute, value) : wordField(attribute, value);
    fields.append(row.element);
    readers.push(row.read);
  }
  for (const link of label.links) {
    const chosen = span.links.filter(({ name }) => name === link.name).map(({ target }) => target);
    const candidates = others
      .filter((other) => other.id !== span.id && mayPointTo(link, other.label))
      .sort((a, b) => distance(a, span) - distance(b, span))
      .map(({ id, start, quote }) => ({ id, words: wordsOf(quote, start, paragraphs) }));
    const row = linkField(link, chosen, candidates);
    fields.append(row.element);
    readers.push(row.read);
  }
  ask(dialog, () => {
    const read = readers.map((reader) => reader());
    onSave({
      attributes: read.flatMap(({ attributes }) => attributes),
      links: read.flatMap(({ links }) => links),
    });
  });
  /** @type {HTMLElement | null} */ (fields.querySelector("input:checked, input, select"))?.focus();
}

/**
 * @param {AttributeDeclaration} attribute
 * @param {string} value
 */
function choiceField(attribute, value) {
  const element = document.createElement("fieldset");
  element.className = "detail-choices";
  const legend = document.createElement("legend");
  legend.textContent = titleOf(attribute);
  element.append(legend);
  const isKnown = !value || choicesOf(attribute)?.includes(value);
  // A value that the codebook has lost meanwhile is shown, so that nothing is dropped unseen.
  for (const choice of ["", ...(choicesOf(attribute) ?? []), ...(isKnown ? [] : [value])]) {
    const row = document.createElement("label");
    row.className = "check";
    const radio = document.createElement("input");
    radio.type = "radio";
    radio.name = `attribute-${attribute.name}`;
    radio.value = choice;
    radio.checked = choice === value;
    const isYesOrNo = typeOf(attribute) === "yes_no" && choice;
    row.append(radio, choice ? (isYesOrNo ? text(`is-${choice}`) : choice) : text("not-said"));
    element.append(row);
  }
  const read = () => {
    const chosen = /** @type {HTMLInputElement | null} */ (element.querySelector(":checked"));
    return given(attribute, chosen?.value ?? "");
  };
  return { element, read };
}

/**
 * @param {AttributeDeclaration} attribute
 * @param {string} value
 */
function wordField(attribute, value) {
  const element = field(titleOf(attribute));
  const input = document.createElement("input");
  input.className = "control";
  input.value = value;
  input.maxLength = 2000;
  input.autocomplete = "off";
  if (typeOf(attribute) === "date") {
    input.placeholder = text("date-example");
    input.addEventListener("input", () => {
      const words = input.value.trim();
      input.setCustomValidity(!words || admits(attribute, words) ? "" : text("date-hint"));
    });
  } else {
    input.dir = "auto";
  }
  element.append(input);
  return { element, read: () => given(attribute, input.value.trim()) };
}

/**
 * One choice of a span, and another empty one as long as more may be linked.
 * @param {LinkDeclaration} link
 * @param {string[]} chosen
 * @param {{id: string, words: string}[]} candidates nearest first
 */
function linkField(link, chosen, candidates) {
  const element = document.createElement("fieldset");
  element.className = "detail-links";
  const legend = document.createElement("legend");
  legend.textContent = titleOf(link);
  element.append(legend);
  const selects = () => [...element.querySelectorAll("select")];
  const taken = () => [...new Set(selects().map(({ value }) => value))].filter(Boolean);
  const add = (/** @type {string} */ target) => {
    const select = document.createElement("select");
    select.className = "control";
    select.ariaLabel = link.name;
    select.add(new Option(text(candidates.length ? "links-to-none" : "nothing-to-link"), ""));
    for (const { id, words } of candidates) select.add(new Option(words, id));
    select.value = target;
    select.addEventListener("change", () => {
      if (!link.single && selects().every(({ value }) => value)) add("");
    });
    element.append(select);
  };
  for (const target of chosen) add(target);
  if (!chosen.length || !link.single) add("");
  const read = () => ({
    attributes: [],
    links: taken().map((target) => ({ name: link.name, target })),
  });
  return { element, read };
}

/** @param {string} title */
function field(title) {
  const element = document.createElement("label");
  element.className = "field";
  const words = document.createElement("span");
  words.textContent = title;
  element.append(words);
  return element;
}

/**
 * @param {AttributeDeclaration} attribute
 * @param {string} value
 */
function given({ name }, value) {
  return { attributes: value ? [{ name, value }] : [], links: [] };
}

/** @param {{name: string, required?: boolean}} declared */
function titleOf({ name, required }) {
  return required ? text("required-detail", { name }) : name;
}

/**
 * @param {Span} other
 * @param {Span} span
 */
function distance(other, span) {
  return other.start < span.start ? Math.max(span.start - other.end, 0) : other.start - span.start;
}

/**
 * What a span is called in a list: its words, and the paragraph to tell repeats apart.
 * @param {string} quote
 * @param {number} start
 * @param {import("./types.js").Extent[]} paragraphs
 */
function wordsOf(quote, start, paragraphs) {
  const words = quote.replace(/\s+/g, " ");
  const shown = words.length > QUOTE ? `${words.slice(0, QUOTE - 1).trimEnd()}…` : words;
  const filled = paragraphs.filter((one) => one.end > one.start && one.start <= start);
  return text("link-target", { quote: shown, paragraph: filled.length });
}
