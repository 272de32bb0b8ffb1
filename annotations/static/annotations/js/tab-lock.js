/**
 * Let one tab edit an assignment while the others watch.
 *
 * `onGranted` runs whenever this tab becomes the editing one, `onLost` whenever it is not:
 * at the start when another tab edits, and when another tab takes over.
 */

export class TabLock {
  /**
   * @param {object} parts
   * @param {string} parts.name
   * @param {() => void} parts.onGranted
   * @param {() => void} parts.onLost
   */
  constructor({ name, onGranted, onLost }) {
    this.name = name;
    this.onGranted = onGranted;
    this.onLost = onLost;
    /** @type {AbortController | null} */
    this.queue = null;
  }

  start() {
    if (!navigator.locks) {
      // Served without TLS: no locks, and the server's revisions alone keep tabs apart.
      this.onGranted();
      return;
    }
    void navigator.locks.request(this.name, { ifAvailable: true }, (lock) => {
      if (lock) return this.#hold();
      this.#wait();
      return undefined;
    }).catch(() => this.#wait());
  }

  /** Make this tab the editing one, and the one that was a watching one. */
  takeOver() {
    this.queue?.abort();
    this.queue = null;
    void navigator.locks
      .request(this.name, { steal: true }, () => this.#hold())
      .catch(() => this.#wait());
  }

  #hold() {
    this.queue = null;
    this.onGranted();
    // The lock is held until the tab closes or another takes it.
    return new Promise(() => undefined);
  }

  #wait() {
    this.onLost();
    const queue = new AbortController();
    this.queue = queue;
    navigator.locks
      .request(this.name, { signal: queue.signal }, () => this.#hold())
      .catch(() => {
        // Either this tab took over itself, or it got the lock and lost it again.
        if (!queue.signal.aborted) this.#wait();
      });
  }
}
