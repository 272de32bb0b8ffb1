/**
 * Who is at an article: one adjudicator at a time, unless another takes it over.
 */

const AGAIN = 4 * 60_000;

export class Holding {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.notice shown while another is at it
   * @param {import("./rulings.js").Rulings} parts.rulings
   */
  constructor({ notice, rulings }) {
    this.notice = notice;
    this.rulings = rulings;
    notice.querySelector("button")?.addEventListener("click", () => void this.take(true));
    if (!rulings.isOpenToRulings) return;
    void this.take();
    setInterval(() => {
      if (!document.hidden && !rulings.isElsewhere) void this.take();
    }, AGAIN);
  }

  /** @param {boolean} [isOver] whether to take the article over from who is at it */
  async take(isOver = false) {
    const { api, url } = this.rulings;
    const response = await api.post(`${url}take/`, { take_over: isOver }).catch(() => null);
    if (!response) return;
    const answer = await response.json().catch(() => ({}));
    const isElsewhere = answer.code === "taken";
    if (isOver && !isElsewhere) await this.rulings.fetchAgain();
    this.rulings.isElsewhere = isElsewhere;
    this.notice.hidden = !isElsewhere;
    const words = this.notice.querySelector("span");
    if (words) words.textContent = answer.detail ?? "";
  }
}
