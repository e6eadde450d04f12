/**
 * Everything the player page knows, without the DOM: the program in the editor, the run that is
 * shown, its event log, the cursor, and what went wrong.
 *
 * The program in the editor and the program that ran are two things: a person may type on while
 * the trace of the earlier text is still worth looking at.
 */

import type { PageConfig, Program, Visibility } from "./config.js";
import { type Drafts, sameProgram } from "./drafts.js";
import { ENTRY_ERROR, lacksInput } from "./lane-status.js";
import { Player } from "./player.js";
import type { Error as ErrorMessage, LaneEntries } from "./protocol.gen.js";
import { type Connection, LOST_RUN, RunSession, type SessionEnvironment } from "./run-session.js";
import { TraceStore } from "./trace-store.js";

export interface ShownRun {
  id: string;
  url: string;
  isOwner: boolean;
  visibility: Visibility;
  program: Program;
}

export interface Problem {
  message: string;
  fix: string;
  /** "source", "entry", "stdin", or empty when it is about the run as a whole. */
  field: string;
  line: number;
  column: number;
}

export interface AppEvents {
  /** Something that the page shows has changed. */
  changed(): void;
  /** The page now shows this run: its address belongs into the address bar. */
  navigated(run: ShownRun): void;
}

let refs = 0;

export class AppState {
  program: Program;
  run: ShownRun | null = null;
  store: TraceStore | null = null;
  player: Player;
  connection: Connection = "idle";
  problem: Problem | null = null;
  /** The program of a start that the server has not answered yet, with its `ref`. */
  private starting: { ref: string; program: Program } | null = null;
  private stopping = false;
  private refetched = false;
  private settling = false;
  readonly session: RunSession;

