/**
 * The cursor of the trace player: which lane is looked at, at which step, and whether the cursor
 * follows the newest event.
 *
 * A new run is followed until the person steps. A link to a step (`?step=12`) is a wish that is
 * granted as soon as that many events have arrived.
 */

import { type StepCommand, stepTo } from "./stepper.js";
import type { LaneName, TraceStore } from "./trace-store.js";

export class Player {
  step = 0;
  view: LaneName = "actual";
  following = true;
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

  choose(view: LaneName, store: TraceStore): void {
    this.view = view;
    this.viewChosen = true;
    this.sync(store);
  }

  command(command: StepCommand, store: TraceStore): void {
    const { events } = store.lane(this.view).timeline;
    this.moveTo(stepTo(command, events, this.step), store);
  }

  /** A person's move: the cursor stays there from now on. */
  moveTo(step: number, store: TraceStore): void {
    this.wanted = null;
    this.following = false;
    this.step = Math.max(0, Math.min(step, this.longest(store) - 1));
  }

  follow(store: TraceStore): void {
    this.wanted = null;
    this.following = true;
    this.sync(store);
  }

  /** Brings the cursor in line with what has arrived. */
  sync(store: TraceStore): void {
    if (!this.viewChosen) this.view = liveliest(store);
    const newest = Math.max(0, store.lane(this.view).length - 1);
    if (this.following) {
      this.step = newest;
    } else if (this.wanted !== null) {
      this.step = Math.min(this.wanted, newest);
      if (this.wanted <= newest) this.wanted = null;
    } else {
      this.step = Math.max(0, Math.min(this.step, this.longest(store) - 1));
    }
  }

  /** The cursor within one lane: a shorter lane stays at its own last event. */
  stepIn(name: LaneName, store: TraceStore): number {
    return Math.min(this.step, store.lane(name).length - 1);
  }

  private longest(store: TraceStore): number {
    return Math.max(1, ...[...store.lanes.values()].map((lane) => lane.length));
  }
}

function liveliest(store: TraceStore): LaneName {
  return store.lane("actual").length === 0 && store.lane("predicted").length > 0
    ? "predicted"
    : "actual";
}
