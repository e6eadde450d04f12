/** One step in the few words that a row of the step list has room for. */

import { describeStep, isUnwinding, shorten } from "./describe.js";
import type { LaneTrace } from "./trace-store.js";

export interface RowText {
  /** The line's number, or empty where it is not known. */
  place: string;
  code: string;
  /** What has just changed: `count = 2`. */
  note: string;
}

const CODE_CHARS = 60;
const NOTE_CHARS = 40;

export function rowText(lane: LaneTrace, step: number, sourceLines: readonly string[]): RowText {
  const event = lane.timeline.events[step];
  if (!event) return { place: "", code: "", note: "" };
  const place = event.line === 0 ? "" : String(Math.abs(event.line));
  if (event.kind === "line") {
    const { code } = describeStep(lane, step, sourceLines);
    const changes = Object.entries(event.changed ?? {}).map(
      ([name, value]) => `${name} = ${value}`,
    );
    return {
      place,
      code: shorten(code, CODE_CHARS),
      note: shorten(changes.join(", "), NOTE_CHARS),
    };
  }
  if (event.kind === "return" && !isUnwinding(lane, step) && event.func_name !== "<module>") {
    return { place, code: "return", note: shorten(event.value ?? "None", NOTE_CHARS) };
  }
  const { lead, code } = describeStep(lane, step, sourceLines);
  if (event.kind === "exception") return { place, code: "raises", note: shorten(code, NOTE_CHARS) };
  return { place, code: `${lead.toLowerCase()} ${shorten(code, CODE_CHARS)}`.trim(), note: "" };
}
