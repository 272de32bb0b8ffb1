/**
 * Tells the server in which zone the reader's clock runs; times on pages are written in it.
 */

const YEAR = 365 * 24 * 60 * 60;

/** Return the cookie that names `zone`. */
export function zoneCookie(/** @type {string} */ zone) {
  return `timezone=${encodeURIComponent(zone)}; path=/; max-age=${YEAR}; samesite=lax`;
}

export function tellTimeZone(/** @type {Document} */ document) {
  document.cookie = zoneCookie(Intl.DateTimeFormat().resolvedOptions().timeZone);
}
