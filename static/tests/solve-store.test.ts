import { describe, expect, it } from "vitest";
import { laneStatus } from "../src/lane-status.js";
import type { LaneEntries, LogEvent, StageStarted, TestRow } from "../src/protocol.gen.js";
import { SolveStore } from "../src/solve-store.js";
import {
  attemptStatus,
  budgetText,
  modelsText,
  originText,
  predictionWord,
  solveStatus,
  testStatus,
} from "../src/solve-words.js";
import { call, entries, frames, line, returned } from "./helpers.js";

const CODE = "def add(a, b):\n    return a + b\n";
const ROWS: TestRow[] = [
  { id: "g1", origin: "given", input: "add(1, 2)", expected: "3" },
  { id: "o1", origin: "own", input: "add(0, 0)", expected: "0" },
];

const STARTED: LogEvent = {
  type: "attempt.started",
  number: 1,
  candidate: 1,
  parent: 0,
  reason: "First attempt.",
  mode: "solve",
  reasoning: true,
  engine: "Engine",
  model: "Model",
};

/** A run of one attempt with one wrong prediction, as the server sends it. */
const LOG: LaneEntries[] = [
  entries(
    "main",
    "1-1",
    { type: "run.queued", ahead: 2, at_ms: 0 },
    stage("stage.started", "generate_answer", "answer.1"),
  ),
  entries("answer.1", "1-1", STARTED, { type: "answer.delta", part: "reasoning", text: "Add " }),
  entries(
    "answer.1",
    "1-2",
    { type: "answer.delta", part: "reasoning", text: "them." },
    { type: "answer.delta", part: "code", text: "x = 1\n" },
    { type: "answer.delta", part: "code", text: CODE, block: 1 },
    { type: "answer.finished", status: "ok", code: CODE, function: "add", tests: ROWS },
  ),
  entries(
    "results.1",
    "1-1",
    { type: "results.started", engine: "Engine", model: "Pocket" },
    { type: "result.predicted", id: "g1", value: "4" },
  ),
  entries(
    "tests.1",
    "1-1",
    { type: "tests.started", tier: "box", python: "3.11", total: 2 },
    { type: "test.started", id: "g1" },
    {
      type: "test.finished",
      id: "g1",
      verdict: "passed",
      status: "ok",
      got: "3",
      predicted_right: false,
    },
    { type: "test.started", id: "o1" },
  ),
  entries(
    "actual.1",
    "1-1",
    { type: "trace.started", origin: "actual", engine: "CPython", test: "g1", entry: "add(1, 2)" },
    frames([call("add", 1, 1, { a: "1", b: "2" }), line("add", 2, 1), returned("add", 2, 1, "3")]),
    { type: "trace.finished", status: "ok", steps: 3 },
  ),
  entries(
    "main",
    "1-2",
    {
      type: "attempt.finished",
      number: 1,
      verdict: "green",
      best: 1,
      at_ms: 5,
      given_passed: 1,
      own_passed: 1,
      budget_left: { attempts: 3, tokens: 12000, seconds: 250 },
    },
    { type: "solve.finished", outcome: "solved", best: 1, at_ms: 6 },
    { type: "run.finished", status: "succeeded", at_ms: 7 },
  ),
];

function stage(type: "stage.started", name: StageStarted["stage"], lane: string): LogEvent {
  return { type, stage: name, lane, attempt: 1, number: 1, at_ms: 1 };
}

function folded(log: readonly LaneEntries[]): SolveStore {
  const store = new SolveStore();
  for (const message of log) expect(store.apply(message)).toBe("applied");
  return store;
}

/** What the page shows of the first attempt. */
function shown(store: SolveStore): unknown {
  const attempt = store.attempts.get(1);
  return {
    reasoning: attempt?.textOf("reasoning"),
    code: attempt?.code,
    lines: attempt?.lines,
    traced: attempt?.traced,
    steps: attempt?.trace.lane("actual").timeline.events,
    over: attempt?.trace.isOver,
    status: solveStatus(store),
  };
}

