// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { AppState } from "../src/app-state.js";
import type { PageConfig, Program } from "../src/config.js";
import { programDrafts } from "../src/drafts.js";
import { editorMarks, ranProgramMarks } from "../src/marks.js";
import type { ShownRun, StateEvents } from "../src/run-state.js";
import {
  entries,
  FakeEnvironment,
  frames,
  PROGRAM,
  pageConfig,
  RUN_ID,
  storedRun,
  TWO_CALLS,
} from "./helpers.js";

let env: FakeEnvironment;
let visited: ShownRun<Program>[];

function open(change: Partial<PageConfig> = {}): AppState {
  const events: StateEvents<Program> = { changed: () => {}, navigated: (run) => visited.push(run) };
  const state = new AppState(pageConfig(change), env, programDrafts(localStorage), events);
  state.open();
  return state;
}

/** Answers the start that the page just sent. */
function accept(runId = RUN_ID): void {
  const start = env.socket.sent[env.socket.sent.length - 1];
  const ref = String(start?.ref);
  env.socket.receive({ type: "run.accepted", ref, run_id: runId, url: `/r/${runId}` });
}

beforeEach(() => {
  localStorage.clear();
  env = new FakeEnvironment();
  visited = [];
});

describe("the program on screen", () => {
  it("is the first example on a first visit", () => {
    expect(open().input.source).toBe("a = 1\n");
  });

  it("is the example that a link names, also over a draft", () => {
    programDrafts(localStorage).save("new", PROGRAM);
    const initial = { step: null, view: null, example: "second" };
    expect(open({ initial }).input).toEqual({ source: "b = 2\n", entry: "f()", stdin: "x\n" });
  });

  it("is what was typed before a reload", () => {
    open().edit({ source: "mine = 1\n" });
    expect(open().input.source).toBe("mine = 1\n");
  });

  it("of an earlier run is its own again once the edited text has run", () => {
    const state = open({ run: storedRun() });
    env.socket.ready();
    env.socket.receive({ type: "run.complete", run_id: RUN_ID });
    state.edit({ source: "edited = 1\n" });
    state.start();
    accept("nextnextnext");
    expect(state.input.source).toBe("edited = 1\n");
    expect(open({ run: storedRun() }).input).toEqual(PROGRAM);
  });

  it("of a run is the run's own, unless it was edited there", () => {
    const run = storedRun();
    expect(open({ run }).input).toEqual(PROGRAM);
    open({ run }).edit({ source: "edited = 1\n" });
    const again = open({ run });
    expect(again.input.source).toBe("edited = 1\n");
    expect(again.run?.input.source).toBe(PROGRAM.source);
    expect(again.isEdited).toBe(true);
  });

  it("can be put back to what ran, and the edit is forgotten", () => {
    const run = storedRun();
    const state = open({ run });
    state.edit({ source: "edited = 1\n" });
    state.restore();
    expect(state.input).toEqual(PROGRAM);
    expect(open({ run }).input).toEqual(PROGRAM);
  });
});

describe("running", () => {
  it("sends the program and goes to the run's address when it is accepted", () => {
    const state = open();
    state.edit(PROGRAM);
    state.start();
    expect(state.isBusy).toBe(true);
    env.socket.ready();
    expect(env.socket.sent[0]).toMatchObject({ type: "run.start", kind: "trace", ...PROGRAM });
    accept();
    expect(visited).toMatchObject([{ id: RUN_ID, isOwner: true, visibility: "private" }]);
    env.socket.receive(entries("actual", "1-1", frames(TWO_CALLS)));
    expect([state.player.row, state.isRunning]).toEqual([7, true]);
    env.socket.receive({ type: "run.complete", run_id: RUN_ID });
    expect(state.isBusy).toBe(false);
  });

  it("starts nothing while a run goes on", () => {
    const state = open();
    state.start();
    env.socket.ready();
    state.start();
    accept();
    state.start();
    expect(env.socket.sent).toHaveLength(1);
  });

  it("asks after a break with the ids of the run that was just started", () => {
    const state = open();
    state.start();
    env.socket.ready();
    accept();
    env.socket.receive(entries("actual", "1-4", frames(TWO_CALLS.slice(0, 3))));
    env.socket.drop(1012);
    env.elapse();
    env.socket.ready();
    expect(env.socket.sent).toEqual([
      { type: "run.resume", run_id: RUN_ID, after: { actual: "1-4" } },
    ]);
    env.socket.receive(entries("actual", "1-5", frames(TWO_CALLS.slice(3), 3)));
    expect(state.store?.lane("actual").timeline.events).toEqual(TWO_CALLS);
  });

  it("forgets the earlier run's steps and follows the new ones", () => {
    const state = open({ run: storedRun() });
    env.socket.ready();
    env.socket.receive(entries("actual", "1-1", frames(TWO_CALLS)));
    env.socket.receive({ type: "run.complete", run_id: RUN_ID });
    state.play((player, store) => player.command("first", store));
    state.start();
    accept("kkkkkkkkkk");
    expect(state.store?.lane("actual").length).toBe(0);
    expect(state.player.following).toBe(true);
  });

  it("keeps what was typed between Run and the answer", () => {
    const state = open();
    state.edit({ source: "first = 1\n" });
    state.start();
    env.socket.ready();
    state.edit({ source: "first = 1\nmore = 2\n" });
    accept();
    expect(state.input.source).toBe("first = 1\nmore = 2\n");
    expect(state.run?.input.source).toBe("first = 1\n");
    expect(programDrafts(localStorage).load(RUN_ID)?.source).toBe("first = 1\nmore = 2\n");
  });

  it("stops the run, and says that it is stopping until the log ends", () => {
    const state = open({ run: storedRun() });
    env.socket.ready();
    state.stop();
    expect(env.socket.sent[1]).toEqual({ type: "run.cancel", run_id: RUN_ID });
    expect(state.isStopping).toBe(true);
    const at_ms = 0;
    env.socket.receive(
      entries("main", "1-1", { type: "run.finished", status: "cancelled", at_ms }),
    );
    expect([state.isStopping, state.isBusy]).toEqual([false, false]);
  });
});

