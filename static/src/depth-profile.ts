/**
 * The drawing of a lane: an area for the call depth at each step and, on it, a line that follows
 * the line numbers. Loops look like waves, recursion like a hill.
 */

import type { TraceEvent } from "./protocol.gen.js";

/** More columns than this cannot be told apart on a screen and only cost drawing time. */
const MAX_COLUMNS = 600;

/** Deeper calls are drawn at full height, so that one deep recursion does not flatten the rest. */
const MAX_DEPTH = 12;

function columns(events: readonly TraceEvent[]): { from: number; to: number }[] {
  const width = Math.max(1, Math.ceil(events.length / MAX_COLUMNS));
  const found = [];
  for (let from = 0; from < events.length; from += width) {
    found.push({ from, to: Math.min(from + width, events.length) });
  }
  return found;
}

/** Where an event stands on the drawing's scale. */
export type Place = (index: number) => number;

const asCounted: Place = (index) => index;

/**
 * SVG path data in a box as wide as its scale and 100 high, deep calls reaching up. `at` gives the
 * left edge of an event, and for the number of events the right edge of the last one.
 */
export function depthProfile(events: readonly TraceEvent[], at: Place = asCounted): string {
  if (events.length === 0) return "";
  const deepest = Math.min(
    MAX_DEPTH,
    events.reduce((most, { depth }) => Math.max(most, depth), 1),
  );
  const steps = columns(events).map(({ from, to }) => {
    let depth = 1;
    for (let seq = from; seq < to; seq++) depth = Math.max(depth, events[seq]?.depth ?? 1);
    return `V${Math.round(100 - (Math.min(depth, deepest) / (deepest + 1)) * 100)}H${at(to)}`;
  });
  return `M${at(0)} 100${steps.join("")}V100Z`;
}

/** The line numbers in the same box, the first line of the program at the top. */
export function lineProfile(events: readonly TraceEvent[], at: Place = asCounted): string {
  const lines = events.map(({ line }) => Math.abs(line)).filter((line) => line > 0);
  if (lines.length === 0) return "";
  const lowest = lines.reduce((least, line) => Math.min(least, line));
  const highest = lines.reduce((most, line) => Math.max(most, line));
  const span = Math.max(1, highest - lowest);
  const steps = columns(events).map(({ from, to }) => {
    const line = Math.abs(events[from]?.line ?? 0) || lowest;
    const y = Math.round(12 + ((line - lowest) / span) * 76);
    return from === 0 ? `M${at(0)} ${y}H${at(to)}` : `V${y}H${at(to)}`;
  });
  return steps.join("");
}
