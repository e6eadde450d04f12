// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PageConfig } from "../../src/config.js";
import { SolveApp } from "../../src/elements/solve-app.js";
import type { LogEvent, TestFinished, TestRow } from "../../src/protocol.gen.js";
import {
  call,
  drawn,
  entries,
  FakeEnvironment,
  frames,
  mounted,
  one,
  pageConfig,
  RUN_ID,
  storedRun,
  textOf,
} from "../helpers.js";

const CODE = "def add(a, b):\n    return a - b\n\n\n";
const ROWS: TestRow[] = [
  { id: "g1", origin: "given", input: "add(40, 2)", expected: "42" },
  { id: "o1", origin: "own", input: "add(0, 0)", expected: "0" },
];
const STARTED = {
  type: "attempt.started",
  number: 1,
  candidate: 1,
  parent: 0,
  reason: "First answer.",
  mode: "solve",
  reasoning: true,
  engine: "Engine",
  model: "Small model",
} as const;

let env: FakeEnvironment;

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  env = new FakeEnvironment();
});

afterEach(() => document.body.replaceChildren());

async function open(change: Partial<PageConfig> = {}): Promise<SolveApp> {
  const config = pageConfig({ solves: true, problems: [EXAMPLE], examples: [], ...change });
  return mounted(SolveApp, env, config);
}

const EXAMPLE = {
  slug: "sum",
  title: "A sum",
  text: "Add two numbers.",
  form: "function",
  signature: "def add(a, b)",
  tests: "\nassert add(1, 2) == 3\n",
} as const;

async function openRun(...log: [lane: string, ...events: LogEvent[]][]): Promise<SolveApp> {
  const problem = { text: "Add two numbers." };
  const app = await open({ run: storedRun({ kind: "solve", problem }) });
  env.socket.ready();
  log.forEach(([lane, ...events], index) => {
    env.socket.receive(entries(lane, `1-${index + 1}`, ...events));
  });
  await drawn(app);
  return app;
}