  constructor(
    readonly config: PageConfig,
    private readonly env: SessionEnvironment,
    private readonly drafts: Drafts,
    private readonly events: AppEvents,
  ) {
    this.player = new Player(config.initial);
    this.session = new RunSession(env, {
      connection: (state) => this.update(() => (this.connection = state)),
      accepted: ({ runId, url }) => this.accepted(runId, url),
      entries: (message) => this.received(message),
      complete: () => this.update(() => this.completed()),
      error: (message) => this.update(() => this.refused(message)),
    });
    this.program = this.initialProgram();
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
      program: { source: run.source, entry: run.entry, stdin: run.stdin },
    };
    this.follow(run.id);
  }

  edit(change: Partial<Program>): void {
    this.update(() => {
      this.program = { ...this.program, ...change };
      const { problem } = this;
      if (problem?.field && problem.field in change) this.problem = null;
      this.drafts.save(this.draftKey, this.program);
    });
  }

  dismiss(): void {
    this.update(() => (this.problem = null));
  }

  start(): void {
    if (this.isBusy) return;
    this.update(() => {
      const program = { ...this.program };
      const ref = `run-${++refs}`;
      this.starting = { ref, program };
      this.problem = null;
      this.stopping = false;
      this.drafts.save(this.draftKey, program);
      this.session.start({ type: "run.start", ref, kind: "trace", ...program });
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

  /** Puts the program that ran back into the editor. */
  restore(): void {
    if (!this.run) return;
    const { program, id } = this.run;
    this.edit(program);
    this.drafts.forget(id);
  }

  setVisibility(visibility: Visibility): void {
    this.update(() => {
      if (this.run) this.run = { ...this.run, visibility };
    });
  }

  /** Changes the cursor or the lane. */
  play(change: (player: Player, store: TraceStore) => void): void {
    const { store } = this;
    if (store) this.update(() => change(this.player, store));
  }

  get isStarting(): boolean {
    return this.starting !== null;
  }

  get isRunning(): boolean {
    return this.store !== null && !this.store.complete && this.store.progress.finished === null;
  }

  /** Whether a run of this person's own is under way; somebody else's keeps nobody from running. */
  get isBusy(): boolean {
    return this.isStarting || (this.isRunning && this.run?.isOwner === true);
  }

  get isStopping(): boolean {
    return this.stopping && this.isRunning;
  }

  /** Whether the editor's text is no longer the text that the trace belongs to. */
  get isEdited(): boolean {
    return this.run !== null && this.run.program.source !== this.program.source;
  }

  /** What is wrong with the person's input: as the server said, or as the recorder found out. */
  get inputProblem(): Problem | null {
    if (this.problem) return this.problem;
    const finished = this.store?.lane("actual").finished;
    const ran = this.run?.program;
    const place = { line: 0, column: 0 };
    if (finished?.error_type === ENTRY_ERROR && ran?.entry === this.program.entry) {
      return { message: finished.message ?? "", fix: "", field: "entry", ...place };
    }
    if (lacksInput(finished) && ran?.stdin === this.program.stdin) {
      const message = "The program asked for more input than there is.";
      return { message, fix: "Write one line for each input().", field: "stdin", ...place };
    }
    return null;
  }

  private get draftKey(): string {
    return this.run?.id ?? "new";
  }

  private initialProgram(): Program {
    const { run, examples, initial } = this.config;
    const fallback = examples[0] ?? { source: "", entry: "", stdin: "" };
    const example = examples.find(({ slug }) => slug === initial.example);
    const draft = example ? null : this.drafts.load(run?.id ?? "new");
    const { source, entry, stdin } = draft ?? run ?? example ?? fallback;
    return { source, entry, stdin };
  }

  private follow(runId: string): void {
    const store = new TraceStore(this.run?.program.source);
    this.store = store;
    this.session.follow(runId, () => store.lastIds);
    this.events.changed();
  }

  private accepted(runId: string, url: string): void {
    const program = this.starting?.program ?? this.program;
    this.starting = null;
    this.refetched = false;
    // What was typed over the run before is this run's program now.
    if (this.run && this.run.id !== runId) this.drafts.forget(this.run.id);
    this.run = { id: runId, url, isOwner: true, visibility: "private", program };
    const { view } = this.player;
    this.player = new Player();
    this.player.view = view;
    const store = new TraceStore(program.source);
    this.store = store;
    this.session.adopt(() => store.lastIds);
    if (!sameProgram(this.program, program)) this.drafts.save(runId, this.program);
    this.events.navigated(this.run);
    this.events.changed();
  }

  private received(message: LaneEntries): void {
    const { store } = this;
    if (!store) return;
    const applied = store.apply(message);
    if (applied === "gap") this.refetch(message.run_id);
    if (applied !== "applied") return;
    this.update(() => this.player.sync(store));
    this.settleLater(store);
  }

  /** Rows whose alignment was put off come into order although no further message may arrive. */
  private settleLater(store: TraceStore): void {
    if (store.compared.isExact || this.settling) return;
    this.settling = true;
    this.env.later(() => {
      this.settling = false;
      if (this.store !== store) return;
      this.update(() => {
        store.compared.settle();
        this.player.sync(store);
      });
    }, store.compared.settlesInMs);
  }

  /** Starts over from the beginning of the log, once: a second gap would be the log's own. */
  private refetch(runId: string): void {
    if (this.refetched) {
      this.problem = {
        message: "Part of this run's record is missing.",
        fix: "Reload the page, or run the program again.",
        field: "",
        line: 0,
        column: 0,
      };
      this.events.changed();
      return;
    }
    this.refetched = true;
    this.follow(runId);
  }

  private completed(): void {
    if (this.store) this.store.complete = true;
    this.stopping = false;
  }

  private refused(message: ErrorMessage): void {
    const { ref = "", run_id: runId = "", fix = "", field = "", line = 0, column = 0 } = message;
    if (ref && this.starting && ref !== this.starting.ref) return;
    if (runId && this.run && runId !== this.run.id) return;
    if (LOST_RUN.has(message.code) && this.store) this.store.complete = true;
    this.starting = null;
    this.stopping = false;
    this.problem = { message: message.message, fix, field, line, column };
  }

  private update(change: () => void): void {
    change();
    this.events.changed();
  }
}
