/**
 * Sign in again without leaving the page, when the session ended in mid-task.
 *
 * The same person goes on where they were; for anybody else the page is loaded anew, and
 * the unsent work stays on this device with its owner.
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
    root.addEventListener("save-state", (event) => {
      if (/** @type {CustomEvent} */ (event).detail.state === "signed-out") this.open();
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    // Somebody may sign in on another page instead, with a second factor for example.
    window.addEventListener("focus", () => {
      if (dialog.open) void this.#check(false);
    });
  }

  open() {
    if (this.dialog.open) return;
    this.problem.textContent = "";
    this.dialog.showModal();
    /** @type {HTMLElement | null} */ (this.form.querySelector("[type=password]"))?.focus();
  }

  async #submit() {
    this.problem.textContent = "";
    try {
      const fields = [...new FormData(this.form)].map(([name, value]) => [name, String(value)]);
      await this.api.postForm(this.form.action, Object.fromEntries(fields));
      await this.#check(true);
    } catch {
      this.problem.textContent = text("no-connection");
    }
  }

  /** @param {boolean} isAnswer whether the person waits to hear how it went */
  async #check(isAnswer) {
    const userId = await this.api.whoAmI();
    if (userId === this.userId) {
      this.form.reset();
      this.dialog.close();
      this.onSignedIn();
    } else if (userId) {
      location.reload();
    } else if (isAnswer) {
      this.problem.textContent = text("wrong-password");
    }
  }
}