describe("a refused program", () => {
  function refuse(change: object): AppState {
    const state = open();
    state.start();
    env.socket.ready();
    const ref = String(env.socket.sent[0]?.ref);
    env.socket.receive({ type: "error", code: "x", message: "No.", ref, ...change });
    return state;
  }

  it("is shown where the mistake is, until that is edited", () => {
    const state = refuse({ field: "source", line: 1, column: 3 });
    expect(state.isBusy).toBe(false);
    expect(editorMarks(state)).toMatchObject([{ line: 1, column: 3, kind: "error" }]);
    state.edit({ entry: "f()" });
    expect(state.trouble).not.toBeNull();
    state.edit({ source: "b = 1\n" });
    expect(state.trouble).toBeNull();
  });

  it("whose call does not work is refused at the call, until that is edited", () => {
    const state = open({ run: storedRun() });
    env.socket.ready();
    const end = { type: "trace.finished", status: "exception", steps: 0 } as const;
    const why = { error_type: "EntryError", error_line: 1, message: "f() needs 2 arguments." };
    env.socket.receive(entries("actual", "1-1", { ...end, ...why }));
    expect(state.inputTrouble).toMatchObject({ field: "entry", message: why.message });
    expect(editorMarks(state)).toEqual([]);
    state.edit({ entry: "outer(1, 2)" });
    expect(state.inputTrouble).toBeNull();
  });

  it("is shown beside the input when the program wanted more of it", () => {
    const state = open({ run: storedRun() });
    env.socket.ready();
    const end = { type: "trace.finished", status: "exception", steps: 2 } as const;
    env.socket.receive(entries("actual", "1-1", { ...end, error_type: "EOFError", error_line: 1 }));
    expect(state.inputTrouble).toMatchObject({ field: "stdin" });
    state.edit({ stdin: "4\n" });
    expect(state.inputTrouble).toBeNull();
  });

  it("does not replace the trace on screen", () => {
    const state = open({ run: storedRun() });
    env.socket.ready();
    env.socket.receive(entries("actual", "1-1", frames(TWO_CALLS)));
    env.socket.receive({ type: "run.complete", run_id: RUN_ID });
    state.start();
    const ref = String(env.socket.sent[1]?.ref);
    env.socket.receive({ type: "error", code: "quota", message: "Wait.", ref });
    expect(state.store?.lane("actual").length).toBe(8);
    expect(state.trouble?.message).toBe("Wait.");
  });
});

describe("a damaged record", () => {
  const gap = () => entries("actual", "1-9", frames(TWO_CALLS.slice(4), 4));

  it("is asked for once more, from the beginning", () => {
    const state = open({ run: storedRun() });
    env.socket.ready();
    env.socket.receive(gap());
    expect(env.socket.sent[1]).toEqual({ type: "run.resume", run_id: RUN_ID, after: {} });
    env.socket.receive(entries("actual", "1-9", frames(TWO_CALLS)));
    expect(state.store?.lane("actual").length).toBe(8);
  });

  it("is reported when it stays damaged", () => {
    const state = open({ run: storedRun() });
    env.socket.ready();
    env.socket.receive(gap(), gap());
    expect(env.socket.sent).toHaveLength(2);
    expect(state.trouble?.message).toContain("missing");
  });
});

describe("the marked lines", () => {
  function traced(): AppState {
    const state = open({ run: storedRun() });
    env.socket.ready();
    env.socket.receive(entries("actual", "1-1", frames(TWO_CALLS)));
    state.play((player, store) => player.moveTo(2, store));
    return state;
  }

  it("are in the editor while it shows the program that ran", () => {
    expect(editorMarks(traced()).map(({ line, kind }) => [line, kind])).toEqual([
      [5, "ran"],
      [6, "next"],
    ]);
  });

  it("leave the editor with the first edit and stay with the program that ran", () => {
    const state = traced();
    state.edit({ source: "x\n" });
    expect(editorMarks(state)).toEqual([]);
    expect(ranProgramMarks(state)).toHaveLength(2);
  });

  it("name the other lane where it stands on another line", () => {
    const state = traced();
    const other = TWO_CALLS.map((event) => ({ ...event, line: event.line === 6 ? 7 : event.line }));
    env.socket.receive(entries("predicted", "1-1", frames(other)));
    expect(editorMarks(state)).toContainEqual({ line: 7, kind: "other", word: "predicted: next" });
  });

  it("show where a program that could not start is wrong", () => {
    const state = open({ run: storedRun() });
    env.socket.ready();
    const end = { type: "trace.finished", status: "exception", steps: 0 } as const;
    const where = { error_type: "SyntaxError", error_line: 2, error_column: 5 };
    env.socket.receive(entries("actual", "1-1", { ...end, ...where }));
    expect(editorMarks(state)).toEqual([
      { line: 2, kind: "error", word: "SyntaxError", column: 5 },
    ]);
  });
});
