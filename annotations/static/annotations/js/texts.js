/**
 * The sentences that the page speaks, translated by the server into a `<template>`.
 */

/** @type {Map<string, string>} */
const texts = new Map();

/** @param {HTMLTemplateElement} template holding one `[data-text]` element per sentence */
export function loadTexts(template) {
  for (const element of template.content.querySelectorAll("[data-text]")) {
    texts.set(element.getAttribute("data-text") ?? "", element.textContent?.trim() ?? "");
  }
}

/**
 * Return a sentence with its `{gaps}` filled. Where `count` is given, `key-one` or `key-other`
 * is taken, by the rules of the page's language.
 * @param {string} key
 * @param {Record<string, string | number>} [gaps]
 */
export function text(key, gaps = {}) {
  if ("count" in gaps) {
    const language = document.documentElement.lang || "en";
    const form = new Intl.PluralRules(language).select(Number(gaps.count));
    key = texts.has(`${key}-${form}`) ? `${key}-${form}` : `${key}-other`;
  }
  const sentence = texts.get(key) ?? key;
  return sentence.replace(/\{(\w+)\}/g, (gap, name) => String(gaps[name] ?? gap));
}
