/** One step of a trace in words, and where its markers go in the source. */

import type { TraceEvent } from "./protocol.gen.js";
import type { LaneTrace } from "./trace-store.js";
import type { Variable } from "./variables.js";

export type MarkerKind = "ran" | "next" | "raised";

export interface Marker {
  line: number;
  kind: MarkerKind;
  /** Shown at the end of the line; the meaning never rests on colour. */
  word: string;
}

/** Longest piece of a value inside a sentence; the panes show the whole value. */
const SENTENCE_VALUE_CHARS = 60;

export function shorten(text: string, limit = SENTENCE_VALUE_CHARS): string {
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}

/** What happens at an event: a few words, and the piece of code or value that belongs to them. */
export interface StepSentence {
  lead: string;
  code: string;
}

/**
 * Whether the event is the `return` that CPython reports while an exception leaves a function.
 * It carries None as its value, but the function did not return it.
 */
export function isUnwinding(lane: LaneTrace, step: number): boolean {
  const { events } = lane.timeline;
  return (
    events[step]?.kind === "return" &&
    events[step - 1]?.kind === "exception" &&
    lane.timeline.serial(step) === lane.timeline.serial(step - 1)
  );
}

/** What a step hands on: a return value or an exception; null for every other step. */
export function resultOf(lane: LaneTrace, step: number): Variable | null {
  const event = lane.timeline.events[step];
  if (!event || isUnwinding(lane, step)) return null;
  const isShortened = event.truncated?.includes("return") ?? false;
  const value = event.value ?? "None";
  if (event.kind === "exception") {
    return { name: "exception", value, change: "raised", isShortened };
  }
  if (event.kind !== "return" || event.func_name === "<module>") return null;
  return { name: "return value", value, change: "returned", isShortened };
}

export function describeStep(
  lane: LaneTrace,
  step: number,
  sourceLines: readonly string[],
): StepSentence {
  const event = lane.timeline.events[step];
  if (!event) return { lead: "", code: "" };
  const name = event.func_name || "<module>";
  const where = lineName(event.line);
  switch (event.kind) {
    case "line":
      return { lead: `Next, ${where}`, code: lineText(event, sourceLines) };
    case "call":
      return { lead: name === "<module>" ? "The program starts" : "Enters", code: callText(event) };
    case "return":
      if (isUnwinding(lane, step)) return { lead: `The exception leaves ${name}`, code: "" };
      if (name === "<module>") return { lead: "The program ends", code: "" };
      return { lead: `${name} returned`, code: event.value ?? "None" };
    case "exception":
      return { lead: `${where} raises`.replace(/^l/, "L"), code: event.value ?? "an exception" };
  }
}

/** Values heard at once; more would be a list that nobody can follow. */
const SPOKEN_CHANGES = 3;

/** What a screen reader says when a person steps: where the program is and what has changed. */
export function spokenStep(lane: LaneTrace, step: number, sourceLines: readonly string[]): string {
  const event = lane.timeline.events[step];
  if (!event) return "";
  const { lead, code } = describeStep(lane, step, sourceLines);
  const parts = [`Step ${step + 1} of ${lane.length}`, `${lead} ${shorten(code)}`.trim()];
  // A call's sentence holds its arguments already.
  const changes = event.kind === "call" ? [] : Object.entries(event.changed ?? {});
  for (const [name, value] of changes.slice(0, SPOKEN_CHANGES)) {
    parts.push(`${name} is ${shorten(value)}`);
  }
  if (changes.length > SPOKEN_CHANGES) parts.push("and more changes");
  return `${parts.join(". ")}.`;
}

/** The step at which the exception that ended the program was raised, or -1. */
export function stepOfError(lane: LaneTrace): number {
  const { finished, timeline } = lane;
  if (finished?.status !== "exception" || !finished.error_line) return -1;
  for (let step = timeline.events.length - 1; step >= 0; step--) {
    const { kind, line } = timeline.events[step] as TraceEvent;
    if (kind === "exception" && Math.abs(line) === finished.error_line) return step;
  }
  return -1;
}

function callText(event: TraceEvent): string {
  const name = event.func_name || "";
  if (!name || name === "<module>") return "";
  const args = Object.entries(event.changed ?? {}).map(
    ([key, value]) => `${key}=${shorten(value)}`,
  );
  return `${name}(${args.join(", ")})`;
}

function lineName(line: number): string {
  if (line > 0) return `line ${line}`;
  return line < 0 ? `probably line ${-line}` : "a line that is not in the program";
}

function lineText(event: TraceEvent, sourceLines: readonly string[]): string {
  const line = Math.abs(event.line);
  return (event.source || (line > 0 ? (sourceLines[line - 1] ?? "") : "")).trim();
}

function returnWord(lane: LaneTrace, step: number): string {
  if (isUnwinding(lane, step)) return "left by the exception";
  const event = lane.timeline.events[step];
  if (event?.func_name === "<module>") return "end of the program";
  return `returned ${shorten(event?.value ?? "None", 40)}`;
}

/** The two worded markers of a step. An event's line is about to run; it has not run yet. */
export function markersAt(lane: LaneTrace, step: number): Marker[] {
  const event = lane.timeline.events[step];
  if (!event) return [];
  const line = Math.abs(event.line);
  const ran = lane.timeline.justRan(step);
  const markers: Marker[] = [];
  const add = (at: number, kind: MarkerKind, word: string) => {
    if (at > 0) markers.push({ line: at, kind, word });
  };
  switch (event.kind) {
    case "line":
      add(ran, "ran", "just ran");
      add(line, "next", event.line < 0 ? "next, probably" : "next");
      break;
    case "call":
      add(line, "next", "entered");
      break;
    case "return":
      add(line, "ran", returnWord(lane, step));
      break;
    case "exception":
      add(line, "raised", `raised ${shorten(event.value ?? "", 40)}`.trim());
      break;
  }
  return markers;
}
