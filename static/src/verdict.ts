/**
 * How a prediction stands against the real run, at this moment: the one thing the page is about.
 *
 * A cut is a state of its own: what was not predicted, or not recorded, is neither right nor wrong.
 */

import type { Agreement, ComparedTrace } from "./compared-trace.js";
import { type Divergence, isError } from "./divergence.js";
import type { LaneName, LaneTrace, TraceStore } from "./trace-store.js";

export type Verdict =
  /** There is nothing to compare and nothing to wait for. */
  | { state: "none" }
  /** One lane has steps; the other one's first step is still to come. */
  | { state: "waiting"; lane: LaneName }
  /** There is a prediction, but the real run never began. */
  | { state: "unchecked" }
  /** Equal so far. `ahead` has `by` more steps than the other lane. */
  | { state: "agreeing"; agreement: Agreement; ahead: LaneName | null; by: number }
  | { state: "matches"; agreement: Agreement }
  | {
      state: "differs";
      divergence: Divergence;
      /** Row of the first difference. */
      row: number;
      /** What the alignment says of that row: a step that only one side has, or one on both. */
      shape: "changed" | "only_predicted" | "only_actual";
      agreement: Agreement;
      /** First row after it that agrees again, or null. */
      resync: number | null;
      /** Further places where the two part again. */
      later: number;
    }
  | { state: "cut"; divergence: Divergence; row: number; agreement: Agreement };

export function verdictOf(store: TraceStore | null): Verdict {
  if (!store) return { state: "none" };
  const [predicted, actual] = [store.lane("predicted"), store.lane("actual")];
  if (predicted.length === 0) return withoutPrediction(store, predicted, actual);
  if (actual.length === 0) {
    return hasEnded(store, "actual")
      ? { state: "unchecked" }
      : { state: "waiting", lane: "actual" };
  }
  return compareLanes(store, predicted, actual);
}

function withoutPrediction(store: TraceStore, predicted: LaneTrace, actual: LaneTrace): Verdict {
  if (actual.length === 0 || hasEnded(store, "predicted") || predicted.unavailable) {
    return { state: "none" };
  }
  return { state: "waiting", lane: "predicted" };
}

/** Whether a lane without steps will stay without. */
function hasEnded(store: TraceStore, name: LaneName): boolean {
  const { finished, unavailable } = store.lane(name);
  const stage = store.progress.stages.get(name);
  return (
    finished !== null ||
    unavailable !== null ||
    store.isOver ||
    (stage !== undefined && stage !== "running")
  );
}

function compareLanes(store: TraceStore, predicted: LaneTrace, actual: LaneTrace): Verdict {
  const { compared } = store;
  const divergence = compared.firstDivergence;
  const { agreement } = compared;
  if (divergence && isError(divergence)) return difference(compared, divergence, agreement);
  if (divergence) return { state: "cut", divergence, row: divergence.index, agreement };
  if (predicted.finished && actual.finished) return { state: "matches", agreement };
  const lead = predicted.length - actual.length;
  const ahead = lead > 0 ? "predicted" : lead < 0 ? "actual" : null;
  return { state: "agreeing", agreement, ahead, by: Math.abs(lead) };
}

function difference(
  compared: ComparedTrace,
  divergence: Divergence,
  agreement: Agreement,
): Verdict {
  const { rows, stretches } = compared;
  // The alignment may put the step after the equal ones elsewhere; the first odd row is the place.
  const row = stretches[0]?.from ?? divergence.index;
  const after = stretches[0]?.to ?? row + 1;
  const resync = rows[after]?.status === "matched" ? after : null;
  const status = rows[row]?.status ?? "changed";
  return {
    state: "differs",
    divergence,
    row,
    shape: status === "matched" ? "changed" : status,
    agreement,
    resync,
    later: Math.max(0, stretches.length - 1),
  };
}
