/** What "the prediction differs" means for one pair of events; the twin of `traces/divergence.py`. */

import { canonicalSource, canonicalValue, typeName, UNRESOLVED } from "./canonical.js";
import type { TraceEvent, TraceFinished } from "./protocol.gen.js";

export type EndStatus = TraceFinished["status"];

export type DivergenceKind =
  | "notation"
  | "event"
  | "line"
  | "value"
  | "type"
  | "return"
  | "exception"
  | "missing_end"
  | "extra_end"
  | "cut_off";

/**
 * Where and how a prediction first differs.
 *
 * `index` is the 0-based event index, the same in both traces. `name` is the local that differs,
 * `others` the further ones. `predicted` and `actual` are what each side says; absent where it says
 * nothing. `lane` and `status` tell which side ended, and how.
 */
export interface Divergence {
  kind: DivergenceKind;
  index: number;
  name?: string;
  others?: string[];
  predicted?: string;
  actual?: string;
  lane?: "predicted" | "actual";
  status?: EndStatus;
}

/** Whether the prediction is wrong here, and not merely unusual or cut short. */
export function isError({ kind }: Divergence): boolean {
  return kind !== "notation" && kind !== "cut_off";
}

/** What stands for the rest in a shortened repr. It can stand anywhere in it. */
const OMISSION = "...";

const NONE: readonly string[] = [];

const COMPLETE: ReadonlySet<EndStatus> = new Set(["ok", "exception"]);

/** Whether no further event can exist after such an end. All other ends are cuts. */
export function isComplete(status: EndStatus | null): boolean {
  return status !== null && COMPLETE.has(status);
}

/** The program's lines, for events that name a line without repeating its text. */
export class SourceText {
  private readonly lines: readonly string[];

  constructor(source: string) {
    this.lines = source ? source.split("\n") : [];
  }

  /** Canonical text of the event's line; "" where it is not known. */
  of(event: TraceEvent): string {
    return canonicalSource(event.source || (this.lines[Math.abs(event.line) - 1] ?? ""));
  }
}

/** The locals of the running functions, rebuilt from deltas. */
export class LocalsFold {
  private readonly stack: Map<string, string>[] = [];
  private returned = false;

  /** Applies one event; the result is live and holds the locals at that event. */
  push(event: TraceEvent): ReadonlyMap<string, string> {
    if (this.returned) this.stack.pop();
    if (event.kind === "call" || this.stack.length === 0) this.stack.push(new Map());
    const top = this.stack[this.stack.length - 1] as Map<string, string>;
    for (const name of event.removed ?? []) top.delete(name);
    if (event.changed) {
      for (const [name, text] of Object.entries(event.changed)) top.set(name, text);
    }
    this.returned = event.kind === "return";
    return top;
  }
}

/** Equal text is enough where the line's number is a guess: the guess is not the model's error. */
function sameLine(predicted: TraceEvent, actual: TraceEvent, source: SourceText): boolean {
  const isSameNumber = predicted.line === actual.line;
  if (predicted.line > 0 && actual.line > 0) return isSameNumber;
  if (isSameNumber && (predicted.source ?? "") === (actual.source ?? "")) return true;
  const text = source.of(predicted);
  if (text || predicted.line === 0 || actual.line === 0) {
    return text !== "" && text === source.of(actual);
  }
  return Math.abs(predicted.line) === Math.abs(actual.line);
}

type Text = string | null | undefined;

/** Whether two reprs show the same value; a shortened one counts as far as it goes. */
export function sameValue(predicted: Text, actual: Text, shortened: ReadonlySet<string>): boolean {
  if (predicted == null || actual == null) return predicted == null && actual == null;
  if (predicted === actual) return true;
  if (predicted === UNRESOLVED || actual === UNRESOLVED) return false;
  const [cutLeft, cutRight] = [shortened.has(predicted), shortened.has(actual)];
  if (!cutLeft && !cutRight) return canonicalValue(predicted) === canonicalValue(actual);
  const a = cutLeft ? head(predicted) : predicted;
  const b = cutRight ? head(actual) : actual;
  return (cutLeft && b.startsWith(a)) || (cutRight && a.startsWith(b));
}

