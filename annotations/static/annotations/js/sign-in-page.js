/**
 * The sign-in on the annotation page, fetched when a session has ended.
 */

import { SignIn } from "./sign-in.js";
import { loadTexts } from "./texts.js";

/** @type {SignIn | undefined} */
let signIn;

const root = /** @type {HTMLElement} */ (document.getElementById("coding"));
const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("sign-in"));

loadTexts(/** @type {HTMLTemplateElement} */ (document.getElementById("coding-texts")));
root.addEventListener("sign-in", (event) => {
  signIn ??= new SignIn({ root, dialog, .../** @type {CustomEvent} */ (event).detail });
  signIn.open();
});
