import { describe, expect, it } from "vitest";
import type { Divergence } from "../src/divergence.js";
import type { TraceEvent, TraceFinished } from "../src/protocol.gen.js";
import { TraceStore } from "../src/trace-store.js";
import { verdictOf } from "../src/verdict.js";
import { agreementWords, sidesOf, spokenVerdict, verdictWords } from "../src/verdict-words.js";
import { call, entries, fill, line, raised, returned, TWO_CALLS } from "./helpers.js";

type End = TraceFinished["status"];

function stored(
  predicted: readonly TraceEvent[],
  actual: readonly TraceEvent[],
  [first, second]: [End | null, End | null] = ["ok", "ok"],
): TraceStore {
  const store = new TraceStore();
  const end = (lane: string, status: End | null, steps: number) => {
    if (status) store.apply(entries(lane, "1-2", { type: "trace.finished", status, steps }));
  };
  if (predicted.length > 0) fill(store, "predicted", predicted);
  if (actual.length > 0) fill(store, "actual", actual);
  end("predicted", first, predicted.length);
  end("actual", second, actual.length);
  return store;
}

const words = (store: TraceStore) => verdictWords(verdictOf(store));

/** `TWO_CALLS` with one event replaced. */
function planted(at: number, event: TraceEvent): TraceEvent[] {
  return TWO_CALLS.map((each, index) => (index === at ? event : each));
}

describe("the verdict in words", () => {
  it.each([
    ["Wrong value", 2, line("outer", 6, 1, { x: "4" })],
    ["A variable is missing", 2, line("outer", 6, 1)],
    ["A variable that is not there", 1, line("outer", 5, 1, { z: "0" })],
    ["Wrong type", 2, line("outer", 6, 1, { x: "'1'" })],
    ["Another line comes next", 4, line("inner", 9, 2)],
    ["Wrong return value", 7, returned("outer", 7, 1, "3")],
  ])("names the planted difference: %s", (kind, at, event) => {
    const store = stored(planted(at, event), TWO_CALLS);
    expect(words(store)).toMatchObject({ title: `Differs at step ${at + 1}`, kind, tone: "error" });
  });

  it("names a prediction that ends too early or goes on", () => {
    expect(words(stored(TWO_CALLS.slice(0, 5), TWO_CALLS))?.kind).toBe(
      "The prediction ends too early",
    );
    expect(words(stored(TWO_CALLS, TWO_CALLS.slice(0, 5)))?.kind).toBe(
      "The prediction goes on after the end",
    );
  });

  it("names a step that the prediction leaves out", () => {
    const gap = [...TWO_CALLS.slice(0, 1), ...TWO_CALLS.slice(2)];
    expect(words(stored(gap, TWO_CALLS))?.kind).toBe("A step is missing");
  });

  it("names another exception", () => {
    const trace = (value: string) => [call("f", 1, 1), raised("f", 2, 1, value)];
    const store = stored(trace("KeyError: 1"), trace("ValueError: 2"), ["exception", "exception"]);
    expect(words(store)?.kind).toBe("Another exception");
    expect(spokenVerdict(verdictOf(store))).toContain(
      "Predicted KeyError: 1, really ValueError: 2",
    );
  });

  it("says where the two agree again, and that they part once more", () => {
    const lasting = stored(planted(2, line("outer", 6, 1, { x: "4" })), TWO_CALLS);
    expect(words(lasting)?.detail).toBe(
      "6 of 8 steps as predicted. The two agree again at step 4, and differ in 1 more place after that.",
    );
  });

  it("calls a cut amber and never wrong, on either side", () => {
    for (const ends of [
      ["length", "ok"],
      ["ok", "steps"],
    ] as [End, End][]) {
      const isOurs = ends[0] === "length";
      const short = TWO_CALLS.slice(0, 4);
      const store = stored(isOurs ? short : TWO_CALLS, isOurs ? TWO_CALLS : short, ends);
      const said = words(store);
      expect(said?.tone).toBe("warn");
      expect(said?.title).toBe(`The ${isOurs ? "prediction" : "real run"} stops before step 5`);
      expect(said?.detail).toContain("4 steps as predicted");
    }
  });

  it("is silent where no prediction is to come, and waits where one is", () => {
    expect(words(stored([], TWO_CALLS, [null, "ok"]))?.title).toBe("Waiting for the prediction");
    const store = stored([], TWO_CALLS, [null, "ok"]);
    store.apply(entries("predicted", "1-1", { type: "lane.unavailable", reason: "No model." }));
    expect(words(store)).toBeNull();
    expect(verdictWords(verdictOf(null))).toBeNull();
  });

  it("does not wait for a lane whose run is over", () => {
    const store = stored(TWO_CALLS, [], ["ok", null]);
    expect(words(store)?.title).toBe("Waiting for the real run");
    store.complete = true;
    expect(words(store)?.title).toBe("The prediction can not be checked");
  });

  it("counts steps in words", () => {
    expect(agreementWords({ matched: 34, checked: 36 })).toBe("34 of 36 steps as predicted");
    expect(agreementWords({ matched: 1, checked: 1 })).toBe("1 step as predicted");
    expect(agreementWords({ matched: 0, checked: 0 })).toBe("No step compared yet");
  });

  it("says nothing aloud that will soon be otherwise", () => {
    expect(spokenVerdict(verdictOf(stored(TWO_CALLS, TWO_CALLS.slice(0, 3), [null, null])))).toBe(
      "",
    );
  });
});

describe("the two sides of a difference", () => {
  it.each<[Divergence, string | null, string | null]>([
    [{ kind: "line", index: 1, predicted: "    a = 1", actual: "    b = 2" }, "a = 1", "b = 2"],
    [{ kind: "event", index: 1, predicted: "return", actual: "line" }, "a return", "the next line"],
    [{ kind: "missing_end", index: 1, actual: "  x = 1" }, null, "x = 1"],
  ])("are told for %j", (divergence, predicted, actual) => {
    expect(sidesOf(divergence)).toMatchObject({ predicted, actual });
  });

  it("are none for a cut", () => {
    expect(sidesOf({ kind: "cut_off", index: 1 })).toBeNull();
  });
});
