/**
 * The cursor of the trace player: one row of the two-lane view, and the lane that is looked at.
 *
 * Rows move while lanes grow, so the cursor holds on to a step of a lane and asks for its row. It
 * stays with the lane looked at where that has a step in the row, else with the other one. A new
 * run is followed until the person steps. A link to a step (`?step=12`) is a wish that is granted
 * as soon as that many steps have arrived.
 */

import { type StepCommand, stepOut, stepOver } from "./stepper.js";
import { LANES, type LaneName, type TraceStore } from "./trace-store.js";

export interface Place {
  view: LaneName;
  step: number;
}

export class Player {
  /** Row of the two-lane view; while only one lane has steps, its step. */
  row = 0;
  view: LaneName = "actual";
  following = true;
  private at: Place = { view: "actual", step: 0 };
  /** True once a person chose a lane; until then the page shows the lane that has something. */
  private viewChosen = false;
  private wanted: number | null = null;

  /** `step` counts from 1, as on the page and in links. */
  constructor(initial: { step?: number | null; view?: string | null } = {}) {
    if (initial.view === "actual" || initial.view === "predicted") {
      this.view = initial.view;
      this.viewChosen = true;
    }
    if (initial.step != null && Number.isFinite(initial.step) && initial.step >= 1) {
      this.wanted = Math.floor(initial.step) - 1;
      this.following = false;
    }
  }

  /** The step on screen, as a link names it. */
  get place(): Place {
    return this.at;
  }

  choose(view: LaneName, store: TraceStore): void {
    this.view = view;
    this.viewChosen = true;
    this.sync(store);
    this.hold(this.row, store);
  }

  command(command: StepCommand, store: TraceStore): void {
    this.moveTo(this.target(command, store), store);
  }

  private target(command: StepCommand, store: TraceStore): number {
    const { row } = this;
    switch (command) {
      case "into":
        return row + 1;
      case "back":
        return row - 1;
      case "first":
        return 0;
      case "last":
        return store.compared.rows.length - 1;
      case "difference":
        return nextDifference(row, store);
      default: {
        const { view, step } = this.at;
        const leap = command === "over" ? stepOver : stepOut;
        const target = store.compared.rowOf(view, leap(store.lane(view).timeline.events, step));
        // Past the end of the shorter lane the other one still has rows.
        return Math.max(target, row + 1);
      }
    }
  }

  /** A person's move to a row: the cursor stays there from now on. */
  moveTo(row: number, store: TraceStore): void {
    this.wanted = null;
    this.following = false;
    this.hold(row, store);
  }

  /** A person's move to a step of a lane. */
  moveToStep(view: LaneName, step: number, store: TraceStore): void {
    const row = store.compared.rowOf(view, step);
    if (row >= 0) this.moveTo(row, store);
  }

  follow(store: TraceStore): void {
    this.wanted = null;
    this.following = true;
    this.sync(store);
  }

  /** Brings the cursor in line with what has arrived. */
  sync(store: TraceStore): void {
    if (!this.viewChosen) this.view = liveliest(store);
    const { rows } = store.compared;
    if (this.following) {
      this.hold(rows.length - 1, store);
    } else if (this.wanted !== null) {
      const newest = store.lane(this.view).length - 1;
      this.hold(store.compared.rowOf(this.view, Math.min(this.wanted, newest)), store);
      if (this.wanted <= newest) this.wanted = null;
    } else {
      const row = store.compared.rowOf(this.at.view, this.at.step);
      this.hold(row < 0 ? this.row : row, store);
    }
  }

  /** The lane's newest step at or before the row, -1 before its first. */
  stepIn(name: LaneName, store: TraceStore): number {
    return store.compared.stepAt(name, this.row);
  }

  /** Whether the lane has a step of its own in the row. */
  isIn(name: LaneName, store: TraceStore): boolean {
    return store.compared.rows[this.row]?.[name] != null;
  }

  private hold(row: number, store: TraceStore): void {
    const { rows } = store.compared;
    this.row = Math.max(0, Math.min(row, rows.length - 1));
    const other = LANES.find((name) => name !== this.view) ?? this.view;
    for (const view of [this.view, other]) {
      const step = rows[this.row]?.[view];
      if (step != null) {
        this.at = { view, step };
        return;
      }
    }
    this.at = { view: this.view, step: 0 };
  }
}

/** First row of the next place where the lanes differ; after the last one, the first again. */
function nextDifference(row: number, { compared }: TraceStore): number {
  const { stretches } = compared;
  const next = stretches.find(({ from }) => from > row) ?? stretches[0];
  return next?.from ?? row;
}

function liveliest(store: TraceStore): LaneName {
  return store.lane("actual").length === 0 && store.lane("predicted").length > 0
    ? "predicted"
    : "actual";
}
