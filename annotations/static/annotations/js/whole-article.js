/**
 * What is done to an article as a whole: a coder's work is returned, a finished one reopened.
 */

import { text } from "./texts.js";

export class WholeArticle {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.dialog that asks whose work to return, and why
   * @param {import("./rulings.js").Rulings} parts.rulings
   * @param {(sentence: string) => void} parts.say
   */
  constructor({ dialog, rulings, say }) {
    this.rulings = rulings;
    this.say = say;
    dialog.querySelector("form")?.addEventListener("submit", (event) => {
      const form = /** @type {HTMLFormElement} */ (event.target);
      const button = /** @type {SubmitEvent} */ (event).submitter;
      if (button?.getAttribute("value") !== "save") return;
      void this.change("return/", Object.fromEntries(new FormData(form)));
    });
  }

  /**
   * Change the article, after the rulings that still wait to be sent, and show it anew.
   * @param {"return/" | "reopen/"} what
   * @param {object} body
   */
  async change(what, body) {
    const { api, queue, url } = this.rulings;
    this.say(text("saving"));
    if (!(await this.rulings.flushed())) return this.say(text("not-saved"));
    const response = await api.post(`${url}${what}`, body).catch(() => null);
    if (response?.ok) location.reload();
    else if (response?.status === 401) queue.askToSignIn();
    else {
      const answer = await response?.json().catch(() => ({}));
      this.say(answer?.detail ?? text("no-connection"));
    }
  }
}
