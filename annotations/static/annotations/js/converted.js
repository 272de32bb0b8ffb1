/**
 * Bring whole answers and bodies from one way of counting into the other.
 */

/**
 * Return a copy of an answer or a body with every `start` and `end` in it converted.
 * @param {any} value
 * @param {(offset: number) => number} convert
 * @returns {any}
 */
export function converted(value, convert) {
  if (Array.isArray(value)) return value.map((item) => converted(item, convert));
  if (!value || typeof value !== "object") return value;
  const pairs = Object.entries(value).map(([name, item]) => {
    const isOffset = (name === "start" || name === "end") && typeof item === "number";
    return [name, isOffset ? convert(item) : converted(item, convert)];
  });
  return Object.fromEntries(pairs);
}
