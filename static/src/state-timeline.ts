/**
 * The state of a program at every event of its trace.
 *
 * Theory of operation. Events carry deltas, so a state is a fold over all events before it; the
 * page must show any of thousands of steps at once. The timeline keeps a checkpoint of the whole
 * stack every CHECKPOINT_EVERY events and folds at most that many events to answer `at(step)`.
 * Checkpoints share what did not change: activations are copied on the first write after the
 * checkpoint that holds them, marked by the `owner` number of the fold that made the copy.
 *
 * Beside the states it keeps, per event, what stepping and the markers ask for: which activation
 * the event belongs to and the line that activation ran just before.
 */

import type { TraceEvent } from "./protocol.gen.js";

/** Smaller costs memory, larger costs time per step; 64 folds take well under a millisecond. */
const CHECKPOINT_EVERY = 64;

/** One running function. `serial` tells two calls of the same function apart. */
export interface Activation {
  readonly serial: number;
  readonly funcName: string;
  readonly depth: number;
  readonly line: number;
  /** The arguments as they came in; the locals of the same names may change later. */
  readonly args: readonly (readonly [name: string, value: string])[];
  readonly locals: ReadonlyMap<string, string>;
  /** Names of locals whose values were recorded only in part. */
  readonly shortened: ReadonlySet<string>;
}

interface MutableActivation {
  serial: number;
  funcName: string;
  depth: number;
  line: number;
  args: readonly (readonly [string, string])[];
  locals: Map<string, string>;
  shortened: Set<string>;
  /** The fold that may write to this copy; every other fold must copy it first. */
  owner: number;
}

let owners = 0;

class Fold {
  stack: MutableActivation[];
  returned: boolean;
  serials: number;
  private owner = ++owners;

  constructor(from?: Fold) {
    this.stack = from ? from.stack.slice() : [];
    this.returned = from?.returned ?? false;
    this.serials = from?.serials ?? 0;
  }

  /** A frozen copy; from now on both sides copy before they write. */
  fork(): Fold {
    this.owner = ++owners;
    return new Fold(this);
  }

  push(event: TraceEvent): void {
    if (this.returned) this.stack.pop();
    // A trace that starts in the middle (a resynchronised or damaged prediction) has no call.
    if (event.kind === "call" || this.stack.length === 0) this.open(event);
    const top = this.writableTop();
    top.line = event.line;
    for (const name of event.removed ?? []) top.locals.delete(name);
    for (const [name, value] of Object.entries(event.changed ?? {})) {
      top.locals.set(name, value);
      if (event.truncated?.includes(name)) top.shortened.add(name);
      else top.shortened.delete(name);
    }
    this.returned = event.kind === "return";
  }

  get top(): MutableActivation {
    return this.stack[this.stack.length - 1] as MutableActivation;
  }

  private open(event: TraceEvent): void {
    this.stack.push({
      serial: this.serials++,
      funcName: event.func_name ?? "",
      depth: event.depth,
      line: event.line,
      args: event.kind === "call" ? Object.entries(event.changed ?? {}) : [],
      locals: new Map(),
      shortened: new Set(),
      owner: this.owner,
    });
  }

  private writableTop(): MutableActivation {
    const top = this.top;
    if (top.owner === this.owner) return top;
    const copy = {
      ...top,
      locals: new Map(top.locals),
      shortened: new Set(top.shortened),
      owner: this.owner,
    };
    this.stack[this.stack.length - 1] = copy;
    return copy;
  }
}

export class StateTimeline {
  readonly events: TraceEvent[] = [];
  private readonly live = new Fold();
  private readonly checkpoints: Fold[] = [];
  /** Serial of the activation that each event belongs to. */
  private readonly serialAt: number[] = [];
  /** Line that the event's activation ran last before the event; 0 where it ran none yet. */
  private readonly ranAt: number[] = [];
  private readonly lastLineOf = new Map<number, number>();
  private cached: { step: number; stack: readonly Activation[] } | null = null;

  get length(): number {
    return this.events.length;
  }

  push(event: TraceEvent): void {
    if (this.events.length % CHECKPOINT_EVERY === 0) this.checkpoints.push(this.live.fork());
    this.live.push(event);
    const { serial } = this.live.top;
    this.ranAt.push(this.lastLineOf.get(serial) ?? 0);
    this.serialAt.push(serial);
    if (event.kind === "line") this.lastLineOf.set(serial, Math.abs(event.line));
    if (event.kind === "return") this.lastLineOf.delete(serial);
    this.events.push(event);
  }

  /** The stack at event `step`, outermost first. A returning activation is still on it. */
  at(step: number): readonly Activation[] {
    if (step < 0 || step >= this.length) return [];
    if (this.cached?.step === step) return this.cached.stack;
    const start = Math.floor(step / CHECKPOINT_EVERY);
    const fold = new Fold(this.checkpoints[start]);
    for (let seq = start * CHECKPOINT_EVERY; seq <= step; seq++) {
      fold.push(this.events[seq] as TraceEvent);
    }
    this.cached = { step, stack: fold.stack };
    return fold.stack;
  }

  /** The activation that event `step` belongs to, as it was one event earlier. */
  before(step: number): Activation | null {
    const serial = this.serial(step);
    return this.at(step - 1).find((activation) => activation.serial === serial) ?? null;
  }

  /** Line that the activation of event `step` ran just before it, or 0. */
  justRan(step: number): number {
    return this.ranAt[step] ?? 0;
  }

  /** Serial of the activation that event `step` belongs to, or -1. */
  serial(step: number): number {
    return this.serialAt[step] ?? -1;
  }
}
