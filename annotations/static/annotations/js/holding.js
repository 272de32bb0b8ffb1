/**
 * Who is at an article: one adjudicator at a time, unless another takes it over.
 */

const AGAIN = 4 * 60_000;

export class Holding {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.notice shown while another is at it
   * @param {import("./rulings.js").Rulings} parts.rulings
   * @param {() => void} parts.onTaken when another is at it, or was and has finished it
   */
  constructor({ notice, rulings, onTaken }) {
    this.notice = notice;
    this.rulings = rulings;
    this.onTaken = onTaken;
    /** @type {number | undefined} */
    this.timer = undefined;
    notice.querySelector("button")?.addEventListener("click", () => void this.take(true));
  }

  /** Say that the person is here, again and again until ``end``. */
  begin() {
    if (!this.rulings.isOpenToRulings) return;
    void this.take();
    this.timer = window.setInterval(() => {
      if (!document.hidden && !this.rulings.isElsewhere) void this.take();
    }, AGAIN);
  }

  end() {
    clearInterval(this.timer);
  }

  /** @param {boolean} [isOver] whether to take the article over from who is at it */
  async take(isOver = false) {
    const { api, url } = this.rulings;
    const response = await api.post(`${url}take/`, { take_over: isOver }).catch(() => null);
    if (!response) return;
    const answer = await response.json().catch(() => ({}));
    const isElsewhere = answer.code === "taken";
    const isClosed = answer.code === "not_open";
    const isBehind = isClosed || (response.ok && answer.version !== this.rulings.version);
    if (isBehind || (isOver && !isElsewhere)) await this.rulings.fetchAgain();
    this.rulings.isElsewhere = isElsewhere;
    this.notice.hidden = !isElsewhere;
    const words = this.notice.querySelector("span");
    if (words) words.textContent = answer.detail ?? "";
    if (isElsewhere || isClosed) this.onTaken();
  }
}
