/**
 * Whether everything is saved, of all articles of a visit: the worst of what each of them says.
 */

const WORST_FIRST = ["signed-out", "offline", "saving", "saved"];

export class SaveStates {
  /** @param {EventTarget} root on which `save-state` says it for all */
  constructor(root) {
    this.root = root;
    /** @type {Map<EventTarget, {state: string, count: number}>} */
    this.held = new Map();
  }

  /** @param {EventTarget} source on which one article's `save-state` is said */
  follow(source) {
    source.addEventListener("save-state", (event) => {
      this.held.set(source, /** @type {CustomEvent} */ (event).detail);
      const all = [...this.held.values()];
      const state = WORST_FIRST.find((worst) => all.some((one) => one.state === worst));
      const count = all.reduce((sum, one) => sum + one.count, 0);
      this.root.dispatchEvent(new CustomEvent("save-state", { detail: { state, count } }));
    });
  }
}
