/**
 * What the keys and buttons of the adjudication page do.
 */

import { meaningOf } from "./adjudication-keys.js";
import { text } from "./texts.js";
import { openCodebookForm } from "./to-codebook.js";

/** @typedef {import("./ruling-desk.js").RulingDesk} RulingDesk */
/** @typedef {import("./visit.js").Visit} Visit */

/** @type {Record<string, (desk: RulingDesk, visit: Visit) => void>} */
const COMMANDS = {
  next: (desk) => desk.move(1),
  previous: (desk) => desk.move(-1),
  unclear: (desk) => desk.rule({ outcome: "unclear" }),
  nothing: (desk) => desk.rule({ outcome: "reject" }),
  back: (desk) => desk.panel.back(),
  edit: (desk) => desk.edit(),
  several: (desk) => desk.say(desk.panel.keepSeveral()),
  alike: (desk) => desk.alike.offer(desk.card),
  codebook: (desk) => void openCodebookForm(desk),
  note: () => document.getElementById("ruling-note")?.focus(),
  undo: (_, visit) => void visit.undo(),
  context: (desk) => desk.card && desk.surface.marks.reveal(desk.card),
  finish: (desk, visit) => finish(desk, visit),
  reopen: (desk) => void desk.article.change("reopen/", {}),
  help: () => openDialog("help"),
  return: () => openDialog("return"),
};

/** Those after which another place is at hand. */
const RULINGS = new Set(["unclear", "nothing"]);

/**
 * Let the desk at hand be commanded by its buttons and by keys.
 * @param {Visit} visit
 */
export function takeCommands(visit) {
  visit.root.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("[data-command]");
    const command = (button instanceof HTMLElement && button.dataset.command) || "";
    // A double click is for one place, as it is on the versions.
    if (event.detail < 2 || !RULINGS.has(command)) COMMANDS[command]?.(visit.desk, visit);
  });
  document.addEventListener("keydown", (event) => takeKey(visit, event));
}

/**
 * @param {Visit} visit
 * @param {KeyboardEvent} event
 */
function takeKey(visit, event) {
  const { desk } = visit;
  const target = /** @type {HTMLElement} */ (event.target);
  const isField = target.closest("input:not([type=checkbox]), select, textarea");
  if (document.querySelector("dialog[open]") || event.isComposing || event.altKey) return;
  if (event.repeat && event.key === "Enter" && !isField) {
    // What it is held on meanwhile is another place.
    event.preventDefault();
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && !desk.editor.isOpen) {
    event.preventDefault();
    finish(desk, visit);
    return;
  }
  if (isField && event.key === "Escape") {
    desk.panel.focusChoice();
    return;
  }
  if (isField) return;
  if (desk.editor.isOpen) {
    if (desk.editor.press(event)) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey) return;
  const { digit, command } = meaningOf(event);
  // A key that is held down goes on and on, but rules once.
  if (event.repeat && command !== "next" && command !== "previous") return;
  if (digit && desk.panel.press(digit)) event.preventDefault();
  else if (digit === "0" && desk.panel.slots.required) {
    desk.say(text("slot-required", { name: desk.panel.slots.required }));
  }
  else if (command) {
    event.preventDefault();
    COMMANDS[command](desk, visit);
  }
}

/**
 * Finish the article, unless a place still waits.
 * @param {RulingDesk} desk
 * @param {Visit} visit
 */
function finish(desk, visit) {
  if (!desk.goToWaiting()) void visit.finish();
}

/** @param {string} name */
function openDialog(name) {
  /** @type {HTMLDialogElement} */ (document.getElementById(`${name}-dialog`)).showModal();
}
