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
   * @param {RequestInit} [options]
   */
  post(url, body, options) {
    return this.send("POST", url, body, options);
  }

  /**
   * @param {"POST" | "PUT" | "DELETE"} method
   * @param {string} url
   * @param {object} [body]
   * @param {RequestInit} [options]
   */
  send(method, url, body, options) {
    return fetch(url, {
      method,
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        "X-CSRFToken": this.csrf,
      },
      credentials: "same-origin",
      body: body && JSON.stringify(body),
      ...options,
    });
  }

  /**
   * Post a form as its own page would, with the CSRF token that comes with that page: the
   * one held here may have gone with the session.
   * @param {string} url
   * @param {Record<string, string>} fields
   */
  async postForm(url, fields) {
    const page = await (await fetch(url, { credentials: "same-origin" })).text();
    const token = new DOMParser()
      .parseFromString(page, "text/html")
      .querySelector("[name=csrfmiddlewaretoken]");
    return fetch(url, {
      method: "POST",
      headers: { "X-CSRFToken": token?.getAttribute("value") ?? this.csrf },
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
