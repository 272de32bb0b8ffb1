/**
 * Hand the work in and go to the next article.
 */

import { newId } from "./ops.js";
import { text } from "./texts.js";

/**
 * @typedef {object} Parts
 * @property {import("./api.js").Api} api
 * @property {import("./outbox.js").Outbox} outbox
 * @property {import("./spans.js").Spans} spans
 * @property {string} submitUrl
 * @property {(next: string | null) => void} onSubmitted
 * @property {(sentence: string) => void} say
 * @property {(problems: string[]) => void} onRefused after the server named what is wrong
 */

export class Submission {
  /** @param {Parts} parts */
  constructor({ api, outbox, spans, submitUrl, onSubmitted, say, onRefused }) {
    this.api = api;
    this.outbox = outbox;
    this.spans = spans;
    this.submitUrl = submitUrl;
    this.onSubmitted = onSubmitted;
    this.say = say;
    this.onRefused = onRefused;
    // One id for as long as the page lives: an answer that got lost is asked for again,
    // never handed in twice.
    this.id = newId();
    this.isUnderWay = false;
  }

  /** Save what waits, then hand in. Says why when it can't be done now. */
  async send() {
    if (this.isUnderWay) return;
    this.isUnderWay = true;
    this.say(text("submitting"));
    try {
      await this.#send();
    } catch {
      this.say(text("submit-no-connection"));
    } finally {
      this.isUnderWay = false;
    }
  }

  async #send() {
    if (!(await this.outbox.drain())) {
      this.say(text("submit-unsaved"));
      return;
    }
    const response = await this.api.post(this.submitUrl, {
      submission_id: this.id,
      doc_rev: this.outbox.docRev,
      span_count: this.spans.size,
    });
    const answer = await response.json().catch(() => ({}));
    if (response.ok) {
      this.onSubmitted(answer.next);
    } else if (response.status === 401) {
      // The outbox knows how to sign in again without losing anything.
      await this.outbox.flush();
    } else if (answer.code === "stale") {
      await this.outbox.flush();
      this.say(text("submit-stale"));
    } else {
      const problems = (answer.errors ?? []).map((/** @type {{detail: string}} */ e) => e.detail);
      this.say(answer.detail ?? text("submit-failed"));
      if (problems.length) this.onRefused(problems);
    }
  }
}