/** The part of a shortened repr that the whole one certainly begins with. */
function head(text: string): string {
  const end = text.indexOf(OMISSION);
  return end < 0 ? "" : text.slice(0, end).replace(/['"]+$/, "");
}

/** The reprs of this event that were shortened. */
export function shortenedTexts({ truncated, value, changed }: TraceEvent): readonly string[] {
  if (!truncated || truncated.length === 0) return NONE;
  const texts = truncated.map((name) => (name === "return" ? value : null) ?? changed?.[name]);
  return texts.filter((text) => text !== undefined);
}

/** The divergence in what happens and where, or null. */
export function placeDivergence(
  index: number,
  predicted: TraceEvent,
  actual: TraceEvent,
  source: SourceText,
): Divergence | null {
  if (predicted.kind !== actual.kind) {
    return { kind: "event", index, predicted: predicted.kind, actual: actual.kind };
  }
  if (sameLine(predicted, actual, source)) return null;
  return {
    kind: "line",
    index,
    predicted: source.of(predicted) || String(predicted.line),
    actual: source.of(actual) || String(actual.line),
  };
}

/** The divergence between two return values or two exceptions, or null. */
export function outcomeDivergence(
  index: number,
  predicted: TraceEvent,
  actual: TraceEvent,
  shortened: ReadonlySet<string>,
): Divergence | null {
  if (sameValue(predicted.value, actual.value, shortened)) return null;
  const kind = actual.kind === "exception" ? "exception" : "return";
  return sides({ kind, index }, predicted.value, actual.value);
}

/** The divergence among the locals that either event names, or null. The first one is named. */
export function valueDivergence(
  index: number,
  [predicted, ours]: [TraceEvent, ReadonlyMap<string, string>],
  [actual, theirs]: [TraceEvent, ReadonlyMap<string, string>],
  shortened: ReadonlySet<string>,
): Divergence | null {
  const names = new Set(touched(actual));
  for (const name of touched(predicted)) names.add(name);
  if (names.size === 0) return null; // Most steps change nothing.
  const wrong = [...names].filter((n) => !sameValue(ours.get(n), theirs.get(n), shortened));
  const name = wrong.shift();
  if (name === undefined) return null;
  const [left, right] = [typeName(ours.get(name) ?? ""), typeName(theirs.get(name) ?? "")];
  const kind = left && right && left !== right ? "type" : "value";
  const found: Divergence = { kind, index, name };
  if (wrong.length > 0) found.others = wrong;
  return sides(found, ours.get(name), theirs.get(name));
}

/** The locals that an event names. */
function touched({ changed, removed }: TraceEvent): readonly string[] {
  const names = changed ? Object.keys(changed) : NONE;
  return removed && removed.length > 0 ? [...names, ...removed] : names;
}

/** The difference in notation of two semantically equal events, or null. */
export function notationDivergence(
  index: number,
  predicted: TraceEvent,
  actual: TraceEvent,
): Divergence | null {
  if ((predicted.value ?? null) !== (actual.value ?? null)) {
    return sides({ kind: "notation", index }, predicted.value, actual.value);
  }
  const [ours, theirs] = [predicted.changed ?? {}, actual.changed ?? {}];
  for (const name of [...Object.keys(theirs), ...Object.keys(ours)]) {
    const [left, right] = [own(ours, name), own(theirs, name)];
    if (left !== right) return sides({ kind: "notation", index, name }, left, right);
  }
  const removed = [predicted.removed ?? [], actual.removed ?? []].map((list) => list.join("\0"));
  return removed[0] === removed[1] ? null : { kind: "notation", index };
}

/** A property that is really there: names come from programs and models, `__proto__` included. */
function own(texts: Record<string, string>, name: string): string | undefined {
  return Object.hasOwn(texts, name) ? texts[name] : undefined;
}

function sides(found: Divergence, predicted: Text, actual: Text): Divergence {
  if (predicted != null) found.predicted = predicted;
  if (actual != null) found.actual = actual;
  return found;
}
