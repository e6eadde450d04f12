/** Which characters of two values differ, for showing a near miss as one. */

import { diffChars } from "diff";

export interface Piece {
  text: string;
  /** Whether the other side has this piece as well. */
  same: boolean;
}

/** Longer values are compared as wholes: nobody reads such a diff by character. */
const MAX_CHARS = 600;

/** Values that share less than this part of their characters are unlike, not misspelt. */
const MIN_COMMON = 0.4;

/** Both texts cut into common and different pieces; a single piece each where they are unlike. */
export function charDiff(left: string, right: string): { left: Piece[]; right: Piece[] } {
  const whole = { left: [{ text: left, same: false }], right: [{ text: right, same: false }] };
  const longest = Math.max(left.length, right.length);
  if (longest === 0 || longest > MAX_CHARS) return whole;
  const changes = diffChars(left, right);
  const common = changes
    .filter(({ added, removed }) => !added && !removed)
    .reduce((total, { value }) => total + value.length, 0);
  if (common / longest < MIN_COMMON) return whole;
  const side = (skip: "added" | "removed") =>
    changes
      .filter((change) => !change[skip])
      .map(({ value, added, removed }) => ({ text: value, same: !added && !removed }));
  return { left: side("added"), right: side("removed") };
}
