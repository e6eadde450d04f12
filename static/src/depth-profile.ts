/** The drawing of a lane: call depth over steps, as the path of one filled staircase. */

import type { TraceEvent } from "./protocol.gen.js";

/** More columns than this cannot be told apart on a screen and only cost drawing time. */
const MAX_COLUMNS = 600;

/** Deeper calls are drawn at full height, so that one deep recursion does not flatten the rest. */
const MAX_DEPTH = 12;

/** SVG path data in a box as wide as there are events and 100 high, deep calls reaching up. */
export function depthProfile(events: readonly TraceEvent[]): string {
  if (events.length === 0) return "";
  const width = Math.max(1, Math.ceil(events.length / MAX_COLUMNS));
  const deepest = Math.min(MAX_DEPTH, events.reduce((most, { depth }) => Math.max(most, depth), 1));
  let path = "M0 100";
  for (let from = 0; from < events.length; from += width) {
    const to = Math.min(from + width, events.length);
    let depth = 1;
    for (let seq = from; seq < to; seq++) depth = Math.max(depth, events[seq]?.depth ?? 1);
    const top = Math.round(100 - (Math.min(depth, deepest) / (deepest + 0.5)) * 100);
    path += `V${top}H${to}`;
  }
  return `${path}V100Z`;
}
