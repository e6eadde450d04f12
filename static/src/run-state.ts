/**
 * Everything that a page knows about the run that it shows, without the DOM, whatever the kind of
 * run: what the person typed, the run, its event log, and what went wrong.
 *
 * What is typed and what the run was asked are two things: a person may type on while the run of
 * the earlier text is still worth looking at.
 */

import type { PageConfig, StoredRun, Visibility } from "./config.js";
import type { Drafts } from "./drafts.js";
import type { Player } from "./player.js";
import type { Error as ErrorMessage, LaneEntries, RunStart } from "./protocol.gen.js";
import { type Connection, LOST_RUN, RunSession, type SessionEnvironment } from "./run-session.js";
import type { Applied, TraceStore } from "./trace-store.js";

/** A run as its address names it. */
export interface RunLink {
  id: string;
  url: string;
  isOwner: boolean;
  visibility: Visibility;
}

export interface ShownRun<Input> extends RunLink {
  /** What it was asked. */
  input: Input;
}

export interface Trouble {
  message: string;
  fix: string;
  /** The field of the input that it is about, empty when it is about the run as a whole. */
  field: string;
  line: number;
  column: number;
}

/** A fold over a run's log. */
export interface RunStore {
  readonly lastIds: ReadonlyMap<string, string>;
  /** Whether nothing more can come. */
  readonly isOver: boolean;
  apply(message: LaneEntries): Applied;
  /** The server said that the log is closed and was sent in full, or that there is none. */
  close(): void;
}

/** A trace on screen, the cursor in it, and the program that it belongs to. */
export interface Cursor {
  player: Player;
  trace: TraceStore;
  source: string;
}

export interface StateEvents<Input> {
  /** Something that the page shows has changed. */
  changed(): void;
  /** The page now shows this run: its address belongs into the address bar. */
  navigated(run: ShownRun<Input>): void;
}

/** Where the input is kept between visits of a page without a run. */
const NEW = "new";

let refs = 0;

export abstract class RunState<Input extends object, Store extends RunStore> {
  input: Input;
  run: ShownRun<Input> | null = null;
  store: Store | null = null;
  connection: Connection = "idle";
  trouble: Trouble | null = null;
  readonly session: RunSession;
  /** The input of a start that the server has not answered yet, with its `ref`. */
  private starting: { ref: string; input: Input } | null = null;
  private stopping = false;
  private refetched = false;
  private settling = false;

  constructor(
    readonly config: PageConfig,
    private readonly env: SessionEnvironment,
    protected readonly drafts: Drafts<Input>,
    private readonly events: StateEvents<Input>,
  ) {
    this.session = new RunSession(env, {
      connection: (state) => this.update(() => (this.connection = state)),
      accepted: ({ runId, url }) => this.accepted(runId, url),
      entries: (message) => this.received(message),
      complete: () => this.update(() => this.completed()),
      error: (message) => this.update(() => this.refused(message)),
    });
    this.input = this.initialInput();
  }

  // --- what a kind of run adds ---------------------------------------------------------------

  /** The example that a link names. */
  protected abstract exampleInput(slug: string): Input | null;
  /** What a person finds on a first visit. */
  protected abstract firstInput(): Input;
  protected abstract storedInput(run: StoredRun): Input;
  protected abstract startMessage(ref: string, input: Input): RunStart;
  protected abstract newStore(input: Input): Store;
  /** A new run takes the place of the one shown so far. */
  protected abstract beginAgain(): void;
  /** Brings all cursors in line with what has arrived. */
  protected abstract sync(store: Store): void;
  /** What is wrong with an input that the server need not even be asked about. */
  protected check(_input: Input): Trouble | null {
    return null;
  }
  protected abstract tracesOf(store: Store): readonly TraceStore[];
  /** The trace on screen. */
  abstract get cursor(): Cursor | null;

  // --- what a person does --------------------------------------------------------------------

