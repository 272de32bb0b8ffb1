/**
 * Requests in one person's name, whatever happens to the session: it may begin anew on another
 * page of this browser, and then even be somebody else's.
 */

import { Api } from "./api.js";

/** How often a new token is asked for. */
const TURNS = 4;

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
    // The token changes with every sign-in, and what else is under way may bring another one.
    for (let turn = 0; ; turn += 1) {
      const response = await attempt();
      if (turn === TURNS || !(await isForWantOfToken(response))) return response;
      if ((await this.whoAmI()) !== this.userId) break;
    }
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

/** @param {Response} response */
async function isForWantOfToken(response) {
  if (response.status !== 403) return false;
  const problem = await response.clone().json().catch(() => ({}));
  return problem.code === "csrf";
}
