/**
 * The agreement page: arrow keys in its heat maps, and in words what the cell at hand says.
 */

import { followGridKeys } from "./grid-keys.js";

function begin(/** @type {HTMLTableElement} */ table) {
  if (table.getAttribute("role") === "grid") return;
  const status = table.closest("section")?.querySelector("[data-status]");
  const show = (/** @type {HTMLTableCellElement} */ cell) => {
    if (status) status.textContent = cell.querySelector("a")?.getAttribute("aria-label") ?? "";
  };
  followGridKeys(table, { firstColumn: 1, onFocus: show });
  table.addEventListener("pointerover", (event) => {
    const cell = event.target instanceof Element ? event.target.closest("td") : null;
    if (cell) show(cell);
  });
}

function beginAll() {
  for (const table of document.querySelectorAll("table[data-heat-grid]")) {
    if (table instanceof HTMLTableElement) begin(table);
  }
}

document.addEventListener("htmx:afterSwap", beginAll);
beginAll();
