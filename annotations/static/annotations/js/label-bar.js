/**
 * The row of labels above the text: what there is, under which key, and how often it was used.
 */

/**
 * @param {object} parts
 * @param {EventTarget} parts.root
 * @param {HTMLElement} parts.bar with one `button[data-label]` per label
 * @param {import("./labels.js").Labels} parts.labels
 * @param {import("./spans.js").Spans} parts.spans
 * @param {(command: import("./keymap.js").Command) => void} parts.run
 */
export function wireLabelBar({ root, bar, labels, spans, run }) {
  const buttons = /** @type {HTMLButtonElement[]} */ ([...bar.querySelectorAll("button[data-label]")]);
  for (const button of buttons) {
    const key = button.dataset.label ?? "";
    labels.dress(button, key);
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", () => run({ name: "label", label: key }));
  }
  root.addEventListener("spans-changed", () => {
    for (const button of buttons) {
      let count = 0;
      for (const span of spans.byId.values()) if (span.label === button.dataset.label) count += 1;
      const shown = button.querySelector("[data-count]");
      if (shown) shown.textContent = String(count);
    }
  });
}
