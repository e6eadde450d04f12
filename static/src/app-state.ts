/** What the player page knows beyond any run: the program, its trace, and the cursor in it. */

import type { PageConfig, Program, StoredRun } from "./config.js";
import { type Drafts, programOf } from "./drafts.js";
import { ENTRY_ERROR, lacksInput } from "./lane-status.js";
import { Player } from "./player.js";
import type { RunStart } from "./protocol.gen.js";
import type { SessionEnvironment } from "./run-session.js";
import { type Cursor, RunState, type StateEvents, type Trouble } from "./run-state.js";
import { TraceStore } from "./trace-store.js";

export class AppState extends RunState<Program, TraceStore> {
  player: Player;

  constructor(
    config: PageConfig,
    env: SessionEnvironment,
    drafts: Drafts<Program>,
    events: StateEvents<Program>,
  ) {
    super(config, env, drafts, events);
    this.player = new Player(config.initial);
  }

  /** Puts the program that ran back into the editor. */
  restore(): void {
    if (!this.run) return;
    const { input, id } = this.run;
    this.edit(input);
    this.drafts.forget(id);
  }

  override get cursor(): Cursor | null {
    const { store, player, run } = this;
    return store && { player, trace: store, source: run?.input.source ?? "" };
  }

  /** Whether the editor's text is no longer the text that the trace belongs to. */
  get isEdited(): boolean {
    return this.run !== null && this.run.input.source !== this.input.source;
  }

  /** What is wrong with the person's input: as the server said, or as the recorder found out. */
  get inputTrouble(): Trouble | null {
    if (this.trouble) return this.trouble;
    const finished = this.store?.lane("actual").finished;
    const ran = this.run?.input;
    const place = { line: 0, column: 0 };
    if (finished?.error_type === ENTRY_ERROR && ran?.entry === this.input.entry) {
      return { message: finished.message ?? "", fix: "", field: "entry", ...place };
    }
    if (lacksInput(finished) && ran?.stdin === this.input.stdin) {
      const message = "The program asked for more input than there is.";
      return { message, fix: "Write one line for each input().", field: "stdin", ...place };
    }
    return null;
  }

  protected override exampleInput(slug: string): Program | null {
    const example = this.config.examples.find((each) => each.slug === slug);
    return example ? programOf(example) : null;
  }

  protected override firstInput(): Program {
    return programOf(this.config.examples[0] ?? { source: "", entry: "", stdin: "" });
  }

  protected override storedInput(run: StoredRun): Program {
    return programOf(run);
  }

  protected override startMessage(ref: string, program: Program): RunStart {
    return { type: "run.start", ref, kind: "trace", ...program };
  }

  protected override newStore({ source }: Program): TraceStore {
    return new TraceStore(source);
  }

  /** The lane that was looked at stays. */
  protected override beginAgain(): void {
    const { view } = this.player;
    this.player = new Player();
    this.player.view = view;
  }

  protected override sync(store: TraceStore): void {
    this.player.sync(store);
  }

  protected override tracesOf(store: TraceStore): readonly TraceStore[] {
    return [store];
  }
}