function type(app: SolveApp, selector: string, text: string): void {
  const field = one<HTMLTextAreaElement>(app, selector);
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function pick(app: SolveApp, selector: string, value: string): void {
  const field = one<HTMLSelectElement>(app, selector);
  field.value = value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function finished(id: string, change: Partial<TestFinished>): LogEvent {
  return { type: "test.finished", id, verdict: "failed", status: "ok", ...change };
}

describe("the form", () => {
  it("sends the problem with its options, which stay for the next one", async () => {
    const app = await open();
    type(app, "#problem", "Add two numbers.");
    type(app, "#tests", "add(1, 2) == 3");
    pick(app, "#candidates", "3");
    pick(app, "#attempts", "2");
    pick(app, "#seconds", "60");
    one<HTMLButtonElement>(app, ".solve-run").click();
    env.socket.ready();
    const options = { candidates: 2, attempts: 2, seconds: 60, tokens: 16384, reasoning: true };
    expect(env.socket.sent[0]).toMatchObject({
      type: "run.start",
      kind: "solve",
      problem: { text: "Add two numbers.", tests: "add(1, 2) == 3", form: "free", options },
    });
    document.body.replaceChildren();
    const initial = { step: null, view: null, example: "sum" };
    const next = await open({ initial });
    expect(one<HTMLTextAreaElement>(next, "#problem").value).toBe("Add two numbers.");
    expect(one<HTMLTextAreaElement>(next, "#tests").value).toBe("assert add(1, 2) == 3");
    expect(textOf(next, ".solve-budget-box summary")).toContain("2 paths, 2 attempts");
  });

  it("says that tests are left over from an example whose text was replaced", async () => {
    const app = await open({ initial: { step: null, view: null, example: "sum" } });
    expect(app.querySelector(".tests-left-over")).toBeNull();
    type(app, "#problem", "Write a function that reverses a word.");
    await drawn(app);
    expect(textOf(app, ".tests-left-over")).toContain("tests of the example “A sum”");
    one<HTMLButtonElement>(app, ".tests-left-over button").click();
    await drawn(app);
    expect(app.querySelector(".tests-left-over")).toBeNull();
    expect(one<HTMLTextAreaElement>(app, "#tests").value).toBe("");
    expect(one<HTMLInputElement>(app, "#signature").value).toBe("");
    expect(one<HTMLTextAreaElement>(app, "#problem").value).toContain("reverses");
  });

  it("in hint mode offers neither paths nor attempts, and says why", async () => {
    const app = await open();
    one<HTMLInputElement>(app, ".solve-options label:last-child input").click();
    await drawn(app);
    expect(textOf(app, ".solve-run")).toContain("Give me a hint");
    for (const name of ["#candidates", "#attempts"]) {
      expect(one<HTMLSelectElement>(app, name).disabled).toBe(true);
    }
    expect(textOf(app, ".solve-budget-box")).toContain("A hint is one answer");
  });

  it("shows what is refused at its field, puts the focus there, and keeps every text", async () => {
    const app = await open();
    type(app, "#problem", "Add.");
    type(app, "#tests", "assert add(");
    one<HTMLButtonElement>(app, ".solve-run").click();
    env.socket.ready();
    const ref = String(env.socket.sent[0]?.ref);
    const refusal = { message: "Line 1: this is no test.", fix: "Change it.", field: "tests" };
    env.socket.receive({ type: "error", code: "tests.unreadable", ref, line: 1, ...refusal });
    await drawn(app);
    expect(textOf(app, "#tests-problem")).toBe("Line 1: this is no test. Change it.");
    expect(document.activeElement?.id).toBe("tests");
    expect(one<HTMLTextAreaElement>(app, "#tests").value).toBe("assert add(");
    expect(app.querySelector(".banner")).toBeNull();
    type(app, "#tests", "assert add(1, 2) == 3");
    await drawn(app);
    expect(textOf(app, "#tests-problem")).toBe("");
  });

  it("shows above everything what is about no field", async () => {
    const app = await open();
    one<HTMLButtonElement>(app, ".solve-run").click();
    env.socket.ready();
    const ref = String(env.socket.sent[0]?.ref);
    env.socket.receive({
      type: "error",
      code: "quota.rate",
      ref,
      message: "Too many.",
      fix: "Wait.",
    });
    await drawn(app);
    expect(textOf(app, ".banner")).toContain("Too many. Wait.");
  });

  it("says that nothing here can solve, and what works all the same", async () => {
    const app = await open({ solves: false });
    expect(textOf(app, ".solve-none")).toContain("No model on this server can solve problems.");
    expect(textOf(app, ".solve-none")).toContain("Traces of programs work");
  });

  it("belongs to whoever looks: a stranger starts a run of his own", async () => {
    const problem = { text: "Add two numbers." };
    const app = await open({ run: storedRun({ kind: "solve", problem, is_owner: false }) });
    env.socket.ready();
    expect(one<HTMLTextAreaElement>(app, "#problem").value).toBe("Add two numbers.");
    one<HTMLButtonElement>(app, ".solve-run").click();
    expect(env.socket.sent.map((message) => message.type)).toEqual(["run.resume", "run.start"]);
  });

  it("asks for what was typed over a run again after a reload", async () => {
    const problem = { text: "Add two numbers." };
    const app = await open({ run: storedRun({ kind: "solve", problem }) });
    type(app, "#problem", "Add three numbers.");
    document.body.replaceChildren();
    const again = await open({ run: storedRun({ kind: "solve", problem }) });
    expect(one<HTMLTextAreaElement>(again, "#problem").value).toBe("Add three numbers.");
  });
});

describe("a run that goes on", () => {
  it("says who answers and what is being done, and can be stopped beside the solution", async () => {
    const stage = { stage: "generate_answer", lane: "answer.1", attempt: 1, number: 1 } as const;
    const app = await openRun(
      ["main", { type: "stage.started", ...stage, at_ms: 0 }],
      ["answer.1", { ...STARTED, reasoning: false }],
      ["answer.1", { type: "answer.delta", part: "code", text: "def add(" }],
    );
    expect(textOf(app, ".solve-head .status")).toBe("Solving…");
    expect(textOf(app, ".solve-reason")).toBe("Attempt 1: Writing…");
    expect(textOf(app, ".attempt-who")).toContain("Small model");
    expect(textOf(app, ".attempt-who")).toContain("it does not think first");
    expect(textOf(app, ".answer-code")).toBe("def add(");
    one<HTMLButtonElement>(app, ".solve-stop").click();
    expect(env.socket.sent.at(-1)).toEqual({ type: "run.cancel", run_id: RUN_ID });
  });

  it("remembers at the click that the reasoning was folded, for an attempt shown right then", async () => {
    const app = await openRun([
      "answer.1",
      STARTED,
      { type: "answer.delta", part: "reasoning", text: "Add them." },
    ]);
    expect(one<HTMLDetailsElement>(app, ".reasoning").open).toBe(true);
    one(app, ".reasoning summary").click();
    expect(JSON.stringify(localStorage)).toContain("folded");
    await drawn(app);
    expect(one<HTMLDetailsElement>(app, ".reasoning").open).toBe(false);
  });

  it("shows that results are being predicted before the first one is there", async () => {
    const stage = { stage: "predict_results", lane: "results.1", attempt: 1, number: 1 } as const;
    const app = await openRun(
      ["answer.1", STARTED, { type: "answer.finished", status: "ok", code: CODE, tests: ROWS }],
      ["main", { type: "stage.started", ...stage, at_ms: 0 }],
    );
    expect(textOf(app, ".tests thead")).toContain("Predicted, not executed");
    expect(textOf(app, 'td[data-name="Predicted, not executed"]')).toBe("Predicting…");
  });
});

describe("a run that is over", () => {
  const LOG: [string, ...LogEvent[]][] = [
    [
      "answer.1",
      STARTED,
      { type: "answer.delta", part: "text", text: "So:\n\n\n\n\nThere." },
      { type: "answer.finished", status: "ok", code: CODE, function: "add", tests: ROWS },
    ],
    [
      "tests.1",
      { type: "tests.started", tier: "A", python: "3.11", total: 2 },
      finished("g1", { got: "38", input: "add(40, 2)" }),
      finished("o1", { verdict: "error", status: "wall_limit", message: "Ran past 2 s." }),
    ],
    [
      "actual.1",
      {
        type: "trace.started",
        origin: "actual",
        engine: "CPython",
        test: "g1",
        entry: "add(40, 2)",
      },
      frames([call("add", 1, 1, { a: "40", b: "2" })]),
    ],
    [
      "main",
      {
        type: "attempt.finished",
        number: 1,
        verdict: "red",
        best: 1,
        at_ms: 1,
        given_failed: 1,
        own_failed: 1,
      },
      {
        type: "solve.finished",
        outcome: "unsolved",
        best: 1,
        at_ms: 2,
        reason: "Not solved: the best attempt passes 0 of 2 tests.",
        usage: { attempts: 1, output_tokens: 90, wall_ms: 4000 },
        budget_left: { attempts: 0, tokens: 100, seconds: 20 },
      },
      { type: "run.finished", status: "failed", at_ms: 3 },
    ],
  ];

  it("says once how it ended, what it took, what is left, and what may help", async () => {
    const app = await openRun(...LOG);
    expect(textOf(app, ".solve-head .status")).toBe("Not solved");
    expect(textOf(app, ".solve-reason")).toBe(
      "The best attempt passes 0 of 2 tests. Say the problem in other words, or allow more attempts.",
    );
    expect(textOf(app, ".solve-budget")).toBe(
      "Small model · Used: 1 attempt, 90 tokens, 4 s · Budget left: 0 attempts, 100 tokens, 20 s",
    );
  });

  it("names a test's own end, whose test it was, and which one is traced", async () => {
    const app = await openRun(...LOG);
    const rows = [...app.querySelectorAll(".tests tbody tr")].map((row) => row.textContent ?? "");
    expect(rows[0]).toContain("given, traced below");
    expect(rows[1]).toContain("model’s own");
    expect(rows[1]).toContain("Ran out of time");
    expect(textOf(app, "tests-table")).toContain("what they expect can be wrong");
  });

  it("hands the code and the traced call to the player page, and touches no draft there", async () => {
    localStorage.setItem("draft:new", "mine");
    const app = await openRun(...LOG);
    const [button] = [...app.querySelectorAll<HTMLButtonElement>(".code-head button")].filter(
      ({ textContent }) => textContent?.includes("Open in trace"),
    );
    button?.click();
    expect(JSON.parse(sessionStorage.getItem("handover") ?? "null")).toEqual({
      source: "def add(a, b):\n    return a - b\n",
      entry: "add(40, 2)",
      stdin: "",
    });
    expect(localStorage.getItem("draft:new")).toBe("mine");
  });

  it("does not lay its failed tests to a prediction that nobody made", async () => {
    const app = await openRun(...LOG);
    expect(textOf(app, "trace-timeline")).toContain("No prediction");
    expect(textOf(app, "trace-timeline")).not.toContain("Service problem");
  });

  it("that no model could answer gives the server's reason", async () => {
    const app = await openRun(
      ["answer.1", STARTED, { type: "answer.finished", status: "error", message: "It is down." }],
      [
        "main",
        { type: "attempt.finished", number: 1, verdict: "error", best: 1, at_ms: 1 },
        { type: "solve.finished", outcome: "failed", best: 0, at_ms: 2, reason: "It is down." },
        { type: "run.finished", status: "failed", at_ms: 3, reason: "It is down." },
      ],
    );
    expect(textOf(app, ".solve-head .status")).toBe("Service problem");
    expect(textOf(app, ".solve-reason")).toBe("It is down.");
  });
});

describe("the keys", () => {
  it("start a run and explain themselves", async () => {
    const app = await open();
    const press = (key: string, change = {}) =>
      document.body.dispatchEvent(
        new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...change }),
      );
    press("?");
    expect(one<HTMLDialogElement>(app, "shortcut-dialog dialog").open).toBe(true);
    type(app, "#problem", "Add.");
    press("Enter", { ctrlKey: true });
    env.socket.ready();
    expect(env.socket.sent).toHaveLength(1);
  });
});
