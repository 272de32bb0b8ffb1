/**
 * Requests in one person's name, whatever happens to the session: it may begin anew on another
 * page of this browser, and then even be somebody else's.
 */

import { Api } from "./api.js";

export class SteadyApi extends Api {
  /**
   * @param {object} options
   * @param {string} options.sessionUrl
   * @param {string} options.csrf
   * @param {string} options.userId in whose name
   */
  constructor({ userId, ...options }) {
    super(options);
    this.userId = userId;
  }

  /**
   * Answers 401 where somebody else is signed in by now.
   * @param {"POST" | "PUT" | "DELETE"} method
   * @param {string} url
   * @param {object} [body]
   * @param {RequestInit & {key?: string}} [options] with the key under which this is done once
   */
  async send(method, url, body, { key, ...options } = {}) {
    const attempt = () =>
      super.send(method, url, body, { ...options, headers: this.#headers(key) });
    const response = await attempt();
    if (response.status !== 403) return response;
    const problem = await response.clone().json().catch(() => ({}));
    if (problem.code !== "csrf") return response;
    // The token changes with every sign-in.
    if ((await this.whoAmI()) === this.userId) return attempt();
    this.csrf = "";
    return new Response("{}", { status: 401 });
  }

  /** @param {string} [key] */
  #headers(key) {
    return {
      Accept: "application/json",
      "Content-Type": "application/json",
      "X-CSRFToken": this.csrf,
      ...(key && { "Idempotency-Key": key }),
    };
  }
}
