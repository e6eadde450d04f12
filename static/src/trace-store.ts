/**
 * The page's state of one run: a fold over the run's event log, and nothing else.
 *
 * A live run, a reload, a reconnect and a permalink all apply the same entries, so they all show
 * the same. Entries may arrive twice and lanes may restart; both are settled here, by id.
 */

import { ComparedTrace } from "./compared-trace.js";
import { isNewer } from "./ids.js";
import type {
  FrameConfidence,
  LaneEntries,
  LaneUnavailable,
  LogEvent,
  RunFinished,
  StageFinished,
  TraceFinished,
  TraceFrames,
  TraceInput,
  TraceOutput,
  TraceStarted,
} from "./protocol.gen.js";
import { StateTimeline } from "./state-timeline.js";

/** Text the program wrote or read, in order. */
export type Console =
  | (TraceOutput & { stream: "stdout" | "stderr" })
  | (TraceInput & { stream: "stdin" });

export type LaneName = "predicted" | "actual";
export const LANES: readonly LaneName[] = ["predicted", "actual"];

/** What one lane holds of its current attempt. */
export class LaneTrace {
  timeline = new StateTimeline();
  /** How sure the model was, per step; null where it did not say. */
  confidence: (FrameConfidence | null)[] = [];
  console: Console[] = [];
  started: TraceStarted | null = null;
  finished: TraceFinished | null = null;
  unavailable: LaneUnavailable | null = null;
  /** Why the lane began again; empty in the first attempt. */
  resetReason = "";

  get length(): number {
    return this.timeline.length;
  }
}

/** The life cycle of the run, from its `main` lane. */
export interface RunProgress {
  ahead: number | null;
  stages: Map<string, "running" | StageFinished>;
  finished: RunFinished | null;
}

export type Applied = "applied" | "duplicate" | "gap";

export class TraceStore {
  readonly lanes = new Map<LaneName, LaneTrace>(LANES.map((name) => [name, new LaneTrace()]));
  readonly progress: RunProgress = { ahead: null, stages: new Map(), finished: null };
  /** Newest id seen per lane: what `run.resume` sends as `after`. */
  readonly lastIds = new Map<string, string>();
  /** True once the server said that the log is closed and was sent in full. */
  complete = false;
  /** Both lanes on one scale of rows. */
  readonly compared: ComparedTrace;

  /** `source` is the program that ran: events may name a line without repeating its text. */
  constructor(source = "") {
    this.compared = new ComparedTrace(this, source);
  }

  /** Whether no lane can grow any more. */
  get isOver(): boolean {
    return this.complete || this.progress.finished !== null;
  }

  close(): void {
    this.complete = true;
  }

  lane(name: LaneName): LaneTrace {
    return this.lanes.get(name) as LaneTrace;
  }

  /** "gap" means events are missing before these: the caller must ask again from the start. */
  apply(message: LaneEntries): Applied {
    if (!isNewer(message.id, this.lastIds.get(message.lane))) return "duplicate";
    for (const event of message.events) {
      if (!this.applyEvent(message.lane, event)) return "gap";
    }
    this.lastIds.set(message.lane, message.id);
    return "applied";
  }

  private applyEvent(laneName: string, event: LogEvent): boolean {
    if (laneName === "main") {
      this.applyProgress(event);
      return true;
    }
    // Lanes of kinds of runs that this page does not show are not an error.
    if (laneName !== "predicted" && laneName !== "actual") return true;
    if (event.type === "lane.reset") {
      const fresh = new LaneTrace();
      fresh.resetReason = event.reason;
      this.lanes.set(laneName, fresh);
      return true;
    }
    return applyToLane(this.lane(laneName), event);
  }

  private applyProgress(event: LogEvent): void {
    const { progress } = this;
    switch (event.type) {
      case "run.queued":
        progress.ahead = event.ahead;
        break;
      case "stage.started":
        progress.stages.set(event.lane, "running");
        break;
      case "stage.finished":
        progress.stages.set(event.lane, event);
        break;
      case "run.finished":
        progress.finished = event;
        break;
    }
  }
}

function applyToLane(lane: LaneTrace, event: LogEvent): boolean {
  switch (event.type) {
    case "trace.started":
      lane.started = event;
      break;
    case "trace.frames":
      return applyFrames(lane, event);
    case "trace.output":
      lane.console.push(event);
      break;
    case "trace.input":
      lane.console.push({ ...event, stream: "stdin" });
      break;
    case "trace.finished":
      lane.finished = event;
      break;
    case "lane.unavailable":
      lane.unavailable = event;
      break;
  }
  return true;
}

function applyFrames(lane: LaneTrace, { first, frames, confidence = [] }: TraceFrames): boolean {
  if (first > lane.length) return false;
  const known = lane.length - first;
  frames.slice(known).forEach((event, at) => {
    lane.timeline.push(event);
    lane.confidence.push(confidence[known + at] ?? null);
  });
  return true;
}
