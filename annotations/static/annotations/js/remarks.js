/**
 * What adjudicators say to each other about a card.
 */

import { text } from "./texts.js";

/** @typedef {import("./types.js").Card} Card */
/** @typedef {{text: string, by: string, at: string}} Remark */

export class Remarks {
  /**
   * @param {object} parts
   * @param {HTMLDetailsElement} parts.section
   * @param {import("./api.js").Api} parts.api
   * @param {string} parts.url
   * @param {(sentence: string) => void} parts.say
   */
  constructor({ section, api, url, say }) {
    this.section = section;
    this.api = api;
    this.url = url;
    this.say = say;
    /** @type {Card | undefined} */
    this.card = undefined;
    /** @type {Map<string, string>} what was begun on a card and not yet said */
    this.unsaid = new Map();
    this.form = /** @type {HTMLFormElement} */ (section.querySelector("form"));
    section.addEventListener("toggle", () => void this.#load());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
  }

  /** @param {Card} card */
  show(card) {
    const before = this.card?.id;
    this.card = card;
    this.#count();
    if (before === card.id) return;
    const field = /** @type {HTMLTextAreaElement} */ (this.form.elements.namedItem("text"));
    if (before) this.unsaid.set(before, field.value);
    field.value = this.unsaid.get(card.id) ?? "";
    this.section.open = Boolean(field.value);
  }

  async #load() {
    const { card } = this;
    if (!this.section.open || !card) return;
    const response = await this.api.get(this.#address(card)).catch(() => null);
    if (!response?.ok) return this.say(text("no-connection"));
    /** @type {Remark[]} */
    const remarks = await response.json();
    if (this.card !== card) return;
    card.remarks = remarks.length;
    this.#count();
    const rows = remarks.map(({ text: words, by, at }) => {
      const row = document.createElement("li");
      const head = document.createElement("p");
      head.className = "eyebrow";
      head.textContent = `${by} · ${new Date(at).toLocaleString()}`;
      const said = document.createElement("p");
      said.dir = "auto";
      said.textContent = words;
      row.append(head, said);
      return row;
    });
    this.section.querySelector("ol")?.replaceChildren(...rows);
  }

  async #send() {
    const { card } = this;
    const words = String(new FormData(this.form).get("text") ?? "").trim();
    if (!card || !words) return;
    const response = await this.api
      .post(this.#address(card), { text: words })
      .catch(() => null);
    // The words stay in their field until the server has them.
    if (!response?.ok) return this.say(text("not-saved"));
    this.form.reset();
    await this.#load();
  }

  #count() {
    const count = this.section.querySelector("[data-part=count]");
    if (count) count.textContent = this.card?.remarks ? String(this.card.remarks) : "";
  }

  /** @param {Card} card */
  #address(card) {
    return `${this.url}cards/${card.id}/remarks/`;
  }
}
