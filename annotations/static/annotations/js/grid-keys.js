/**
 * Arrow keys in a table of links, as in a grid: one cell at a time can be reached by Tab,
 * the arrows move on from it. Where a row ends, `onEdge` may bring more columns.
 */

/** @typedef {{row: number, column: number}} Place */

/** The keys, as steps of rows and columns; an infinite step goes to the end. */
const STEPS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  PageUp: [-10, 0],
  PageDown: [10, 0],
  Home: [0, -Infinity],
  End: [0, Infinity],
});

/**
 * Where a key leads in a grid of `rows` × `columns`; null where it is no key of a grid.
 *
 * With Ctrl, Home and End go to the first and last cell of all.
 *
 * @param {{key: string, ctrlKey?: boolean}} event
 * @param {Place} from
 * @param {{rows: number, columns: number}} size
 * @returns {Place | null}
 */
export function moved(event, from, size) {
  if (event.ctrlKey && event.key === "Home") return { row: 0, column: 0 };
  if (event.ctrlKey && event.key === "End") return { row: size.rows - 1, column: size.columns - 1 };
  const step = event.ctrlKey ? undefined : STEPS[event.key];
  if (!step) return null;
  return {
    row: Math.min(size.rows - 1, Math.max(0, from.row + step[0])),
    column: Math.min(size.columns - 1, Math.max(0, from.column + step[1])),
  };
}

/**
 * Make `table` a grid. Each row of its head and body counts, and each cell from `firstColumn` on.
 *
 * @param {HTMLTableElement} table
 * @param {{firstColumn: number, start?: Place, onFocus?: (cell: HTMLTableCellElement) => void,
 *          onEdge?: (forward: boolean, row: number) => boolean}} options
 */
export function followGridKeys(table, { firstColumn, start, onFocus, onEdge }) {
  const rows = [...(table.tHead?.rows ?? []), ...[...table.tBodies].flatMap((body) => [...body.rows])];
  const first = rows[0];
  if (!first) return;
  const size = { rows: rows.length, columns: first.cells.length - firstColumn };
  let at = start ?? { row: Math.min(1, rows.length - 1), column: 0 };

  const cellAt = (/** @type {Place} */ place) => rows[place.row]?.cells[place.column + firstColumn];
  /** What takes the focus: the link in a cell, or the cell itself. */
  const stop = (/** @type {HTMLTableCellElement} */ cell) => cell.querySelector("a") ?? cell;

  table.setAttribute("role", "grid");
  for (const row of rows) {
    for (const cell of [...row.cells].slice(firstColumn)) stop(cell).tabIndex = -1;
  }
  const current = cellAt(at);
  if (current) stop(current).tabIndex = 0;

  function go(/** @type {Place} */ place) {
    const [left, reached] = [cellAt(at), cellAt(place)];
    if (!reached) return;
    if (left) stop(left).tabIndex = -1;
    at = place;
    stop(reached).tabIndex = 0;
    stop(reached).focus();
  }

  table.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || event.shiftKey) return;
    const place = moved(event, at, size);
    if (!place) return;
    event.preventDefault();
    const stays = place.row === at.row && place.column === at.column;
    const isSideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (stays && isSideways && onEdge?.(event.key === "ArrowRight", at.row)) return;
    go(place);
  });
  table.addEventListener("focusin", (event) => {
    const cell = event.target instanceof Element ? event.target.closest("td, th") : null;
    if (!(cell instanceof HTMLTableCellElement)) return;
    const row = rows.findIndex((one) => one === cell.parentElement);
    const column = cell.cellIndex - firstColumn;
    if (row < 0 || column < 0) return;
    const left = cellAt(at);
    if (left && left !== cell) stop(left).tabIndex = -1;
    at = { row, column };
    stop(cell).tabIndex = 0;
    onFocus?.(cell);
  });
  if (start && current) stop(current).focus();
}
