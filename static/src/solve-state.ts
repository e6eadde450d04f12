/**
 * Everything the solve page knows, without the DOM: the problem in the form, the run that is shown,
 * its event log, the attempt looked at and the cursor in its trace, and what went wrong.
 */

import type { Problem as Trouble } from "./app-state.js";
import type { PageConfig, Visibility } from "./config.js";
import { Player } from "./player.js";
import type { Error as ErrorMessage, LaneEntries, Problem, SolveOptions } from "./protocol.gen.js";
import { type Connection, LOST_RUN, RunSession, type SessionEnvironment } from "./run-session.js";
import { type Attempt, SolveStore } from "./solve-store.js";
import type { TraceStore } from "./trace-store.js";

/** What the form holds. */
export interface Question {
  text: string;
  form: NonNullable<Problem["form"]>;
  signature: string;
  tests: string;
  mode: NonNullable<SolveOptions["mode"]>;
  reasoning: boolean;
}

export const EMPTY: Question = {
  text: "",
  form: "free",
  signature: "",
  tests: "",
  mode: "solve",
  reasoning: true,
};

export interface SolveRun {
  id: string;
  url: string;
  isOwner: boolean;
  visibility: Visibility;
  question: Question;
}

export interface SolveEvents {
  changed(): void;
  /** The page now shows this run: its address belongs into the address bar. */
  navigated(run: SolveRun): void;
}

/** Where the form is kept between visits. */
export interface QuestionDrafts {
  load(): Question | null;
  save(question: Question): void;
}

let refs = 0;

export class SolveState {
  question: Question;
  run: SolveRun | null = null;
  store: SolveStore | null = null;
  connection: Connection = "idle";
  trouble: Trouble | null = null;
  /** The attempt that the person chose; 0 shows the one that matters now. */
  chosen = 0;
  readonly session: RunSession;
  private readonly players = new Map<number, Player>();
  private starting: { ref: string; question: Question } | null = null;
  private stopping = false;
  private refetched = false;
  private settling = false;

  constructor(
    readonly config: PageConfig,
    private readonly env: SessionEnvironment,
    private readonly drafts: QuestionDrafts,
    private readonly events: SolveEvents,
  ) {
    this.session = new RunSession(env, {
      connection: (state) => this.update(() => (this.connection = state)),
      accepted: ({ runId, url }) => this.accepted(runId, url),
      entries: (message) => this.received(message),
      complete: () => this.update(() => this.completed()),
      error: (message) => this.update(() => this.refused(message)),
    });
    this.question = this.initialQuestion();
  }

  /** Follows the run that the page was opened for, if any. */
  open(): void {
    const { run } = this.config;
    if (!run) return;
    this.run = {
      id: run.id,
      url: run.url,
      isOwner: run.is_owner,
      visibility: run.visibility,
      question: asQuestion(run.problem),
    };
    this.follow(run.id);
  }

  edit(change: Partial<Question>): void {
    this.update(() => {
      this.question = { ...this.question, ...change };
      const field = this.trouble?.field === "problem" ? "text" : this.trouble?.field;
      if (field && field in change) this.trouble = null;
      this.drafts.save(this.question);
    });
  }

  dismiss(): void {
    this.update(() => (this.trouble = null));
  }

  start(): void {
    if (this.isBusy) return;
    this.update(() => {
      const question = { ...this.question };
      const ref = `solve-${++refs}`;
      this.starting = { ref, question };
      this.trouble = null;
      this.stopping = false;
      this.drafts.save(question);
      const { mode, reasoning, ...problem } = question;
      this.session.start({
        type: "run.start",
        ref,
        kind: "solve",
        problem: { ...problem, options: { mode, reasoning } },
      });
    });
  }

  stop(): void {
    this.update(() => {
      if (this.run?.isOwner && this.isRunning) {
        this.stopping = true;
        this.session.cancel(this.run.id);
      } else if (this.starting) {
        this.session.cancel("");
        this.starting = null;
      }
    });
  }

  choose(number: number): void {
    this.update(() => (this.chosen = number));
  }

  setVisibility(visibility: Visibility): void {
    this.update(() => {
      if (this.run) this.run = { ...this.run, visibility };
    });
  }

  /** The attempt on screen. */
  get attempt(): Attempt | null {
    const { store } = this;
    return store?.attempts.get(this.chosen) ?? store?.attempts.get(store.current) ?? null;
  }

