/** The rows of the variables pane: names, values, and what the line before changed. */

import type { TraceEvent } from "./protocol.gen.js";
import type { Activation } from "./state-timeline.js";

/** Words, not colours, carry the meaning; they are shown as they stand here. */
export type Change = "argument" | "new" | "changed" | "removed" | "returned" | "raised";

export interface Variable {
  name: string;
  value: string;
  change: Change | null;
  /** The tracer kept only the beginning of the value. */
  isShortened: boolean;
}

/**
 * Variables of an activation in the order in which they were bound. `event` is the event whose
 * changes are tagged, or null to tag none; `before` is the activation one event earlier.
 */
export function variablesOf(
  activation: Activation,
  event: TraceEvent | null,
  before: Activation | null,
): Variable[] {
  const changed = event?.changed ?? {};
  const rows: Variable[] = [...activation.locals].map(([name, value]) => ({
    name,
    value,
    change: event && Object.hasOwn(changed, name) ? changeOf(name, event, before) : null,
    isShortened: activation.shortened.has(name),
  }));
  for (const name of event?.removed ?? []) {
    const value = before?.locals.get(name) ?? "";
    rows.push({ name, value, change: "removed", isShortened: false });
  }
  return rows;
}

function changeOf(name: string, event: TraceEvent, before: Activation | null): Change {
  if (event.kind === "call") return "argument";
  return before?.locals.has(name) ? "changed" : "new";
}
