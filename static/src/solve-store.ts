/**
 * The page's state of one solve run: a fold over the run's event log, and nothing else.
 *
 * Theory of operation. Every attempt n has lanes of its own (`answer.n`, `results.n`, `tests.n`,
 * `predicted.n`, `actual.n`). Lanes may arrive in any order: a permalink sends one whole lane after
 * the other, so nothing here may rely on one lane being ahead of another. The two traces of an
 * attempt go into a `TraceStore` of their own, as if they were a trace run; that one needs the
 * program that ran, so it is built again when the attempt's code becomes known.
 */

import { isNewer } from "./ids.js";
import type {
  AnswerDelta,
  AnswerFinished,
  AttemptFinished,
  AttemptStarted,
  LaneEntries,
  LaneUnavailable,
  LogEvent,
  ResultPredicted,
  ResultsFinished,
  ResultsStarted,
  RunFinished,
  SolveFinished,
  StageFinished,
  StageStarted,
  TestFinished,
  TestRow,
  TestsFinished,
  TestsStarted,
} from "./protocol.gen.js";
import { type Applied, TraceStore } from "./trace-store.js";

export type StageState = "running" | StageFinished;

/** What the model wrote, in the order in which its parts began. */
export interface AnswerBlock {
  part: AnswerDelta["part"];
  block: number;
  text: string;
}

/** One row of the tests table: what is known of a test so far. */
export interface TestLine {
  row: TestRow;
  predicted: ResultPredicted | null;
  running: boolean;
  finished: TestFinished | null;
}

class AnswerLane {
  started: AttemptStarted | null = null;
  blocks: AnswerBlock[] = [];
  finished: AnswerFinished | null = null;
  unavailable: LaneUnavailable | null = null;
  resetReason = "";
}

class ResultsLane {
  started: ResultsStarted | null = null;
  readonly byId = new Map<string, ResultPredicted>();
  finished: ResultsFinished | null = null;
  unavailable: LaneUnavailable | null = null;
}

class TestsLane {
  started: TestsStarted | null = null;
  readonly running = new Set<string>();
  readonly byId = new Map<string, TestFinished>();
  finished: TestsFinished | null = null;
  unavailable: LaneUnavailable | null = null;
}

/** One attempt of the solver. */
export class Attempt {
  answer = new AnswerLane();
  results = new ResultsLane();
  tests = new TestsLane();
  finished: AttemptFinished | null = null;
  /** By the name of the stage. */
  readonly stages = new Map<StageFinished["stage"], StageState>();
  trace = new TraceStore();
  /** Test and call whose trace this is; empty before one began. */
  traced = { test: "", entry: "" };
  private readonly traceLog: LaneEntries[] = [];
  private mainEvents = 0;

  constructor(readonly number: number) {}

  /** All text of a part, its blocks apart by an empty line. */
  textOf(part: AnswerDelta["part"]): string {
    return this.answer.blocks
      .filter((block) => block.part === part)
      .map(({ text }) => text)
      .join("\n\n");
  }

  /** The program: the one that is tested, or what has arrived of it while the model writes. */
  get code(): string {
    const { finished, blocks } = this.answer;
    if (finished) return finished.code ?? "";
    return blocks.filter(({ part }) => part === "code").at(-1)?.text ?? "";
  }

  get isWriting(): boolean {
    return this.answer.started !== null && this.answer.finished === null && !this.trace.complete;
  }

  get lines(): TestLine[] {
    const { byId, running } = this.tests;
    return (this.answer.finished?.tests ?? []).map((row) => ({
      row,
      predicted: this.results.byId.get(row.id) ?? null,
      running: running.has(row.id) && !byId.has(row.id),
      finished: byId.get(row.id) ?? null,
    }));
  }

  get hasTrace(): boolean {
    const { trace } = this;
    return (["predicted", "actual"] as const).some((name) => {
      const lane = trace.lane(name);
      return lane.started !== null || lane.length > 0 || trace.progress.stages.has(name);
    });
  }

  /** Hands an entry of a trace to the attempt's own trace store. */
  applyTrace(message: LaneEntries): Applied {
    this.traceLog.push(message);
    for (const event of message.events) {
      if (event.type === "trace.started" && (event.test || event.entry)) {
        this.traced = { test: event.test ?? "", entry: event.entry ?? "" };
      }
    }
    return this.trace.apply(message);
  }

  /** Events of the run's main lane that are about this attempt's traces, as a trace run has them. */
  applyMain(event: LogEvent): void {
    const id = `1-${++this.mainEvents}`;
    this.applyTrace({ type: "lane.entries", run_id: "", lane: "main", id, events: [event] });
  }

  /** No trace will be predicted: the lane says so, instead of waiting for one. */
  hasNoPredictor(): void {
    const event: LogEvent = {
      type: "lane.unavailable",
      reason: "This site had no model that predicts traces when this run began.",
    };
    this.applyTrace({
      type: "lane.entries",
      run_id: "",
      lane: "predicted",
      id: "0-1",
      events: [event],
    });
  }

  /** The program of the traces is known now: events may leave the text of a line to it. */
  codeIsKnown(): void {
    const { complete } = this.trace;
    this.trace = new TraceStore(this.code);
    for (const message of this.traceLog) this.trace.apply(message);
    this.trace.complete = complete;
  }
}

/** `answer.3` is lane `answer` of attempt 3. */
const LANE = /^(answer|results|tests|predicted|actual)\.([1-9]\d{0,3})$/;

export class SolveStore {
  readonly attempts = new Map<number, Attempt>();
  readonly lastIds = new Map<string, string>();
  ahead: number | null = null;
  solved: SolveFinished | null = null;
  finished: RunFinished | null = null;
  private isComplete = false;