  /** The cursor in the trace of an attempt. It begins at the start: the end is the test's result. */
  player(number: number): Player {
    const known = this.players.get(number);
    if (known) return known;
    const made = new Player({ step: 1 });
    this.players.set(number, made);
    return made;
  }

  /** Changes the cursor or the lane of the attempt on screen. */
  play(change: (player: Player, store: TraceStore) => void): void {
    const { attempt } = this;
    if (attempt) this.update(() => change(this.player(attempt.number), attempt.trace));
  }

  get isStarting(): boolean {
    return this.starting !== null;
  }

  get isRunning(): boolean {
    return this.store !== null && !this.store.isOver;
  }

  get isBusy(): boolean {
    return this.isStarting || (this.isRunning && this.run?.isOwner === true);
  }

  get isStopping(): boolean {
    return this.stopping && this.isRunning;
  }

  private initialQuestion(): Question {
    const { run, problems = [], initial } = this.config;
    if (run) return asQuestion(run.problem);
    const example = problems.find(({ slug }) => slug === initial.example);
    if (!example) return this.drafts.load() ?? { ...EMPTY };
    const { text, form, signature, tests } = example;
    return { ...EMPTY, text, form, signature, tests };
  }

  private follow(runId: string): void {
    const store = new SolveStore();
    this.store = store;
    this.session.follow(runId, () => store.lastIds);
    this.events.changed();
  }

  private accepted(runId: string, url: string): void {
    const question = this.starting?.question ?? this.question;
    this.starting = null;
    this.refetched = false;
    this.chosen = 0;
    this.players.clear();
    this.run = { id: runId, url, isOwner: true, visibility: "private", question };
    const store = new SolveStore();
    this.store = store;
    this.session.adopt(() => store.lastIds);
    this.events.navigated(this.run);
    this.events.changed();
  }

  private received(message: LaneEntries): void {
    const { store } = this;
    if (!store) return;
    const applied = store.apply(message);
    if (applied === "gap") this.refetch(message.run_id);
    if (applied !== "applied") return;
    this.update(() => this.sync(store));
    this.settleLater(store);
  }

  private sync(store: SolveStore): void {
    for (const [number, attempt] of store.attempts) this.player(number).sync(attempt.trace);
  }

  /** Rows whose alignment was put off come into order although no further message may arrive. */
  private settleLater(store: SolveStore): void {
    const open = [...store.attempts.values()].filter(({ trace }) => !trace.compared.isExact);
    const [first] = open;
    if (!first || this.settling) return;
    this.settling = true;
    this.env.later(() => {
      this.settling = false;
      if (this.store !== store) return;
      this.update(() => {
        for (const { trace } of store.attempts.values()) trace.compared.settle();
        this.sync(store);
      });
    }, first.trace.compared.settlesInMs);
  }

  /** Starts over from the beginning of the log, once: a second gap would be the log's own. */
  private refetch(runId: string): void {
    if (this.refetched) {
      this.update(() => {
        this.trouble = {
          message: "Part of this run's record is missing.",
          fix: "Reload the page, or solve the problem again.",
          field: "",
          line: 0,
          column: 0,
        };
      });
      return;
    }
    this.refetched = true;
    this.follow(runId);
  }

  private completed(): void {
    this.store?.close();
    this.stopping = false;
  }

  private refused(message: ErrorMessage): void {
    const { ref = "", run_id: runId = "", fix = "", field = "", line = 0, column = 0 } = message;
    if (ref && this.starting && ref !== this.starting.ref) return;
    if (runId && this.run && runId !== this.run.id) return;
    if (LOST_RUN.has(message.code)) this.store?.close();
    this.starting = null;
    this.stopping = false;
    this.trouble = { message: message.message, fix, field, line, column };
  }

  private update(change: () => void): void {
    change();
    this.events.changed();
  }
}

/** The form as it was when a run began. */
function asQuestion(problem: Problem | null | undefined): Question {
  if (!problem) return { ...EMPTY };
  const { text, form = "free", signature = "", tests = "", rows = [], options = {} } = problem;
  return {
    text,
    form,
    signature,
    tests: [tests, ...rows.map(rowAsText)].filter(Boolean).join("\n"),
    mode: options.mode ?? "solve",
    reasoning: options.reasoning ?? true,
  };
}

/** Rows come from the API only; the form shows them as the pairs that it understands. */
function rowAsText({ input, expected }: { input: string; expected: string }): string {
  return `Input:\n${input}\nOutput:\n${expected}\n`;
}
