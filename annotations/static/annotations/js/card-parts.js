/**
 * The small parts that a card is shown with.
 */

import { composed } from "./slots.js";
import { text } from "./texts.js";

/**
 * @param {string} name
 * @param {string} [words]
 */
export function part(name, words = "") {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = words;
  return element;
}

/**
 * A button that a digit stands for.
 * @param {string} key empty where none does
 */
export function choice(key) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "choice";
  const hint = document.createElement("kbd");
  hint.textContent = key;
  hint.hidden = !key;
  if (key) button.dataset.key = key;
  button.append(hint);
  return button;
}

/**
 * Who chose something, and how many of all that is.
 * @param {string[]} coders
 * @param {number} all
 */
export function whoChose(coders, all) {
  const who = part("choice-who");
  who.append(...coders.map((coder) => part("coder", coder)));
  if (coders.length) who.append(part("choice-share", text("share", { some: coders.length, all })));
  return who;
}

/**
 * A span's label, its words, and whatever else is said of it.
 * @param {import("./slots.js").Draft} span
 * @param {import("./labels.js").Labels} labels
 * @param {import("./card-versions.js").Targets} targets
 */
export function spanParts({ label, quote, attributes, links, note }, labels, targets) {
  const chip = part("label");
  labels.dress(chip, label);
  chip.append(part("glyph"), labels.nameOf(label));
  const quoted = part("choice-quote", `“${quote}”`);
  quoted.dir = "auto";
  const details = [
    ...attributes.map(({ name, value }) => `${name}: ${value}`),
    ...links.map(({ name, target }) => `${name} → ${targets.get(target)?.quote ?? "…"}`),
    ...(note ? [`✎ ${note}`] : []),
  ];
  const parts = [chip, quoted];
  return details.length ? [...parts, part("choice-details", details.join(" · "))] : parts;
}

/**
 * What coders agree on about a span, and their notes.
 * @param {import("./slots.js").Subject} subject
 * @param {import("./labels.js").Labels} labels
 * @param {import("./card-versions.js").Targets} targets
 */
export function subjectParts(subject, labels, targets) {
  const [shared] = composed([subject], new Map(), targets);
  return spanParts({ ...shared, note: subject.notes.join(" · ") }, labels, targets);
}

/**
 * Return the button that most coders stand behind, the first of several.
 * @param {Iterable<HTMLElement>} buttons
 */
export function mostChosen(buttons) {
  const support = (/** @type {HTMLElement} */ button) => button.querySelectorAll(".coder").length;
  return [...buttons].reduce(
    (/** @type {HTMLElement | undefined} */ best, other) =>
      best && support(best) >= support(other) ? best : other,
    undefined,
  );
}
