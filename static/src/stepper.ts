/**
 * Where stepping over and out of calls leads, as pure functions over one lane's events.
 *
 * Steps are indexes of events. A command whose target lies beyond the end leads to the last
 * event, as in pdb, where stepping out of the outermost function runs to the end. The other
 * commands count rows of both lanes and are the player's.
 */

import type { TraceEvent } from "./protocol.gen.js";

export type StepCommand = "first" | "back" | "into" | "over" | "out" | "last" | "difference";

type Events = readonly TraceEvent[];

/** First later event no deeper than `depth`, or the last event. */
function nextWithin(events: Events, step: number, depth: number): number {
  for (let seq = step + 1; seq < events.length; seq++) {
    if ((events[seq] as TraceEvent).depth <= depth) return seq;
  }
  return Math.max(0, events.length - 1);
}

/** To the next event of this activation or of one further out: calls made by this line run. */
export function stepOver(events: Events, step: number): number {
  const event = events[step];
  return event ? nextWithin(events, step, event.depth) : Math.max(0, events.length - 1);
}

/** To the caller's next event: the rest of this activation runs. */
export function stepOut(events: Events, step: number): number {
  const event = events[step];
  return event ? nextWithin(events, step, event.depth - 1) : Math.max(0, events.length - 1);
}
