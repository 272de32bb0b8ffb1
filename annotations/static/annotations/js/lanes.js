/**
 * Give overlapping spans lanes under the text, the same for every viewer:
 * first fit, the shortest span nearest the text, ties by start and then by id.
 */

/** @typedef {{id: string, start: number, end: number}} Laned */

/**
 * Return each span's lane; 0 is nearest the text.
 * @param {Laned[]} spans
 * @returns {Map<string, number>}
 */
export function assignLanes(spans) {
  const placed = new Map();
  for (const component of components(spans)) {
    /** @type {Laned[][]} */
    const lanes = [];
    for (const span of component.sort(byLength)) {
      let lane = lanes.findIndex((held) => !held.some((other) => overlap(span, other)));
      if (lane === -1) lane = lanes.push([]) - 1;
      lanes[lane].push(span);
      placed.set(span.id, lane);
    }
  }
  return placed;
}

/**
 * Return the spans that could change lane when something at [start, end) appears or goes.
 * @template {Laned} S
 * @param {S[]} spans
 * @param {number} start
 * @param {number} end
 * @returns {S[]}
 */
export function neighbourhood(spans, start, end) {
  let found = spans.filter((span) => span.start < end && span.end > start);
  for (;;) {
    for (const span of found) {
      start = Math.min(start, span.start);
      end = Math.max(end, span.end);
    }
    const wider = spans.filter((span) => span.start < end && span.end > start);
    if (wider.length === found.length) return found;
    found = wider;
  }
}

/** @param {Laned[]} spans */
function components(spans) {
  /** @type {Laned[][]} */
  const found = [];
  let reach = -1;
  for (const span of [...spans].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (span.start >= reach) found.push([]);
    found[found.length - 1].push(span);
    reach = Math.max(reach, span.end);
  }
  return found;
}

/**
 * @param {Laned} a
 * @param {Laned} b
 */
function byLength(a, b) {
  return a.end - a.start - (b.end - b.start) || a.start - b.start || (a.id < b.id ? -1 : 1);
}

/**
 * @param {Laned} a
 * @param {Laned} b
 */
function overlap(a, b) {
  return a.start < b.end && b.start < a.end;
}
