/**
 * Both lanes of a run on one scale: the rows of the two-lane view, as they grow.
 *
 * Theory of operation. A store's lanes are pushed into a `Comparison` as far as they have come. Its
 * rows are the page's scale: the cursor, the slider, both drawings and the list of steps count rows.
 * Until the lanes part, row n is step n of both. Aligning what follows a divergence can cost many
 * milliseconds for thousands of steps. Where it does, it is done again only after a pause of REST
 * times its own cost while steps stream in; steps that arrive in between stand at the end,
 * undecided, until the owner calls `settle`. Once nothing more can come, the rows are exact. Rows
 * change only when a lane has grown or in `settle`: whoever draws sees one state throughout.
 *
 * A lane that begins again (another attempt) is a new object in the store: the comparison then
 * starts over.
 */

import { Comparison, type Divergence, type Row } from "./compare.js";
import type { LaneName, LaneTrace } from "./trace-store.js";

/** Aligning takes at most about one part in this many of the page's time. */
const REST = 8;

/** The longest that steps stand undecided at the end of the rows. */
const MAX_REST_MS = 1000;

/** Cheaper alignments are done at once: a fraction of the time between two frames of a screen. */
const CHEAP_MS = 4;

export interface ComparedLanes {
  lane(name: LaneName): LaneTrace;
  /** Whether the run has ended, so that no lane can grow. */
  readonly isOver: boolean;
}

/** `checked` steps of the real run have been compared; `matched` of them are as predicted. */
export interface Agreement {
  matched: number;
  checked: number;
}

/** A run of rows that differ: `from` is its first row, `to` the one after its last. */
export interface Stretch {
  from: number;
  to: number;
}

export class ComparedTrace {
  private comparison: Comparison;
  private readonly pushed = { predicted: 0, actual: 0 };
  private seen: { predicted: LaneTrace | null; actual: LaneTrace | null };
  private readonly ended = { predicted: false, actual: false };
  private shown: Row[] = [];
  private readonly places: Record<LaneName, number[]> = { predicted: [], actual: [] };
  private cachedStretches: Stretch[] | null = null;
  private cachedAgreement: Agreement | null = null;
  /** Whether the rows hold all steps in their places. */
  isExact = true;
  private restUntil = 0;

  constructor(
    private readonly lanes: ComparedLanes,
    private readonly source: string,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.comparison = new Comparison(source);
    this.seen = { predicted: null, actual: null };
  }

  /** All rows so far. The list is replaced, never changed, when a lane grows. */
  get rows(): readonly Row[] {
    this.sync();
    return this.shown;
  }

  get firstDivergence(): Divergence | null {
    this.sync();
    return this.comparison.firstDivergence;
  }

  /** Row of a lane's step, or -1 where there is no such step. */
  rowOf(name: LaneName, step: number): number {
    this.sync();
    return this.places[name][step] ?? -1;
  }

  /** The lane's newest step at or before a row; -1 before its first. */
  stepAt(name: LaneName, row: number): number {
    const { rows } = this;
    for (let at = Math.min(row, rows.length - 1); at >= 0; at--) {
      const step = rows[at]?.[name];
      if (step != null) return step;
    }
    return -1;
  }

  /** The runs of rows in which prediction and reality differ, in order. */
  get stretches(): readonly Stretch[] {
    const { rows } = this;
    this.cachedStretches ??= findStretches(rows);
    return this.cachedStretches;
  }

  /** Steps of the real run only: invented steps are told as differences, not counted as right. */
  get agreement(): Agreement {
    const { rows } = this;
    this.cachedAgreement ??= countAgreement(rows);
    return this.cachedAgreement;
  }

  private sync(): void {
    if (!this.pull()) return;
    const isFinal = this.lanes.isOver || (this.ended.predicted && this.ended.actual);
    if (isFinal || this.now() >= this.restUntil) this.align();
    else this.append();
  }

  /** Puts steps that arrived during a pause into their places. Milliseconds until it is due. */
  settle(): void {
    this.sync();
    if (!this.isExact) this.align();
  }

  get settlesInMs(): number {
    return Math.max(0, this.restUntil - this.now());
  }

  /** Pushes what the lanes have gained; false where that is nothing. */
  private pull(): boolean {
    const predicted = this.lanes.lane("predicted");
    const actual = this.lanes.lane("actual");
    let grew = false;
    if (this.seen.predicted !== predicted || this.seen.actual !== actual) {
      grew = this.seen.predicted !== null;
      this.restart();
      this.seen = { predicted, actual };
    }
    for (; this.pushed.predicted < predicted.length; grew = true) {
      this.comparison.pushPredicted(eventOf(predicted, this.pushed.predicted++));
    }
    for (; this.pushed.actual < actual.length; grew = true) {
      this.comparison.pushActual(eventOf(actual, this.pushed.actual++));
    }
    if (predicted.finished && !this.ended.predicted) {
      this.comparison.endPredicted(predicted.finished.status);
      grew = this.ended.predicted = true;
    }
    if (actual.finished && !this.ended.actual) {
      this.comparison.endActual(actual.finished.status);
      grew = this.ended.actual = true;
    }
    return grew;
  }

  private restart(): void {
    this.comparison = new Comparison(this.source);
    this.pushed.predicted = this.pushed.actual = 0;
    this.ended.predicted = this.ended.actual = false;
    this.shown = [];
    this.restUntil = 0;
  }

  private align(): void {
    const start = this.now();
    this.shown = [...this.comparison.rows()];
    const cost = this.now() - start;
    this.restUntil = cost > CHEAP_MS ? start + cost + Math.min(cost * REST, MAX_REST_MS) : 0;
    this.isExact = true;
    this.index();
  }

  /** What came since the last alignment, behind it and without a verdict. */
  private append(): void {
    const { predicted, actual } = this.places;
    const rows = this.shown.slice();
    for (let step = predicted.length; step < this.pushed.predicted; step++) {
      rows.push({ predicted: step, actual: null, status: "only_predicted", scored: false });
    }
    for (let step = actual.length; step < this.pushed.actual; step++) {
      rows.push({ predicted: null, actual: step, status: "only_actual", scored: false });
    }
    this.shown = rows;
    this.isExact = false;
    this.index();
  }

  private index(): void {
    this.cachedStretches = null;
    this.cachedAgreement = null;
    const { predicted, actual } = this.places;
    predicted.length = actual.length = 0;
    this.shown.forEach((row, at) => {
      if (row.predicted !== null) predicted[row.predicted] = at;
      if (row.actual !== null) actual[row.actual] = at;
    });
  }
}

function eventOf(lane: LaneTrace, step: number) {
  const event = lane.timeline.events[step];
  if (!event) throw new Error(`no event ${step}`);
  return event;
}

/** A row of one side whose other side may still come, or was cut off, says nothing. */
export function differs(row: Row): boolean {
  return row.scored && row.status !== "matched";
}

function countAgreement(rows: readonly Row[]): Agreement {
  const agreement = { matched: 0, checked: 0 };
  for (const { actual, status, scored } of rows) {
    if (actual === null || !scored) continue;
    agreement.checked += 1;
    if (status === "matched") agreement.matched += 1;
  }
  return agreement;
}

function findStretches(rows: readonly Row[]): Stretch[] {
  const found: Stretch[] = [];
  rows.forEach((row, at) => {
    if (!differs(row)) return;
    const last = found[found.length - 1];
    if (last?.to === at) last.to = at + 1;
    else found.push({ from: at, to: at + 1 });
  });
  return found;
}
