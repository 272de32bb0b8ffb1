/**
 * From a ruling to the codebook: the form that makes an example or a rule of it.
 */

import { byId } from "./by-id.js";
import { isOpen } from "./card-versions.js";
import { text } from "./texts.js";

/**
 * Open the form for the ruling at hand, or else for the last one.
 * @param {import("./ruling-desk.js").RulingDesk} desk
 */
export async function openCodebookForm(desk) {
  const { card } = desk;
  const id = card && !isOpen(card) ? card.id : desk.alike.last;
  if (!id) return desk.say(text("alike-rule-first"));
  // The form is about the ruling that the server has.
  if (!(await desk.rulings.flushed())) return desk.say(text("not-saved"));
  const response = await fetch(`${location.pathname}cards/${id}/codebook/`, {
    credentials: "same-origin",
  }).catch(() => null);
  if (!response?.ok || response.redirected) return desk.say(text("no-connection"));
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const form = page.getElementById("entry");
  const dialog = /** @type {HTMLDialogElement} */ (byId("codebook-dialog"));
  if (!form) return;
  dialog.replaceChildren(document.adoptNode(form));
  /** @type {any} */ (window).htmx.process(dialog);
  dialog.showModal();
}
