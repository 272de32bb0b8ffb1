/**
 * What the keys and buttons of the adjudication page do.
 */

import { meaningOf } from "./adjudication-keys.js";

/** @typedef {import("./adjudication-page.js").Page} Page */

/** @type {Record<string, (page: Page) => void>} */
const COMMANDS = {
  next: (page) => page.move(1),
  previous: (page) => page.move(-1),
  unclear: (page) => page.rule({ outcome: "unclear" }),
  edit: (page) => page.edit(),
  several: (page) => page.say(page.panel.keepSeveral()),
  alike: (page) => page.alike.offer(page.card),
  note: () => document.getElementById("ruling-note")?.focus(),
  undo: (page) => page.undo(),
  context: (page) => page.marks.reveal(),
  finish: (page) => void page.finish(),
  reopen: (page) => void page.post("reopen/", {}),
  help: () => openDialog("help"),
  return: () => openDialog("return"),
};

/**
 * Let `page` be commanded by its buttons and by keys.
 * @param {Page} page
 */
export function takeCommands(page) {
  page.root.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("[data-command]");
    if (button instanceof HTMLElement) COMMANDS[button.dataset.command ?? ""]?.(page);
  });
  document.addEventListener("keydown", (event) => takeKey(page, event));
}

/**
 * @param {Page} page
 * @param {KeyboardEvent} event
 */
function takeKey(page, event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const isField = target.closest("input:not([type=checkbox]), select, textarea");
  if (document.querySelector("dialog[open]") || event.isComposing || event.altKey) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && !page.spanForm.isOpen) {
    event.preventDefault();
    void page.finish();
    return;
  }
  if (isField && event.key === "Escape") {
    page.panel.focusChoice();
    return;
  }
  if (isField || event.ctrlKey || event.metaKey) return;
  const { digit, command } = meaningOf(event);
  if (digit && page.panel.press(digit)) event.preventDefault();
  else if (command) {
    event.preventDefault();
    COMMANDS[command](page);
  }
}

/** @param {string} name */
function openDialog(name) {
  /** @type {HTMLDialogElement} */ (document.getElementById(`${name}-dialog`)).showModal();
}
