/**
 * Several tabs on one assignment: one edits, the others watch it live and can take over.
 */

import { TabLock } from "./tab-lock.js";
import { text } from "./texts.js";

/**
 * @param {object} parts
 * @param {HTMLElement} parts.root
 * @param {string} parts.name
 * @param {import("./spans.js").Spans} parts.spans
 * @param {import("./editor.js").Editor} parts.editor
 * @param {import("./outbox.js").Outbox} parts.outbox
 * @param {boolean} parts.isEditable false once the work is handed in or taken away
 * @param {() => Promise<void>} parts.reload take up what the server and this device hold
 * @returns {Promise<void>} settled once this tab knows whether it edits; before, nothing can be edited
 */
export function shareTabs({ root, name, spans, editor, outbox, isEditable, reload }) {
  const notice = /** @type {HTMLElement} */ (document.getElementById("read-only"));
  const words = /** @type {HTMLElement} */ (notice.querySelector("[data-part=words]"));
  const takeOver = /** @type {HTMLElement} */ (notice.querySelector("[data-part=take-over]"));
  const download = /** @type {HTMLElement} */ (notice.querySelector("[data-part=download]"));
  const elsewhere = /** @type {HTMLElement} */ (document.getElementById("elsewhere"));
  const channel = new BroadcastChannel(name);
  let isWatching = true;
  // An edit made before `reload` has read the device's own ops would be lost in it.
  editor.isReadOnly = true;

  /** @param {string} sentence */
  function setReadOnly(sentence) {
    editor.isReadOnly = Boolean(sentence);
    root.dataset.readOnly = String(editor.isReadOnly);
    notice.hidden = !sentence;
    words.textContent = sentence;
  }

  root.addEventListener("spans-changed", (event) => {
    if (isWatching) return;
    const { changes } = /** @type {CustomEvent} */ (event).detail;
    channel.postMessage(
      changes.map((/** @type {import("./spans.js").Change} */ { id, after }) => ({ id, span: after })),
    );
  });
  channel.addEventListener("message", ({ data }) => {
    if (isWatching) spans.apply(data);
  });
  root.addEventListener("edited-elsewhere", () => {
    elsewhere.hidden = false;
  });
  root.addEventListener("outbox-closed", (event) => {
    const { code, detail } = /** @type {CustomEvent} */ (event).detail;
    setReadOnly(detail || text(`closed-${code}`));
    takeOver.hidden = true;
    download.hidden = outbox.isEmpty;
  });
  download.addEventListener("click", () => saveAsFile(`${name.replace(":", "-")}.json`, outbox.waiting));

  if (!isEditable) {
    takeOver.hidden = true;
    setReadOnly(text("handed-in"));
    return Promise.resolve();
  }
  /** @type {TabLock} */
  let lock;
  const decided = new Promise((resolve) => {
    lock = new TabLock({
      name,
      onGranted() {
        isWatching = false;
        void reload()
          .then(() => setReadOnly(""), () => setReadOnly(text("no-connection")))
          .then(resolve);
      },
      onLost() {
        isWatching = true;
        outbox.pause();
        setReadOnly(text("edited-in-other-tab"));
        resolve(undefined);
      },
    });
    lock.start();
  });
  takeOver.addEventListener("click", () => {
    // The button is about to go, and the focus must not go with it.
    document.getElementById("doc")?.focus();
    lock.takeOver();
  });
  return decided;
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function saveAsFile(name, value) {
  const file = new Blob([JSON.stringify(value, null, 2)], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
