import { describe, expect, it } from "vitest";
import { announcement, endWord, laneStatus } from "../src/lane-status.js";
import type { LogEvent, TraceFinished } from "../src/protocol.gen.js";
import { type LaneName, TraceStore } from "../src/trace-store.js";
import { entries, frames, TWO_CALLS } from "./helpers.js";

const STAGE = { stage: "record_trace", lane: "actual", attempt: 1, at_ms: 0 } as const;

function storeOf(lanes: Partial<Record<"main" | LaneName, LogEvent[]>>): TraceStore {
  const store = new TraceStore();
  for (const [lane, events] of Object.entries(lanes)) store.apply(entries(lane, "1-1", ...events));
  return store;
}

function actual(...events: LogEvent[]): { word: string; tone: string; detail: string } {
  return laneStatus("actual", storeOf({ actual: events }));
}

describe("the word for a lane's last step", () => {
  const word = (status: TraceFinished["status"]) =>
    endWord({ type: "trace.finished", status, steps: 1 });

  it("tells the end of the program from the end of the recording", () => {
    expect(word("ok")).toBe("End of the run");
    expect(word("exception")).toBe("End of the run");
    expect(word("steps")).toBe("Last recorded step");
    expect(word("cancelled")).toBe("Last recorded step");
  });

  it("is absent while steps may still come", () => {
    expect(endWord(null)).toBe("");
  });
});

describe("the state of a lane", () => {
  it("is nothing yet before a run", () => {
    expect(laneStatus("actual", null)).toMatchObject({ word: "Nothing yet", tone: "neutral" });
  });

  it("says how many wait before it", () => {
    const waiting = (ahead: number) =>
      laneStatus("actual", storeOf({ main: [{ type: "run.queued", ahead, at_ms: 0 }] })).word;
    expect(waiting(3)).toBe("Waiting, 3 ahead");
    expect(waiting(0)).toBe("Waiting");
  });

  it("says which step it is working on, and never how many there will be", () => {
    const store = storeOf({
      main: [{ type: "stage.started", ...STAGE }],
      predicted: [frames(TWO_CALLS)],
    });
    expect(laneStatus("actual", store)).toMatchObject({ word: "Recording…", tone: "busy" });
    expect(laneStatus("predicted", store)).toMatchObject({ word: "Predicting step 9" });
  });

  const ENDS: [TraceFinished["status"], string, string][] = [
    ["ok", "Finished", "good"],
    ["steps", "Cut off at 2,000 steps", "warn"],
    ["bytes", "Cut off at the size limit", "warn"],
    ["output", "Cut off: too much output", "warn"],
    ["tracer_lost", "Cut off: steps are missing", "warn"],
    ["length", "Stopped at budget", "warn"],
    ["parse", "Reply could not be read", "warn"],
    ["time", "Time limit", "warn"],
    ["memory", "Memory limit", "warn"],
    ["crashed", "Crashed", "error"],
    ["tampered", "Not to be trusted", "error"],
    ["cancelled", "Stopped", "neutral"],
    ["error", "Service problem", "fault"],
  ];
  it.each(ENDS)("after the end %s reads %j in the tone %s", (status, word, tone) => {
    const end: LogEvent = { type: "trace.finished", status, steps: 2000, message: "Why." };
    expect(actual(end)).toMatchObject({ word, tone, detail: "Why." });
  });

  it("does not repeat its word as a sentence", () => {
    const end = { type: "trace.finished", status: "cancelled", steps: 3 } as const;
    expect(actual({ ...end, message: "Stopped." }).detail).toBe("");
  });

  it("names the error of the program and its line", () => {
    const end = { type: "trace.finished", status: "exception", steps: 3 } as const;
    expect(actual({ ...end, error_type: "ValueError", error_line: 7 }).word).toBe(
      "ValueError on line 7",
    );
    expect(actual(end).word).toBe("Error");
  });

  it("says why a lane stays empty and what would fill it", () => {
    const store = storeOf({
      predicted: [{ type: "lane.unavailable", reason: "No model.", fix: "Set one up." }],
    });
    expect(laneStatus("predicted", store)).toMatchObject({
      word: "No prediction",
      detail: "No model. Set one up.",
    });
  });

  it("is stopped when the run was stopped before the lane began", () => {
    const store = storeOf({ main: [{ type: "run.finished", status: "cancelled", at_ms: 0 }] });
    expect(laneStatus("actual", store).word).toBe("Stopped");
  });

  it("blames the service and not the program when a stage failed", () => {
    const store = storeOf({
      main: [{ type: "stage.finished", ...STAGE, status: "failed", message: "No sandbox." }],
    });
    expect(laneStatus("actual", store)).toMatchObject({ tone: "fault", detail: "No sandbox." });
  });

  it("says that a lost worker's lane started again", () => {
    const store = storeOf({
      main: [{ type: "stage.started", ...STAGE }],
      actual: [{ type: "lane.reset", attempt: 2, reason: "The worker was lost." }],
    });
    expect(laneStatus("actual", store).detail).toBe("Started again: The worker was lost.");
  });

  it("does not wait for ever for a run whose record is gone", () => {
    const store = new TraceStore();
    store.complete = true;
    expect(laneStatus("actual", store).word).toBe("No real run");
  });
});

describe("what a screen reader hears", () => {
  it("does not change with every step", () => {
    const few = announcement(storeOf({ actual: [frames(TWO_CALLS.slice(0, 2))] }));
    const more = announcement(storeOf({ actual: [frames(TWO_CALLS)] }));
    expect(few).toBe("The first steps have arrived.");
    expect(more).toBe(few);
  });

  it("tells how each lane ended", () => {
    const store = storeOf({
      actual: [frames(TWO_CALLS), { type: "trace.finished", status: "ok", steps: 8 }],
    });
    expect(announcement(store)).toBe("Actual trace: Finished, 8 steps.");
  });

  it("tells why a run without any trace ended", () => {
    const store = storeOf({
      main: [{ type: "run.finished", status: "failed", at_ms: 0, reason: "No worker." }],
    });
    expect(announcement(store)).toBe("Run failed. No worker.");
  });
});
