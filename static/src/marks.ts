/** Which lines of the program are marked: where the chosen lane stands, and what went wrong. */

import type { AppState } from "./app-state.js";
import { markersAt } from "./describe.js";
import type { LineMark } from "./editor/markers.js";
import { ENTRY_ERROR } from "./lane-status.js";
import { LANES, type TraceStore } from "./trace-store.js";

function traceMarks({ store, player }: AppState): LineMark[] {
  if (!store) return [];
  const { view } = player;
  const other = LANES.find((name) => name !== view) ?? view;
  // A step that only the other lane has is still where the person is.
  const isElsewhere = !player.isIn(view, store) && player.isIn(other, store);
  const marks: LineMark[] = isElsewhere
    ? []
    : markersAt(store.lane(view), player.stepIn(view, store));
  if (!player.isIn(other, store)) return marks;
  // The other lane adds a word only where it stands elsewhere.
  const step = player.stepIn(other, store);
  const here = new Set(marks.map(({ line, kind }) => `${kind} ${line}`));
  for (const { line, kind, word } of markersAt(store.lane(other), step)) {
    if (kind !== "ran" && !here.has(`${kind} ${line}`)) {
      marks.push({ line, kind: "other", word: `${other}: ${word}` });
    }
  }
  return marks;
}

/** A program that could not start has no steps to mark, but a place where it is wrong. */
function startError(store: TraceStore | null): LineMark[] {
  const finished = store?.lane("actual").finished;
  if (!finished?.error_line || store?.lane("actual").length) return [];
  if (finished.error_type === ENTRY_ERROR) return [];
  const word = finished.error_type || "error";
  return [{ line: finished.error_line, kind: "error", word, column: finished.error_column ?? 0 }];
}

/** Marks for the program that ran. */
export function ranProgramMarks(state: AppState): LineMark[] {
  return [...traceMarks(state), ...startError(state.store)];
}

/** Marks for the editor: those of the trace while it shows the same text, and refused input. */
export function editorMarks(state: AppState): LineMark[] {
  const { trouble } = state;
  const marks = state.isEdited ? [] : ranProgramMarks(state);
  if (trouble?.field === "source" && trouble.line > 0) {
    marks.push({ line: trouble.line, kind: "error", word: "here", column: trouble.column });
  }
  return marks;
}
