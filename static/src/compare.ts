/**
 * Predicted beside actual: the first divergence, and which event stands beside which.
 *
 * The twin of `traces/align.py`, for the live page: both lanes are pushed as they stream in. Each
 * pair of events costs its delta, and the first divergence is final once found, because traces only
 * grow at the end. `rows()` aligns what follows it, and remembers the answer until a lane grows.
 * Both sides run the cases in `tests/golden/align`.
 */

import type { Divergence, EndStatus } from "./divergence.js";
import {
  isComplete,
  LocalsFold,
  notationDivergence,
  outcomeDivergence,
  placeDivergence,
  SourceText,
  shortenedTexts,
  valueDivergence,
} from "./divergence.js";
import type { TraceEvent } from "./protocol.gen.js";
import { alignTails } from "./resync.js";

export type { Divergence, DivergenceKind, EndStatus } from "./divergence.js";
export { isError } from "./divergence.js";

export type RowStatus = "matched" | "changed" | "only_predicted" | "only_actual";

/**
 * One line of the two-lane view; null where that side has no event.
 *
 * `scored` is false after a cut, where the missing side says nothing about right or wrong.
 */
export interface Row {
  predicted: number | null;
  actual: number | null;
  status: RowStatus;
  scored: boolean;
}

class Lane {
  readonly events: TraceEvent[] = [];
  readonly fold = new LocalsFold();
  status: EndStatus | null = null;
}

export class Comparison {
  private readonly predicted = new Lane();
  private readonly actual = new Lane();
  private readonly source: SourceText;
  private readonly shortened = new Set<string>();
  private equal = 0;
  private first: Divergence | null = null;
  private notation: Divergence | null = null;
  private cachedRows: Row[] | null = null;

  constructor(source = "") {
    this.source = new SourceText(source);
  }

  /** The first semantic divergence or cut; null while there is none (yet). */
  get firstDivergence(): Divergence | null {
    return this.first;
  }

  /** The first difference in notation only, before the first divergence. */
  get firstNotation(): Divergence | null {
    return this.notation;
  }

  /** Number of leading events that are semantically equal on both sides. */
  get compared(): number {
    return this.equal;
  }

  pushPredicted(event: TraceEvent): void {
    this.push(this.predicted, event);
  }

  pushActual(event: TraceEvent): void {
    this.push(this.actual, event);
  }

  endPredicted(status: EndStatus): void {
    this.end(this.predicted, status);
  }

  endActual(status: EndStatus): void {
    this.end(this.actual, status);
  }

  /** All rows in order. Costs one pass over both lanes on the first call after a lane grew. */
  rows(): readonly Row[] {
    this.cachedRows ??= this.buildRows();
    return this.cachedRows;
  }

  private push(lane: Lane, event: TraceEvent): void {
    if (lane.status !== null) throw new Error("the trace has ended: no event can follow");
    lane.events.push(event);
    this.advance();
  }

  private end(lane: Lane, status: EndStatus): void {
    if (lane.status !== null) throw new Error(`the trace has ended already (${lane.status})`);
    lane.status = status;
    this.advance();
  }

  private advance(): void {
    this.cachedRows = null;
    const available = Math.min(this.predicted.events.length, this.actual.events.length);
    while (this.first === null && this.equal < available) {
      this.first = this.comparePair(this.equal);
      if (this.first === null) this.equal += 1;
    }
    this.first ??= this.compareEnds();
  }

  private comparePair(index: number): Divergence | null {
    const predicted = this.predicted.events[index] as TraceEvent;
    const actual = this.actual.events[index] as TraceEvent;
    const ours = this.predicted.fold.push(predicted);
    const theirs = this.actual.fold.push(actual);
    for (const text of shortenedTexts(predicted)) this.shortened.add(text);
    for (const text of shortenedTexts(actual)) this.shortened.add(text);
    const hasValue = actual.kind === "return" || actual.kind === "exception";
    const found =
      placeDivergence(index, predicted, actual, this.source) ??
      (hasValue ? outcomeDivergence(index, predicted, actual, this.shortened) : null) ??
      valueDivergence(index, [predicted, ours], [actual, theirs], this.shortened);
    if (found === null) this.notation ??= notationDivergence(index, predicted, actual);
    return found;
  }

  /** What follows from one side having ended where both have been equal so far. */
  private compareEnds(): Divergence | null {
    const index = this.equal;
    const { predicted, actual } = this;
    const nextPredicted = predicted.events[index];
    const nextActual = actual.events[index];
    if (nextPredicted !== undefined) {
      if (actual.status === null) return null;
      if (!isComplete(actual.status)) return cut(index, "actual", actual.status);
      const end = { kind: "extra_end", index, lane: "actual", status: actual.status } as const;
      return { ...end, predicted: this.source.of(nextPredicted) };
    }
    if (predicted.status === null) return null;
    if (actual.status === null && nextActual === undefined) return null;
    if (!isComplete(predicted.status)) return cut(index, "predicted", predicted.status);
    if (nextActual !== undefined) {
      const status = predicted.status;
      const end = { kind: "missing_end", index, lane: "predicted", status } as const;
      return { ...end, actual: this.source.of(nextActual) };
    }
    if (actual.status === null || isComplete(actual.status)) return null;
    return cut(index, "actual", actual.status);
  }

  private buildRows(): Row[] {
    const start = this.equal;
    const rows: Row[] = [];
    for (let i = 0; i < start; i++) {
      rows.push({ predicted: i, actual: i, status: "matched", scored: true });
    }
    const [left, right] = [this.predicted.events.length, this.actual.events.length];
    const pairs =
      Math.min(left, right) > start
        ? alignTails(this.predicted.events, this.actual.events, start)
        : [];
    const [next] = pairs;
    const isAlone = !next || Math.min(next.predicted, next.actual) > start;
    if (Math.min(left, right) > start && isAlone) {
      // Neither side of the divergence found a partner: show them side by side.
      pairs.unshift({ predicted: start, actual: start, equal: false });
    }
    let [i, j] = [start, start];
    for (const { predicted, actual, equal } of pairs) {
      addGap(rows, [i, predicted], [j, actual], [true, true]);
      rows.push({ predicted, actual, status: equal ? "matched" : "changed", scored: true });
      [i, j] = [predicted + 1, actual + 1];
    }
    // The tail of one side is a fault of the other only if the other really ended there.
    const ended: [boolean, boolean] = [
      isComplete(this.actual.status),
      isComplete(this.predicted.status),
    ];
    addGap(rows, [i, left], [j, right], ended);
    return rows;
  }
}

/** Append the events of both ranges that have no partner. */
function addGap(
  rows: Row[],
  [fromPredicted, toPredicted]: [number, number],
  [fromActual, toActual]: [number, number],
  [scorePredicted, scoreActual]: [boolean, boolean],
): void {
  for (let n = fromPredicted; n < toPredicted; n++) {
    rows.push({ predicted: n, actual: null, status: "only_predicted", scored: scorePredicted });
  }
  for (let n = fromActual; n < toActual; n++) {
    rows.push({ predicted: null, actual: n, status: "only_actual", scored: scoreActual });
  }
}

function cut(index: number, lane: "predicted" | "actual", status: EndStatus): Divergence {
  return { kind: "cut_off", index, lane, status };
}
