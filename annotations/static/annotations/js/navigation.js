/**
 * The row of a project's pages, which is wider than a phone.
 */

/** Bring the page that is open into view, sideways only. */
export function showCurrentPage(/** @type {Document} */ document) {
  const row = document.querySelector(".project-nav");
  const current = row?.querySelector("[aria-current]");
  if (!row || !current) return;
  const [link, frame] = [current.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollLeft += link.left + link.width / 2 - (frame.left + frame.width / 2);
}