describe("the fold over a solve run", () => {
  it("shows the same whichever lane comes first", () => {
    const whole = shown(folded(LOG));
    const byLane = ["tests.1", "actual.1", "main", "results.1", "answer.1"];
    const sorted = byLane.flatMap((lane) => LOG.filter((message) => message.lane === lane));
    expect(shown(folded(sorted))).toEqual(whole);
  });

  it("takes the program that is tested for the code, not the first block", () => {
    expect(folded(LOG).attempts.get(1)?.code).toBe(CODE);
    expect(folded(LOG.slice(0, 2)).attempts.get(1)?.code).toBe("");
  });

  it("joins what a part is sent in", () => {
    expect(folded(LOG).attempts.get(1)?.textOf("reasoning")).toBe("Add them.");
  });

  it("takes an entry once", () => {
    const store = folded(LOG.slice(0, 2));
    expect(store.apply(LOG[1] as LaneEntries)).toBe("duplicate");
    expect(store.attempts.get(1)?.textOf("reasoning")).toBe("Add ");
  });

  it("forgets what a lost worker wrote", () => {
    const store = folded(LOG.slice(0, 2));
    store.apply(
      entries(
        "answer.1",
        "2-1",
        { type: "lane.reset", attempt: 2, reason: "Worker lost." },
        STARTED,
      ),
    );
    expect(store.attempts.get(1)?.textOf("reasoning")).toBe("");
    expect(store.attempts.get(1)?.answer.resetReason).toBe("Worker lost.");
  });

  it("asks again where steps of a trace are missing", () => {
    const late = entries("actual.1", "1-1", frames([line("add", 2, 1)], 4));
    const store = new SolveStore();
    expect(store.apply(late)).toBe("gap");
    expect(store.lastIds.has("actual.1")).toBe(false);
  });

  it("leaves lanes alone that it does not know", () => {
    expect(new SolveStore().apply(entries("later.1", "1-1"))).toBe("applied");
  });
});

