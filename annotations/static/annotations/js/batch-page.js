/**
 * The batch planner: of the ways to choose articles, only the chosen one shows its fields.
 * Without this module all of them show, and those of the other ways are passed over.
 */

/** Show the parts of `form` that belong to the chosen source of articles. */
export function showChosenSource(/** @type {HTMLFormElement} */ form) {
  const source = new FormData(form).get("source");
  for (const part of form.querySelectorAll("[data-shown-for]")) {
    if (part instanceof HTMLElement) part.hidden = part.dataset.shownFor !== source;
  }
}

const form = document.querySelector("#batch-form");
if (form instanceof HTMLFormElement) {
  form.addEventListener("change", () => showChosenSource(form));
  showChosenSource(form);
}
