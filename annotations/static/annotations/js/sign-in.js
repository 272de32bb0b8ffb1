/**
 * Sign in again without leaving the page, when the session ended in mid-task.
 *
 * The same person goes on where they were; for anybody else the page is loaded anew, and
 * the unsent work stays on this device with its owner. An account with a second step is
 * asked for its code in the same dialog.
 */

import { text } from "./texts.js";

export class SignIn {
  /**
   * @param {object} parts
   * @param {EventTarget} parts.root
   * @param {HTMLDialogElement} parts.dialog
   * @param {import("./api.js").Api} parts.api
   * @param {string} parts.userId
   * @param {() => void} parts.onSignedIn
   */
  constructor({ root, dialog, api, userId, onSignedIn }) {
    this.dialog = dialog;
    this.api = api;
    this.userId = userId;
    this.onSignedIn = onSignedIn;
    this.form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
    this.problem = /** @type {HTMLElement} */ (dialog.querySelector("[data-problem]"));
    this.addresses = { password: this.form.action, code: this.form.dataset.codeAction ?? "" };
    /** @type {"password" | "code"} */
    this.step = "password";
    root.addEventListener("save-state", (event) => {
      if (/** @type {CustomEvent} */ (event).detail.state === "signed-out") this.open();
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    // Somebody may sign in on another page instead.
    window.addEventListener("focus", () => {
      if (dialog.open) void this.#check(false);
    });
  }

  open() {
    if (this.dialog.open) return;
    this.dialog.showModal();
    this.#ask("password");
  }

  /**
   * @param {"password" | "code"} step
   * @param {string} [problem]
   */
  #ask(step, problem = "") {
    this.step = step;
    this.problem.textContent = problem;
    /** @type {NodeListOf<HTMLFieldSetElement>} */
    const parts = this.form.querySelectorAll("[data-step]");
    for (const part of parts) {
      part.hidden = part.disabled = part.dataset.step !== step;
    }
    const field = /** @type {HTMLInputElement} */ (this.form.elements.namedItem(step));
    field.value = "";
    field.focus();
  }

  async #submit() {
    this.problem.textContent = "";
    const { wrongCode = "", tooLate = "", tooMany = "" } = this.problem.dataset;
    try {
      const fields = [...new FormData(this.form)].map(([name, value]) => [name, String(value)]);
      const answer = await this.api.postForm(this.addresses[this.step], Object.fromEntries(fields));
      const leadsTo = (/** @type {string} */ address) =>
        new URL(answer.url).pathname === new URL(address, location.href).pathname;
      if (answer.status === 429) {
        this.problem.textContent = tooMany;
      } else if (leadsTo(this.addresses.code)) {
        this.#ask("code", this.step === "code" ? wrongCode : "");
      } else if (this.step === "code" && leadsTo(this.addresses.password)) {
        this.#ask("password", tooLate);
      } else {
        await this.#check(true);
      }
    } catch {
      this.problem.textContent = text("no-connection");
    }
  }

  /** @param {boolean} isAnswer whether the person waits to hear how it went */
  async #check(isAnswer) {
    const userId = await this.api.whoAmI();
    if (userId === this.userId) {
      this.#renewForms();
      this.dialog.close();
      this.form.reset();
      this.onSignedIn();
    } else if (userId) {
      location.reload();
    } else if (isAnswer) {
      this.problem.textContent = text("wrong-password");
    }
  }

  /** The page's forms hold the token of the session that has ended. */
  #renewForms() {
    /** @type {NodeListOf<HTMLInputElement>} */
    const tokens = document.querySelectorAll("[name=csrfmiddlewaretoken]");
    for (const token of tokens) token.value = this.api.csrf;
  }
}