describe("the words of a solve run", () => {
  const before = folded(LOG.slice(0, -1));
  const after = folded(LOG);

  it("give each test its verdict, and say when a prediction was wrong", () => {
    const [first, second] = before.attempts.get(1)?.lines ?? [];
    if (!first || !second) throw new Error("no rows");
    expect(testStatus(first, false).word).toBe("Passed");
    expect(predictionWord(first)).toBe("predicted wrongly");
    expect(testStatus(second, false).word).toBe("Running…");
    expect(testStatus(second, true).word).toBe("Not run");
  });

  it("count the tests of an attempt and name what is left", () => {
    const attempt = after.attempts.get(1);
    expect(attempt && attemptStatus(attempt, true).word).toBe("2 of 2 tests pass");
    expect(budgetText(after)).toBe("Budget left: 3 attempts, 12,000 tokens, 250 s");
    expect(solveStatus(after).word).toBe("Every test passes");
    expect(solveStatus(before).word).toBe("Solving…");
  });

  it("say which attempt of which model passed, and claim nothing for tests it made up", () => {
    expect(solveStatus(after).detail).toBe(
      "Attempt 1, by Model, passes 1 given test and 1 of the model’s own. No other input was tried.",
    );
    const guessed = solveStatus(
      folded([
        ...LOG.slice(0, 2),
        entries(
          "main",
          "1-2",
          {
            type: "attempt.finished",
            number: 1,
            verdict: "green",
            best: 1,
            at_ms: 5,
            own_passed: 3,
          },
          { type: "solve.finished", outcome: "solved", best: 1, at_ms: 6 },
        ),
      ]),
    );
    expect(guessed.word).toBe("Passes the model’s own tests");
    expect(guessed.detail).toContain("passes 3 tests that the model made up itself");
    expect(guessed.detail).toContain("add a test of your own");
  });

  it("tell a repair from an attempt that begins anew", () => {
    const begun = (number: number, parent: number, candidate = 1) => {
      const started: LogEvent = { ...STARTED, number, parent, candidate };
      const attempt = folded([entries(`answer.${number}`, "1-1", started)]).attempts.get(number);
      return attempt && originText(attempt);
    };
    expect(begun(1, 0)).toBe("first answer");
    expect(begun(2, 1)).toBe("after 1");
    expect(begun(3, 0)).toBe("begins anew");
    expect(begun(2, 0, 2)).toBe("path 2");
    expect(begun(4, 0, 2)).toBe("begins anew");
  });

  it("tell code that fails given tests from code that fails only what the model made up", () => {
    const ended = (given_passed: number, given_failed: number) =>
      solveStatus(
        folded([
          ...LOG.slice(0, 3),
          entries(
            "main",
            "1-2",
            {
              type: "attempt.finished",
              number: 1,
              verdict: "red",
              best: 1,
              at_ms: 5,
              given_passed,
              given_failed,
              own_failed: 1,
            },
            { type: "solve.finished", outcome: "unsolved", best: 1, at_ms: 6, reason: "No." },
          ),
        ]),
      );
    expect(ended(1, 0)).toMatchObject({ word: "All given tests pass", tone: "warn" });
    expect(ended(0, 1).word).toBe("Not solved");
    expect(ended(0, 0).word).toBe("Not solved");
  });

  it("do not call code wrong that only the model’s own guesses speak against", () => {
    const ended = (own_passed: number) =>
      solveStatus(
        folded([
          ...LOG.slice(0, 1),
          entries("answer.1", "1-1", STARTED, {
            type: "answer.finished",
            status: "ok",
            code: CODE,
            tests: ROWS.slice(1),
          }),
          entries(
            "main",
            "1-2",
            {
              type: "attempt.finished",
              number: 1,
              verdict: "red",
              best: 1,
              at_ms: 5,
              own_passed,
              own_failed: 1,
            },
            { type: "solve.finished", outcome: "unsolved", best: 1, at_ms: 6, reason: "No." },
          ),
        ]),
      );
    expect(ended(2)).toMatchObject({ tone: "warn" });
    expect(ended(2).word).toContain("own tests disagree");
    expect(ended(2).detail).toContain("Add a test of your own");
    expect(ended(0).word).toBe("Not solved");
  });

  it("name every model that answered, and which attempts were its own", () => {
    const answered = (number: number, model: string) =>
      entries(`answer.${number}`, "1-1", { ...STARTED, number, model });
    const one = folded([answered(1, "A"), answered(2, "A")]);
    expect(modelsText(one)).toBe("");
    one.close();
    expect(modelsText(one)).toBe("A");
    expect(modelsText(folded([answered(2, "A"), answered(3, "B"), answered(1, "A")]))).toBe(
      "A (attempts 1, 2), B (attempt 3)",
    );
    const many = [1, 2, 3, 5, 6].map((number) => answered(number, "A"));
    expect(modelsText(folded([...many, answered(4, "B")]))).toBe(
      "A (attempts 1–3, 5, 6), B (attempt 4)",
    );
    expect(modelsText(new SolveStore())).toBe("");
  });

  it("say that nothing is predicted where no model was asked to before the tests ran", () => {
    const recording = [
      stage("stage.started", "run_tests", "tests.1"),
      stage("stage.started", "record_trace", "actual.1"),
    ];
    const status = (...events: LogEvent[]) =>
      laneStatus(
        "predicted",
        folded([entries("main", "1-1", ...events)]).attempts.get(1)?.trace ?? null,
      );
    expect(status(...recording)).toMatchObject({
      word: "No prediction",
      detail: "This site had no model that predicts traces when this run began.",
    });
    const asked = stage("stage.started", "predict_results", "results.1");
    expect(status(asked, ...recording).word).toBe("Waiting");
  });

  it("say that a run was stopped, with what is kept", () => {
    const stopped = folded([
      ...LOG.slice(0, 2),
      entries("main", "1-2", {
        type: "run.finished",
        status: "cancelled",
        at_ms: 3,
        reason: "Stopped by you.",
      }),
    ]);
    expect(solveStatus(stopped)).toMatchObject({
      word: "Stopped",
      detail: "Stopped by you. What had arrived is still here.",
    });
    const attempt = stopped.attempts.get(1);
    expect(attempt && attemptStatus(attempt, true).word).toBe("Stopped");
  });
});
