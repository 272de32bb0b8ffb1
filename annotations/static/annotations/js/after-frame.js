/**
 * Do something as soon as what is new has been drawn. The browser's idle time would come too late:
 * whoever rules quickly leaves it none.
 *
 * @param {() => void} work
 */
export function afterFrame(work) {
  requestAnimationFrame(() => setTimeout(work));
}
