/** What the solve page knows beyond any run: the attempt looked at, and a cursor in each trace. */

import type { StoredRun } from "./config.js";
import { Player } from "./player.js";
import type { RunStart } from "./protocol.gen.js";
import {
  asProblem,
  asQuestion,
  emptyQuestion,
  exampleQuestion,
  type Options,
  type Question,
  rememberOptions,
  tooLong,
  withOptions,
} from "./question.js";
import { type Cursor, RunState, type Trouble } from "./run-state.js";
import { type Attempt, SolveStore } from "./solve-store.js";
import type { TraceStore } from "./trace-store.js";

export class SolveState extends RunState<Question, SolveStore> {
  /** The attempt that the person chose; 0 shows the one that matters now. */
  chosen = 0;
  private readonly players = new Map<number, Player>();

  choose(number: number): void {
    this.update(() => (this.chosen = number));
  }

  /** Options are a preference too: the next problem begins with them. */
  setOptions(change: Partial<Options>): void {
    const options = withOptions(this.input.options, change);
    rememberOptions(options);
    this.edit({ options });
  }

  /** The attempt on screen. */
  get attempt(): Attempt | null {
    const { store } = this;
    return store?.attempts.get(this.chosen) ?? store?.attempts.get(store.current) ?? null;
  }

  override get cursor(): Cursor | null {
    const { attempt } = this;
    if (!attempt?.hasTrace) return null;
    const player = this.player(attempt.number);
    return { player, trace: attempt.trace, source: attempt.code };
  }

  /** The cursor in the trace of an attempt. It begins at the start: the end is the test's result. */
  player(number: number): Player {
    const known = this.players.get(number);
    if (known) return known;
    const made = new Player({ step: 1 });
    this.players.set(number, made);
    return made;
  }

  protected override exampleInput(slug: string): Question | null {
    const example = this.config.problems?.find((each) => each.slug === slug);
    return example ? exampleQuestion(example) : null;
  }

  protected override firstInput(): Question {
    return emptyQuestion();
  }

  protected override storedInput(run: StoredRun): Question {
    return asQuestion(run.problem);
  }

  /** A text of megabytes would not even arrive. */
  protected override check(question: Question): Trouble | null {
    return tooLong(question, this.config.limits);
  }

  protected override startMessage(ref: string, question: Question): RunStart {
    return { type: "run.start", ref, kind: "solve", problem: asProblem(question) };
  }

  protected override newStore(): SolveStore {
    return new SolveStore();
  }

  protected override beginAgain(): void {
    this.chosen = 0;
    this.players.clear();
  }

  protected override sync(store: SolveStore): void {
    for (const [number, attempt] of store.attempts) this.player(number).sync(attempt.trace);
  }

  protected override tracesOf(store: SolveStore): readonly TraceStore[] {
    return [...store.attempts.values()].map(({ trace }) => trace);
  }
}
