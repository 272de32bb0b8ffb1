/**
 * Translate between UTF-16 units, in which JavaScript counts, and code points,
 * in which the server, the database and every exported file count.
 */

export class Offsets {
  /** @param {string} text the article's canonical text, never normalised */
  constructor(text) {
    this.text = text;
    this.surrogates = Uint32Array.from(
      [...text.matchAll(/[\u{10000}-\u{10FFFF}]/gu)],
      (match) => match.index,
    );
  }

  /**
   * Return the code-point offset of a position given in units.
   * @param {number} unit
   */
  toCodePoints(unit) {
    const before = this.#countBelow(unit, (index) => this.surrogates[index]);
    if (before && this.surrogates[before - 1] + 1 === unit) {
      throw new RangeError(`Offset ${unit} lies inside a surrogate pair.`);
    }
    return unit - before;
  }

  /**
   * Return the position in units of a code-point offset.
   * @param {number} point
   */
  fromCodePoints(point) {
    return point + this.#countBelow(point, (index) => this.surrogates[index] - index);
  }

  /**
   * @template {{start: number, end: number}} Ranged
   * @param {Ranged} wire in code points
   * @returns {Ranged} the same in units
   */
  fromWire(wire) {
    return {
      ...wire,
      start: this.fromCodePoints(wire.start),
      end: this.fromCodePoints(wire.end),
    };
  }

  /**
   * @param {number} limit
   * @param {(index: number) => number} positionOf
   */
  #countBelow(limit, positionOf) {
    let low = 0;
    let high = this.surrogates.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (positionOf(middle) < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
