/**
 * Menus are <details class="menu">: they open by themselves, and close here on Escape,
 * on a click elsewhere, and when the focus moves on.
 */

/** Close open menus when the person turns to something else. */
export function followMenus(/** @type {Document} */ document) {
  /** @returns {NodeListOf<HTMLDetailsElement>} */
  const openMenus = () => document.querySelectorAll("details.menu[open]");

  /** @param {EventTarget | null} target */
  function closeAllBut(target) {
    for (const menu of openMenus()) {
      if (!(target instanceof Node && menu.contains(target))) menu.open = false;
    }
  }

  document.addEventListener("click", (event) => closeAllBut(event.target));
  document.addEventListener("focusin", (event) => closeAllBut(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}
