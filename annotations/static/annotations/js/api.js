/**
 * Requests to the workbench's own API, with the CSRF token that is valid now.
 */

export class Api {
  /**
   * @param {object} options
   * @param {string} options.sessionUrl
   * @param {string} options.csrf
   */
  constructor({ sessionUrl, csrf }) {
    this.sessionUrl = sessionUrl;
    this.csrf = csrf;
  }

  /** @param {string} url */
  get(url) {
    return fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  }

  /**
   * @param {string} url
   * @param {object} body
   * @param {{keepalive?: boolean}} [options]
   */
  post(url, body, { keepalive = false } = {}) {
    return fetch(url, {
      method: "POST",
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        "X-CSRFToken": this.csrf,
      },
      credentials: "same-origin",
      body: JSON.stringify(body),
      keepalive,
    });
  }

  /**
   * Post a form as a page would, to sign in without leaving.
   * @param {string} url
   * @param {Record<string, string>} fields
   */
  postForm(url, fields) {
    return fetch(url, {
      method: "POST",
      headers: { "X-CSRFToken": this.csrf },
      credentials: "same-origin",
      body: new URLSearchParams(fields),
    });
  }

  /**
   * Ask who is signed in, and take the CSRF token that goes with it.
   * @returns {Promise<string | null>} the user's id, null for nobody
   */
  async whoAmI() {
    const response = await this.get(this.sessionUrl);
    const session = await response.json().catch(() => ({}));
    if (session.csrf) this.csrf = session.csrf;
    return session.user?.id ?? null;
  }
}
