/** What a screen reader says when a person steps: the lane looked at, and whether the other agrees. */

import { differs } from "./compared-trace.js";
import { spokenStep } from "./describe.js";
import type { Player } from "./player.js";
import type { TraceStore } from "./trace-store.js";

export function spokenRow(
  store: TraceStore,
  player: Player,
  sourceLines: readonly string[],
): string {
  const { view, step } = player.place;
  const said = spokenStep(store.lane(view), step, sourceLines);
  const row = store.compared.rows[player.row];
  if (!said || !row) return "";
  const isAlone = row.predicted === null || row.actual === null;
  const lane = view === "predicted" ? "Predicted, not executed. " : "";
  if (isAlone && !row.scored) return `${lane}${said}`;
  if (row.status === "only_predicted") return `${lane}${said} This never happens.`;
  if (row.status === "only_actual") return `${said} This was not predicted.`;
  return `${lane}${said} ${differs(row) ? "Prediction and reality differ here." : "As predicted."}`;
}
