/** The rows of the two-lane variables table: what each side says of a name, and whether they agree. */

import { type Confidence, localConfidence, valueConfidence } from "./confidence.js";
import { resultOf } from "./describe.js";
import { sameValue } from "./divergence.js";
import type { Activation } from "./state-timeline.js";
import type { LaneName, LaneTrace, TraceStore } from "./trace-store.js";
import { type Variable, variablesOf } from "./variables.js";

/** `alone`: the other side has no step here, so nothing is right or wrong. */
export type Match = "same" | "different" | "alone";

export interface ComparedVariable {
  name: string;
  predicted: Variable | null;
  actual: Variable | null;
  match: Match;
  confidence: Confidence | null;
  /** A variable of the program, and not the result of a step. */
  isLocal: boolean;
}

/** One lane at the row on screen. */
export interface Standing {
  lane: LaneTrace;
  /** The lane's step in the row, or -1: then it says nothing here. */
  step: number;
  /** The activation shown, and whether it is the one that the step is in. */
  activation: Activation | null;
  isCurrent: boolean;
}

/** A lane at a row. `depth` chooses a call of the stack from outside in; null is the innermost. */
export function standingOf(
  store: TraceStore,
  name: LaneName,
  row: number,
  depth: number | null,
): Standing {
  const lane = store.lane(name);
  const step = store.compared.rows[row]?.[name] ?? -1;
  const stack = lane.timeline.at(step);
  const innermost = stack[stack.length - 1] ?? null;
  const activation = depth === null ? innermost : (stack[depth] ?? null);
  return { lane, step, activation, isCurrent: activation === innermost };
}

function variables(standing: Standing): Variable[] {
  const { lane, step, activation, isCurrent } = standing;
  if (!activation) return [];
  const event = isCurrent ? (lane.timeline.events[step] ?? null) : null;
  return variablesOf(activation, event, isCurrent ? lane.timeline.before(step) : null);
}

function result({ lane, step, isCurrent }: Standing): Variable | null {
  return isCurrent ? resultOf(lane, step) : null;
}

/** Rows in the order of the real run's bindings, then those that only the prediction has. */
export function compareVariables(predicted: Standing, actual: Standing): ComparedVariable[] {
  const ours = new Map(variables(predicted).map((variable) => [variable.name, variable]));
  const theirs = new Map(variables(actual).map((variable) => [variable.name, variable]));
  const isPaired = predicted.step >= 0 && actual.step >= 0;
  const { lane, step } = predicted;
  const rows = [...new Set([...theirs.keys(), ...ours.keys()])].map((name): ComparedVariable => {
    const [left, right] = [ours.get(name) ?? null, theirs.get(name) ?? null];
    const match = isPaired ? matchOf(left, right) : "alone";
    const confidence = left && predicted.isCurrent ? localConfidence(lane, step, name) : null;
    return { name, predicted: left, actual: right, match, confidence, isLocal: true };
  });
  const [left, right] = [result(predicted), result(actual)];
  if (left || right) {
    const name = (right ?? left)?.name ?? "";
    const match = !isPaired
      ? "alone"
      : left?.name === right?.name
        ? matchOf(left, right)
        : "different";
    const confidence = left ? valueConfidence(lane, step) : null;
    rows.push({ name, predicted: left, actual: right, match, confidence, isLocal: false });
  }
  return rows;
}

function matchOf(left: Variable | null, right: Variable | null): Match {
  const [ours, theirs] = [present(left), present(right)];
  if (!ours || !theirs) return ours === theirs ? "same" : "different";
  const shortened = new Set([left, right].filter((v) => v?.isShortened).map((v) => v?.value ?? ""));
  return sameValue(ours.value, theirs.value, shortened) ? "same" : "different";
}

/** A name that a step takes away has no value any more. */
function present(variable: Variable | null): Variable | null {
  return variable?.change === "removed" ? null : variable;
}