  /** Follows the run that the page was opened for, if any. */
  open(): void {
    const { run } = this.config;
    if (!run) return;
    this.run = {
      id: run.id,
      url: run.url,
      isOwner: run.is_owner,
      visibility: run.visibility,
      input: this.storedInput(run),
    };
    this.follow(run.id);
  }

  edit(change: Partial<Input>): void {
    this.update(() => {
      this.input = { ...this.input, ...change };
      if (this.trouble && this.trouble.field in change) this.trouble = null;
      this.drafts.save(this.draftKey, this.input);
    });
  }

  dismiss(): void {
    this.update(() => (this.trouble = null));
  }

  start(): void {
    if (this.isBusy) return;
    this.update(() => {
      const input = { ...this.input };
      this.drafts.save(this.draftKey, input);
      this.trouble = this.check(input);
      if (this.trouble) return;
      const ref = `run-${++refs}`;
      this.starting = { ref, input };
      this.stopping = false;
      this.session.start(this.startMessage(ref, input));
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

  setVisibility(visibility: Visibility): void {
    this.update(() => {
      if (this.run) this.run = { ...this.run, visibility };
    });
  }

  /** Changes the cursor or the lane of the trace on screen. */
  play(change: (player: Player, trace: TraceStore) => void): void {
    const { cursor } = this;
    if (cursor) this.update(() => change(cursor.player, cursor.trace));
  }

  // --- how things stand ----------------------------------------------------------------------

  get isStarting(): boolean {
    return this.starting !== null;
  }

  get isRunning(): boolean {
    return this.store !== null && !this.store.isOver;
  }

  /** Whether a run of this person's own is under way; somebody else's keeps nobody from running. */
  get isBusy(): boolean {
    return this.isStarting || (this.isRunning && this.run?.isOwner === true);
  }

  get isStopping(): boolean {
    return this.stopping && this.isRunning;
  }

  // --- what arrives --------------------------------------------------------------------------

  private get draftKey(): string {
    return this.run?.id ?? NEW;
  }

  private initialInput(): Input {
    const { run, initial } = this.config;
    const example = initial.example ? this.exampleInput(initial.example) : null;
    const draft = example ? null : this.drafts.load(run?.id ?? NEW);
    return draft ?? (run ? this.storedInput(run) : null) ?? example ?? this.firstInput();
  }

  private follow(runId: string): void {
    const store = this.newStore(this.run?.input ?? this.input);
    this.store = store;
    this.session.follow(runId, () => store.lastIds);
    this.events.changed();
  }

  private accepted(runId: string, url: string): void {
    const input = this.starting?.input ?? this.input;
    this.starting = null;
    this.refetched = false;
    // What was typed over the run before is this run's input now.
    if (this.run && this.run.id !== runId) this.drafts.forget(this.run.id);
    this.run = { id: runId, url, isOwner: true, visibility: "private", input };
    this.beginAgain();
    const store = this.newStore(input);
    this.store = store;
    this.session.adopt(() => store.lastIds);
    if (JSON.stringify(this.input) !== JSON.stringify(input)) this.drafts.save(runId, this.input);
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

  /** Rows whose alignment was put off come into order although no further message may arrive. */
  private settleLater(store: Store): void {
    const [open] = this.tracesOf(store).filter(({ compared }) => !compared.isExact);
    if (!open || this.settling) return;
    this.settling = true;
    this.env.later(() => {
      this.settling = false;
      if (this.store !== store) return;
      this.update(() => {
        for (const { compared } of this.tracesOf(store)) compared.settle();
        this.sync(store);
      });
    }, open.compared.settlesInMs);
  }

  /** Starts over from the beginning of the log, once: a second gap would be the log's own. */
  private refetch(runId: string): void {
    if (!this.refetched) {
      this.refetched = true;
      this.follow(runId);
      return;
    }
    const message = "Part of this run's record is missing.";
    const fix = "Reload the page, or start the run again.";
    this.update(() => (this.trouble = { message, fix, field: "", line: 0, column: 0 }));
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

  protected update(change: () => void): void {
    change();
    this.events.changed();
  }
}