  /** True once the server said that the log is closed and was sent in full. */
  get complete(): boolean {
    return this.isComplete;
  }

  /** Nothing more will come, for any attempt. */
  close(): void {
    this.isComplete = true;
    for (const attempt of this.attempts.values()) attempt.trace.close();
  }

  get isOver(): boolean {
    return this.isComplete || this.finished !== null;
  }

  get numbers(): number[] {
    return [...this.attempts.keys()].sort((a, b) => a - b);
  }

  /** The attempt to show while the person has chosen none: the best at the end, else the newest. */
  get current(): number {
    const { solved } = this;
    if (solved && solved.best > 0 && this.attempts.has(solved.best)) return solved.best;
    return this.numbers.at(-1) ?? 0;
  }

  /** The newest word about what is left for all attempts. */
  get budgetLeft(): Record<string, number> {
    if (this.solved?.budget_left) return this.solved.budget_left;
    const told = [...this.attempts.values()].flatMap(({ finished }) =>
      finished ? [finished] : [],
    );
    return told.sort((a, b) => a.at_ms - b.at_ms).at(-1)?.budget_left ?? {};
  }

  /** "gap" means events are missing before these: the caller must ask again from the start. */
  apply(message: LaneEntries): Applied {
    if (!isNewer(message.id, this.lastIds.get(message.lane))) return "duplicate";
    const applied = this.applyToLane(message);
    if (applied !== "gap") this.lastIds.set(message.lane, message.id);
    return applied;
  }

  private applyToLane(message: LaneEntries): Applied {
    if (message.lane === "main") {
      for (const event of message.events) this.applyMain(event);
      return "applied";
    }
    const [, lane, digits] = LANE.exec(message.lane) ?? [];
    // Lanes that this page does not know are not an error.
    if (!lane || !digits) return "applied";
    const attempt = this.attempt(Number(digits));
    if (lane === "predicted" || lane === "actual") return attempt.applyTrace({ ...message, lane });
    for (const event of message.events) {
      if (lane === "answer") applyAnswer(attempt, event);
      else if (lane === "results") applyResults(attempt, event);
      else applyTests(attempt, event);
    }
    return "applied";
  }

  private attempt(number: number): Attempt {
    const known = this.attempts.get(number);
    if (known) return known;
    const made = new Attempt(number);
    if (this.finished) made.applyMain(endOfTraces(this.finished));
    made.trace.complete = this.isComplete;
    this.attempts.set(number, made);
    return made;
  }

  private applyMain(event: LogEvent): void {
    switch (event.type) {
      case "run.queued":
        this.ahead = event.ahead;
        break;
      case "stage.started":
      case "stage.finished":
        this.applyStage(event);
        break;
      case "attempt.finished":
        this.attempt(event.number).finished = event;
        break;
      case "solve.finished":
        this.solved = event;
        break;
      case "run.finished":
        this.finished = event;
        for (const attempt of this.attempts.values()) attempt.applyMain(endOfTraces(event));
        break;
    }
  }

  private applyStage(event: StageStarted | StageFinished): void {
    if (!event.number) return;
    const attempt = this.attempt(event.number);
    // Where a model predicts, it does so before the tests run.
    if (event.stage === "record_trace" && !attempt.stages.has("predict_results")) {
      attempt.hasNoPredictor();
    }
    attempt.stages.set(event.stage, event.type === "stage.finished" ? event : "running");
    const [lane = ""] = event.lane.split(".");
    if (lane === "predicted" || lane === "actual") {
      attempt.applyMain({ ...event, lane });
    }
  }
}

/** A run that failed did so at its tests, or at its model: that is no word about a trace. */
function endOfTraces(finished: RunFinished): RunFinished {
  return finished.status === "cancelled"
    ? finished
    : { ...finished, status: "succeeded", reason: "" };
}

function applyAnswer(attempt: Attempt, event: LogEvent): void {
  const { answer } = attempt;
  switch (event.type) {
    case "lane.reset":
      attempt.answer = new AnswerLane();
      attempt.answer.resetReason = event.reason;
      break;
    case "attempt.started":
      answer.started = event;
      break;
    case "answer.delta":
      append(answer.blocks, event);
      break;
    case "answer.finished":
      answer.finished = event;
      attempt.codeIsKnown();
      break;
    case "lane.unavailable":
      answer.unavailable = event;
      break;
  }
}

function append(blocks: AnswerBlock[], { part, block = 0, text }: AnswerDelta): void {
  const known = blocks.find((found) => found.part === part && found.block === block);
  if (known) known.text += text;
  else blocks.push({ part, block, text });
}

function applyResults(attempt: Attempt, event: LogEvent): void {
  const { results } = attempt;
  switch (event.type) {
    case "lane.reset":
      attempt.results = new ResultsLane();
      break;
    case "results.started":
      results.started = event;
      break;
    case "result.predicted":
      results.byId.set(event.id, event);
      break;
    case "results.finished":
      results.finished = event;
      break;
    case "lane.unavailable":
      results.unavailable = event;
      break;
  }
}

function applyTests(attempt: Attempt, event: LogEvent): void {
  const { tests } = attempt;
  switch (event.type) {
    case "lane.reset":
      attempt.tests = new TestsLane();
      break;
    case "tests.started":
      tests.started = event;
      break;
    case "test.started":
      tests.running.add(event.id);
      break;
    case "test.finished":
      tests.byId.set(event.id, event);
      break;
    case "tests.finished":
      tests.finished = event;
      break;
    case "lane.unavailable":
      tests.unavailable = event;
      break;
  }
}
