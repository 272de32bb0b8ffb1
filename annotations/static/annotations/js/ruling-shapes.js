/**
 * What a ruling looks like on the page before the server has it, and whether it has it already.
 */

import { contentOf } from "./card-versions.js";

/** @typedef {import("./types.js").Card} Card */
/** @typedef {import("./types.js").Ruling} Ruling */
/** @typedef {import("./ruling-queue.js").Job} Job */

/** What a ruling says beside its spans. */
const SAID = /** @type {const} */ (["outcome", "coder", "reason", "note", "rule", "confidence"]);

/**
 * Return the ruling that a body sent to the server makes.
 * @param {any} body
 * @returns {Ruling}
 */
export function decisionOf(body) {
  return {
    id: "",
    coder: null,
    spans: [],
    reason: "",
    note: "",
    rule: "",
    confidence: null,
    by: null,
    automatic: false,
    stale: false,
    ...body,
  };
}

/**
 * Return the spans that a ruling takes from a coder.
 * @param {Card} card
 * @param {{outcome: string, coder?: string}} body
 */
export function spansOf(card, { outcome, coder }) {
  if (outcome !== "accept") return [];
  return card.candidates.find((candidate) => candidate.coder === coder)?.spans ?? [];
}

/**
 * Say whether a job, in units, says what stands on its card already.
 * @param {Job} job
 * @param {Ruling | null} decision
 * @param {import("./card-versions.js").Targets} [targets]
 */
export function isSaid({ kind, body }, decision, targets) {
  if (kind === "reopen") return !decision;
  if (kind !== "rule" || !decision || decision.stale || decision.automatic) return false;
  const isAlike = SAID.every((name) => (body[name] ?? "") === (decision[name] ?? ""));
  if (!isAlike || !body.spans) return isAlike;
  return contentOf(body.spans, targets) === contentOf(decision.spans, targets);
}
