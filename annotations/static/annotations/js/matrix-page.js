/**
 * The coverage matrix of a batch: arrow keys, what the cell at hand says, and the next columns.
 */

import { followGridKeys } from "./grid-keys.js";

/** Before the articles come the coder's name, figure and time. */
const FIRST_COLUMN = 3;

/** Where to go on when a window of columns that the arrows asked for has come. */
/** @type {{row: number, forward: boolean} | null} */
let expected = null;

/** Say in words what a cell stands for: who, which article, how far. */
export function words(/** @type {HTMLTableCellElement} */ cell) {
  const table = cell.closest("table");
  const head = table?.tHead?.rows[0]?.cells[cell.cellIndex]?.querySelector("a");
  const title = `${head?.textContent ?? ""} ${head?.dataset.title ?? ""}`.trim();
  if (cell.closest("thead")) return title;
  const coder = cell.closest("tr")?.querySelector("th")?.textContent?.trim() ?? "";
  const state = cell.querySelector("a")?.getAttribute("aria-label") ?? cell.textContent ?? "";
  return [coder, title, state.trim()].filter(Boolean).join(" · ");
}

function begin(/** @type {HTMLElement} */ matrix) {
  const table = matrix.querySelector("table");
  const status = matrix.querySelector("[data-status]");
  if (!table || !status || table.getAttribute("role") === "grid") return;

  const show = (/** @type {HTMLTableCellElement} */ cell) => {
    status.textContent = words(cell);
  };
  const columns = (table.tHead?.rows[0]?.cells.length ?? 0) - FIRST_COLUMN;
  const start = expected
    ? { row: expected.row, column: expected.forward ? 0 : columns - 1 }
    : undefined;
  expected = null;
  followGridKeys(table, {
    firstColumn: FIRST_COLUMN,
    start,
    onFocus: show,
    onEdge(forward, row) {
      const link = matrix.querySelector(`a[rel=${forward ? "next" : "prev"}]`);
      if (!(link instanceof HTMLElement)) return false;
      expected = { row, forward };
      link.click();
      return true;
    },
  });
  table.addEventListener("pointerover", (event) => {
    const cell = event.target instanceof Element ? event.target.closest("td, th") : null;
    if (cell instanceof HTMLTableCellElement && cell.cellIndex >= FIRST_COLUMN) show(cell);
  });
}

function beginAll() {
  for (const matrix of document.querySelectorAll("[data-matrix]")) {
    if (matrix instanceof HTMLElement) begin(matrix);
  }
}

document.addEventListener("htmx:afterSwap", beginAll);
beginAll();
