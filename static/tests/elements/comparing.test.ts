// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PlaygroundApp } from "../../src/elements/playground-app.js";
import type { LogEvent, TraceEvent, TraceFinished } from "../../src/protocol.gen.js";
import {
  drawn,
  entries,
  FakeEnvironment,
  frames,
  line,
  mounted,
  pageConfig,
  RUN_ID,
  returned,
  storedRun,
  TWO_CALLS,
  textOf,
} from "../helpers.js";

let env: FakeEnvironment;
let app: PlaygroundApp;

beforeEach(async () => {
  localStorage.clear();
  env = new FakeEnvironment();
  app = await mounted(PlaygroundApp, env, pageConfig({ run: storedRun() }));
  env.socket.ready();
  await drawn(app);
});

afterEach(() => document.body.replaceChildren());

function press(key: string): void {
  const player = app.querySelector(".player");
  player?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

function click(selector: string): void {
  app.querySelector<HTMLElement>(selector)?.click();
}

function ended(status: TraceFinished["status"], steps: number): LogEvent {
  return { type: "trace.finished", status, steps };
}

/** Both lanes whole, and the run over. */
async function finish(
  predicted: readonly TraceEvent[],
  actual: readonly TraceEvent[],
  status: TraceFinished["status"] = "ok",
): Promise<void> {
  env.socket.receive(
    entries("actual", "1-1", frames(actual), ended("ok", actual.length)),
    entries("predicted", "1-1", frames(predicted), ended(status, predicted.length)),
    { type: "run.complete", run_id: RUN_ID },
  );
  await drawn(app);
}

/** `TWO_CALLS` in which the prediction has got y, and with it the result, wrong. */
const WRONG: readonly TraceEvent[] = [
  ...TWO_CALLS.slice(0, 6),
  line("outer", 7, 1, { y: "'12'" }),
  returned("outer", 7, 1, "'12'"),
];
const RIGHT: readonly TraceEvent[] = [
  ...TWO_CALLS.slice(0, 6),
  line("outer", 7, 1, { y: "'112'" }),
  returned("outer", 7, 1, "'112'"),
];

describe("prediction beside reality", () => {
  it("pins the first difference with its kind, its values and their unlike characters", async () => {
    await finish(WRONG, RIGHT);
    expect(textOf(app, ".verdict-title")).toBe("Differs at step 7");
    expect(textOf(app, ".verdict-kind")).toBe("Wrong value");
    expect(textOf(app, ".verdict-side-predicted")).toBe("Predicted, not executed y = '12'");
    expect(textOf(app, ".verdict-side-actual")).toBe("Actual y = '112'");
    expect(textOf(app, ".verdict-side-actual .unlike")).toBe("1");
    expect(app.querySelector(".verdict-side-predicted .unlike")).toBeNull();
    expect(textOf(app, ".verdict-detail")).toBe("6 of 8 steps as predicted.");
  });

  it("leads to the difference by button and by key", async () => {
    await finish(WRONG, RIGHT);
    expect(textOf(app, ".step-count")).toBe("Step 8 of 8");
    click(".verdict-jump");
    await drawn(app);
    expect(textOf(app, ".step-count")).toBe("Step 7 of 8");
    expect(textOf(app, ".verdict-jump")).toBe("You are here");
    press("Home");
    press("d");
    await drawn(app);
    expect(textOf(app, ".step-count")).toBe("Step 7 of 8");
  });

  it("shows both values of every variable with a word on whether they agree", async () => {
    await finish(WRONG, RIGHT);
    click(".verdict-jump");
    await drawn(app);
    const rows = [...app.querySelectorAll("compared-table tbody tr")].map((row) =>
      row.textContent?.replace(/\s+/g, " ").trim(),
    );
    expect(rows[0]).toContain("x");
    expect(rows[0]).toContain("same");
    expect(rows[1]).toMatch(/y predicted'12'new actual'112'new differs/);
    expect(textOf(app, "compared-table .of-predicted")).toBe("Predicted, not executed");
  });

  it("steps through both lanes at once and says whether they agree", async () => {
    await finish(WRONG, RIGHT);
    press("ArrowLeft");
    await drawn(app);
    expect(textOf(app, ".now-of-actual .now")).toContain("Next, line 7");
    expect(textOf(app, ".now-of-predicted .now")).toContain("Next, line 7");
    expect(textOf(app, ".spoken-step")).toContain("Prediction and reality differ here.");
    press("ArrowLeft");
    await drawn(app);
    expect(textOf(app, ".spoken-step")).toContain("As predicted.");
  });

  it("announces the difference once, with both values", async () => {
    env.socket.receive(
      entries("actual", "1-1", frames(RIGHT.slice(0, 7))),
      entries("predicted", "1-1", frames(WRONG.slice(0, 7))),
    );
    await drawn(app);
    const announced = textOf(app, ".spoken-verdict");
    expect(announced).toBe(
      "The prediction differs at step 7. Wrong value. y: predicted '12', really '112'.",
    );
    env.socket.receive(entries("actual", "1-2", frames(RIGHT.slice(7), 7)));
    press("Home");
    await drawn(app);
    expect(textOf(app, ".spoken-verdict")).toBe(announced);
  });

  it("counts what agrees while both lanes grow, and says which one is ahead", async () => {
    env.socket.receive(entries("actual", "1-1", frames(TWO_CALLS.slice(0, 5))));
    await drawn(app);
    expect(textOf(app, ".verdict")).toBe("Waiting for the prediction");
    env.socket.receive(entries("predicted", "1-1", frames(TWO_CALLS.slice(0, 3))));
    await drawn(app);
    expect(textOf(app, ".verdict-title")).toBe("3 steps as predicted so far");
    expect(textOf(app, ".verdict-detail")).toBe("The real run is 2 steps ahead.");
    expect(textOf(app, ".step-count")).toBe("Step 5 of 5");
    env.socket.receive(entries("predicted", "1-2", frames(TWO_CALLS.slice(3, 7), 3)));
    await drawn(app);
    expect(textOf(app, ".verdict-detail")).toBe("The prediction is 2 steps ahead.");
  });

  it("says that everything was right only when both lanes are whole", async () => {
    await finish(TWO_CALLS, TWO_CALLS);
    expect(textOf(app, ".verdict-title")).toBe("All 8 steps as predicted");
    expect(app.querySelector(".verdict-jump")).toBeNull();
    expect(textOf(app, ".spoken-verdict")).toBe("All 8 steps as predicted.");
  });

  it.each([
    ["length", "Cut off", "its budget is used up"],
    ["parse", "Unreadable", "the model's reply could not be read"],
  ] as const)(
    "shows a prediction that ended with %s as cut, not as wrong",
    async (status, ...words) => {
      await finish(TWO_CALLS.slice(0, 5), TWO_CALLS, status);
      expect(app.querySelector(".verdict-warn")).not.toBeNull();
      expect(textOf(app, ".verdict-title")).toBe("The prediction stops before step 6");
      for (const word of words) expect(textOf(app, ".verdict")).toContain(word);
      expect(app.querySelector(".row-differs")).toBeNull();
    },
  );

  it("does not judge a prediction of a program that never ran", async () => {
    env.socket.receive(
      entries("predicted", "1-1", frames(TWO_CALLS), ended("ok", 8)),
      entries("actual", "1-1", {
        type: "trace.finished",
        status: "exception",
        steps: 0,
        error_type: "SyntaxError",
        error_line: 2,
      }),
    );
    await drawn(app);
    expect(textOf(app, ".verdict-title")).toBe("The prediction can not be checked");
    expect(textOf(app, "lane-panes")).toContain("Predicted, not executed");
  });

  it("puts an invented step beside nothing, and goes on where both agree again", async () => {
    const extra = line("outer", 5, 1, { x: "1" });
    await finish([...TWO_CALLS.slice(0, 2), extra, ...TWO_CALLS.slice(2)], TWO_CALLS);
    const rows = [...app.querySelectorAll("step-rows .step-row")];
    const odd = rows.filter((row) => row.classList.contains("row-differs"));
    expect(odd).toHaveLength(1);
    expect(odd[0]?.textContent).toContain("no such step");
    expect(odd[0]?.textContent).toContain("never happens");
    expect(textOf(app, ".verdict-kind")).toBe("An extra step that never happens");
    expect(textOf(app, ".verdict-detail")).toContain("The two agree again at step 4.");
    click(".verdict-jump");
    await drawn(app);
    expect(textOf(app, ".now-of-actual")).toBe("Actual This never happens.");
    expect(textOf(app, ".spoken-step")).toContain("This never happens.");
  });

  it("says how sure the model was, in words", async () => {
    const confidence = TWO_CALLS.map((_, at) => ({
      locals: at === 2 ? { x: 0.5 } : {},
      value: 0.8,
    }));
    env.socket.receive(
      entries("actual", "1-1", frames(TWO_CALLS)),
      entries("predicted", "1-1", { ...frames(TWO_CALLS), confidence } as LogEvent),
    );
    await drawn(app);
    const words = [...app.querySelectorAll("compared-table .confidence")].map(
      (word) => word.textContent,
    );
    expect(words[0]).toContain("unsure");
    expect(words[0]).toContain("probability of 50 %");
    expect(words[1]).toContain("likely");
  });

  it("names the model, its tokens and its speed, and leads to its scores", async () => {
    env.socket.receive(
      entries(
        "predicted",
        "1-1",
        { type: "trace.started", origin: "predicted", engine: "llama.cpp", model: "tiny" },
        frames(TWO_CALLS),
        {
          ...ended("ok", 8),
          usage: {
            output_tokens: 812,
            prompt_tokens: 212,
            cached_tokens: 180,
            tokens_per_s: 412.3,
            first_token_ms: 93.4,
          },
        } as LogEvent,
      ),
    );
    await drawn(app);
    expect(textOf(app, ".lane-predicted .lane-maker")).toBe("tiny");
    const facts = textOf(app, ".lane-facts");
    for (const fact of [
      "llama.cpp",
      "812 tokens",
      "180 cached",
      "412 tokens/s",
      "first token 93 ms",
    ]) {
      expect(facts).toContain(fact);
    }
    expect(app.querySelector(".lane-facts a")?.getAttribute("href")).toBe("/models/");
  });

  it("draws only the rows in sight of a long trace", async () => {
    const long = Array.from({ length: 2000 }, (_, at) =>
      line("f", 2 + (at % 3), 1, { i: `${at}` }),
    );
    await finish(long.slice(0, 200), long, "length");
    expect(textOf(app, ".step-count")).toBe("Step 2000 of 2000");
    expect(app.querySelectorAll("step-rows .step-row").length).toBeLessThan(60);
    press("Home");
    await drawn(app);
    expect(textOf(app, "step-rows .step-row .row-number")).toBe("1");
  });
});
