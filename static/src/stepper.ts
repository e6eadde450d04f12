/**
 * Where the step commands lead, as pure functions over a trace's events.
 *
 * Steps are indexes of events. A command whose target lies beyond the end leads to the last
 * event, as in pdb, where stepping out of the outermost function runs to the end.
 */

import type { TraceEvent } from "./protocol.gen.js";

export type StepCommand = "first" | "back" | "into" | "over" | "out" | "last";

type Events = readonly TraceEvent[];

function clamp(step: number, events: Events): number {
  return Math.max(0, Math.min(step, events.length - 1));
}

/** First later event no deeper than `depth`, or the last event. */
function nextWithin(events: Events, step: number, depth: number): number {
  for (let seq = step + 1; seq < events.length; seq++) {
    if ((events[seq] as TraceEvent).depth <= depth) return seq;
  }
  return clamp(events.length - 1, events);
}

export function stepInto(events: Events, step: number): number {
  return clamp(step + 1, events);
}

export function stepBack(events: Events, step: number): number {
  return clamp(step - 1, events);
}

/** To the next event of this activation or of one further out: calls made by this line run. */
export function stepOver(events: Events, step: number): number {
  const event = events[step];
  return event ? nextWithin(events, step, event.depth) : clamp(step, events);
}

/** To the caller's next event: the rest of this activation runs. */
export function stepOut(events: Events, step: number): number {
  const event = events[step];
  return event ? nextWithin(events, step, event.depth - 1) : clamp(step, events);
}

export function stepTo(command: StepCommand, events: Events, step: number): number {
  switch (command) {
    case "first":
      return 0;
    case "last":
      return clamp(events.length - 1, events);
    case "back":
      return stepBack(events, step);
    case "into":
      return stepInto(events, step);
    case "over":
      return stepOver(events, step);
    case "out":
      return stepOut(events, step);
  }
}
