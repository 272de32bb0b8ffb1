/**
 * "How did I tag these words before?": the coder's own spans in the project, by their words.
 *
 * A script of its own, fetched when somebody first asks on the annotation page.
 */

import { loadTexts, text } from "./texts.js";

/**
 * @typedef {object} Found
 * @property {string} id
 * @property {string} label
 * @property {string} quote
 * @property {string} note
 * @property {string} before
 * @property {string} after
 * @property {string} article
 * @property {string} url
 */

const PAUSE_MS = 200;

/**
 * Open the dialog with `words` looked up.
 * @param {HTMLDialogElement} dialog with an `input`, an `ol`, `[data-part=state]` and `data-url`
 * @param {object} parts
 * @param {import("./api.js").Api} parts.api
 * @param {import("./labels.js").Labels} parts.labels
 * @param {string} parts.words
 */
function lookUp(dialog, { api, labels, words }) {
  const input = /** @type {HTMLInputElement} */ (dialog.querySelector("input"));
  const list = /** @type {HTMLElement} */ (dialog.querySelector("ol"));
  const state = /** @type {HTMLElement} */ (dialog.querySelector("[data-part=state]"));
  let asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;

  async function search() {
    const wanted = input.value.trim();
    asked += 1;
    const mine = asked;
    /** @type {Found[]} */
    let found = [];
    let sentence = "";
    if (wanted) {
      const response = await api.get(`${dialog.dataset.url}?q=${encodeURIComponent(wanted)}`).catch(() => null);
      found = response?.ok ? (await response.json()).results : [];
      sentence = response?.ok ? summary(found, labels) : text("no-connection");
    }
    // A slow answer to an earlier question is not the answer to this one.
    if (mine !== asked) return;
    state.textContent = sentence;
    list.replaceChildren(...found.map((one) => row(one, labels)));
  }

  input.oninput = () => {
    clearTimeout(pause);
    pause = setTimeout(() => void search(), PAUSE_MS);
  };
  input.value = words.replace(/\s+/g, " ");
  dialog.showModal();
  input.select();
  void search();
}

/**
 * "Location 4 · Actor 1"
 * @param {Found[]} found
 * @param {import("./labels.js").Labels} labels
 */
function summary(found, labels) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { label } of found) counts.set(label, (counts.get(label) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  return sorted.map(([label, count]) => `${labels.nameOf(label)} ${count}`).join(" · ") || text("never-tagged");
}

/**
 * @param {Found} found
 * @param {import("./labels.js").Labels} labels
 */
function row(found, labels) {
  const item = document.createElement("li");
  labels.dress(item, found.label);
  const link = item.appendChild(document.createElement("a"));
  link.href = found.url;
  link.target = "_blank";
  const glyph = link.appendChild(document.createElement("i"));
  glyph.className = "glyph";
  const name = link.appendChild(document.createElement("strong"));
  name.textContent = labels.nameOf(found.label);
  const words = item.appendChild(document.createElement("p"));
  words.dir = "auto";
  const mark = document.createElement("mark");
  mark.textContent = found.quote;
  // What was cut off in the middle of a word says nothing.
  words.append(found.before.replace(/^\S*\s/, "…"), mark, found.after.replace(/\s\S*$/, "…"));
  const place = link.appendChild(document.createElement("span"));
  place.dir = "auto";
  place.textContent = found.article;
  if (found.note) item.append(text("note-shown", { note: found.note }));
  return item;
}

loadTexts(/** @type {HTMLTemplateElement} */ (document.getElementById("coding-texts")));
document.getElementById("coding")?.addEventListener("look-up", (event) => {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("own-spans"));
  lookUp(dialog, /** @type {CustomEvent} */ (event).detail);
});
