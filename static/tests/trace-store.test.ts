import { describe, expect, it } from "vitest";
import { TraceStore } from "../src/trace-store.js";
import { entries, frames, TWO_CALLS } from "./helpers.js";

const START = { type: "trace.started", origin: "actual", engine: "sandbox" } as const;
const END = { type: "trace.finished", status: "ok", steps: 8 } as const;

describe("the fold over a run's log", () => {
  it("collects a lane's frames, output and end", () => {
    const store = new TraceStore();
    store.apply(entries("actual", "1-1", START));
    store.apply(
      entries(
        "actual",
        "1-3",
        frames(TWO_CALLS.slice(0, 3)),
        { type: "trace.output", step: 2, stream: "stdout", text: "hi\n" },
        { type: "trace.input", step: 2, text: "there\n" },
      ),
    );
    store.apply(entries("actual", "1-4", frames(TWO_CALLS.slice(3), 3), END));
    const lane = store.lane("actual");
    expect(lane.timeline.events).toEqual(TWO_CALLS);
    expect(lane.console.map(({ stream, text }) => [stream, text])).toEqual([
      ["stdout", "hi\n"],
      ["stdin", "there\n"],
    ]);
    expect(lane.started).toEqual(START);
    expect(lane.finished).toEqual(END);
  });

  it("shows nothing twice when entries arrive again", () => {
    const store = new TraceStore();
    const first = entries("actual", "1-2", START, frames(TWO_CALLS.slice(0, 3)));
    expect(store.apply(first)).toBe("applied");
    expect(store.apply(first)).toBe("duplicate");
    expect(store.apply(entries("actual", "1-1", START))).toBe("duplicate");
    expect(store.lane("actual").length).toBe(3);
  });

  it("takes only the new part of frames that overlap", () => {
    const store = new TraceStore();
    store.apply(entries("actual", "1-1", frames(TWO_CALLS.slice(0, 3))));
    store.apply(entries("actual", "1-2", frames(TWO_CALLS.slice(1, 5), 1)));
    expect(store.lane("actual").timeline.events).toEqual(TWO_CALLS.slice(0, 5));
  });

  it("orders ids as numbers", () => {
    const store = new TraceStore();
    store.apply(entries("actual", "1-9", frames(TWO_CALLS.slice(0, 3))));
    expect(store.apply(entries("actual", "1-10", frames(TWO_CALLS.slice(3, 4), 3)))).toBe(
      "applied",
    );
  });

  it("says when frames before these are missing, and keeps the old resume token", () => {
    const store = new TraceStore();
    store.apply(entries("actual", "1-1", frames(TWO_CALLS.slice(0, 2))));
    expect(store.apply(entries("actual", "1-5", frames(TWO_CALLS.slice(4), 4)))).toBe("gap");
    expect(store.lastIds.get("actual")).toBe("1-1");
  });

  it("forgets a lane that begins again, and only that lane", () => {
    const store = new TraceStore();
    store.apply(entries("actual", "1-7", START, frames(TWO_CALLS), END));
    store.apply(entries("predicted", "1-3", frames(TWO_CALLS.slice(0, 2))));
    store.apply(
      entries("actual", "2-1", { type: "lane.reset", attempt: 2, reason: "The worker was lost." }),
    );
    expect(store.lane("actual")).toMatchObject({
      length: 0,
      started: null,
      finished: null,
      console: [],
      resetReason: "The worker was lost.",
    });
    expect(store.lane("predicted").length).toBe(2);
    expect(store.apply(entries("actual", "1-8", frames(TWO_CALLS)))).toBe("duplicate");
    expect(store.apply(entries("actual", "2-2", frames(TWO_CALLS)))).toBe("applied");
  });

  it("keeps the newest id of every lane, also of lanes it does not show", () => {
    const store = new TraceStore();
    store.apply(entries("main", "1-1", { type: "run.queued", ahead: 3, at_ms: 0 }));
    store.apply(entries("tests", "1-4", frames(TWO_CALLS)));
    expect(Object.fromEntries(store.lastIds)).toEqual({ main: "1-1", tests: "1-4" });
  });

  it("follows the life of the run", () => {
    const store = new TraceStore();
    const at_ms = 0;
    const stage = { stage: "record_trace", lane: "actual", attempt: 1, at_ms } as const;
    store.apply(entries("main", "1-1", { type: "run.queued", ahead: 3, at_ms }));
    expect(store.progress.ahead).toBe(3);
    store.apply(entries("main", "1-2", { type: "stage.started", ...stage }));
    expect(store.progress.stages.get("actual")).toBe("running");
    store.apply(
      entries(
        "main",
        "1-4",
        { type: "stage.finished", status: "ok", ...stage },
        { type: "run.finished", status: "succeeded", at_ms },
      ),
    );
    expect(store.progress.stages.get("actual")).toMatchObject({ status: "ok" });
    expect(store.progress.finished).toMatchObject({ status: "succeeded" });
  });

  it("keeps why a lane stays empty", () => {
    const store = new TraceStore();
    store.apply(entries("predicted", "1-1", { type: "lane.unavailable", reason: "No model." }));
    expect(store.lane("predicted").unavailable?.reason).toBe("No model.");
  });
});
