/**
 * The codebook's entry of one label, shown over the page while coding.
 */

import { text } from "./texts.js";

/** @typedef {import("./labels.js").DrawnLabel} DrawnLabel */

/**
 * @param {HTMLDialogElement} dialog with a heading and `[data-part=entry]`
 * @param {import("./labels.js").Labels} labels
 * @param {string} key
 */
export function showCodebookEntry(dialog, labels, key) {
  const label = labels.get(key);
  if (!label) return;
  const heading = /** @type {HTMLElement} */ (dialog.querySelector("h2"));
  labels.dress(heading, key);
  const glyph = document.createElement("i");
  glyph.className = "glyph";
  heading.replaceChildren(glyph, label.name);
  const entry = /** @type {HTMLElement} */ (dialog.querySelector("[data-part=entry]"));
  const definition = label.definition || text("entry-empty");
  entry.replaceChildren(
    ...definition.split(/\n\s*\n/).map((words) => paragraph(words)),
    ...list("tag", lines(label.include)),
    ...list("do-not-tag", lines(label.exclude)),
    ...list("examples", label.examples.flatMap((example) => exampleLines(example))),
  );
  dialog.showModal();
}

/**
 * @param {string} title
 * @param {string[]} items
 */
function list(title, items) {
  if (!items.length) return [];
  const heading = document.createElement("h3");
  heading.textContent = text(`entry-${title}`);
  const rows = document.createElement("ul");
  for (const item of items) {
    const row = document.createElement("li");
    row.textContent = item;
    rows.append(row);
  }
  return [heading, rows];
}

/** @param {string} words */
function paragraph(words) {
  const element = document.createElement("p");
  element.textContent = words.trim();
  return element;
}

/** @param {string | string[]} value */
function lines(value) {
  return (Array.isArray(value) ? value : value.split("\n")).filter(Boolean);
}

/** @param {Label["examples"][number]} example */
function exampleLines(example) {
  if (typeof example === "string") return [example];
  return [[example.text, example.note].filter(Boolean).join(" — ")];
}

/** @typedef {import("./types.js").Label} Label */
