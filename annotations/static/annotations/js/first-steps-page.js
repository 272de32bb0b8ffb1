/**
 * What a newcomer tries out on the first article: a step is ticked off once it was done.
 *
 * A script of its own, sent before the annotation page's until its coder has been through it.
 */

const WORDS_WALKED = 3;

class FirstSteps {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.root
   * @param {HTMLElement} parts.strip with an `li[data-step]` for each step, and a form that ends them
   * @param {import("./types.js").TextModel} parts.model
   * @param {() => void} parts.onDone after something was done by mouse
   */
  constructor({ root, strip, model, onDone }) {
    this.strip = strip;
    this.model = model;
    this.walked = 0;
    /** @type {Set<string>} */
    this.done = new Set();
    this.form = /** @type {HTMLFormElement} */ (strip.querySelector("form"));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#remember();
      strip.remove();
      onDone();
    });
    // Until the page is ready, the caret and the spans come to where the work stands.
    const isReady = () => root.dataset.ready === "true";
    root.addEventListener("cursor-moved", () => {
      if (isReady()) this.walked += 1;
      if (this.walked === WORDS_WALKED) this.#tick("walk");
    });
    root.addEventListener("spans-changed", (event) => {
      if (!isReady()) return;
      for (const change of /** @type {CustomEvent} */ (event).detail.changes) this.#note(change);
    });
  }

  /** @param {import("./spans.js").Change} change */
  #note({ before, after }) {
    if (before && !after) this.#tick("undo");
    if (before || !after) return;
    this.#tick("tag");
    const holds = this.model.sentences.some(({ start, end }) => start >= after.start && end <= after.end);
    if (holds) this.#tick("grow");
  }

  /** @param {string} step */
  #tick(step) {
    this.done.add(step);
    const all = /** @type {HTMLElement[]} */ ([...this.strip.querySelectorAll("[data-step]")]);
    const next = all.find((one) => !this.done.has(one.dataset.step ?? ""));
    for (const one of all) one.hidden = one !== next;
    const dots = this.strip.querySelectorAll(".first-steps-done > li");
    for (const [place, dot] of dots.entries()) dot.toggleAttribute("data-done", this.done.size > place);
    if (next?.dataset.step === "end") this.#end();
  }

  #end() {
    const button = /** @type {HTMLElement} */ (this.form.querySelector("button"));
    button.textContent = button.dataset.atTheEnd ?? "";
    this.#remember();
  }

  #remember() {
    const { action, method } = this.form;
    // Where it can't be kept, the strip comes back with the next article.
    void fetch(action, { method, body: new FormData(this.form) }).catch(() => {});
  }
}

const root = /** @type {HTMLElement} */ (document.getElementById("coding"));
root.addEventListener("surface-opened", (event) => {
  const strip = /** @type {HTMLElement} */ (document.getElementById("first-steps"));
  new FirstSteps({ root, strip, .../** @type {CustomEvent} */ (event).detail });
});

export {};
