import { describe, expect, it } from "vitest";
import { ComparedTrace, differs } from "../src/compared-trace.js";
import type { TraceEvent } from "../src/protocol.gen.js";
import { TraceStore } from "../src/trace-store.js";
import { entries, fill, frames, line, TWO_CALLS } from "./helpers.js";

function loop(count: number, offset = 0): TraceEvent[] {
  return Array.from({ length: count }, (_, at) =>
    line("f", 2 + (at % 2), 1, { i: `${at + offset}` }),
  );
}

/** A clock that moves on by `tick` at every look, so that every alignment costs that much. */
function slowly(
  store: TraceStore,
  tick: number,
): { compared: ComparedTrace; wait(ms: number): void } {
  let time = 0;
  const now = () => {
    time += tick;
    return time;
  };
  return { compared: new ComparedTrace(store, "", now), wait: (ms) => (time += ms) };
}

describe("rows of both lanes", () => {
  it("are the steps of the only lane that has some", () => {
    const store = new TraceStore();
    fill(store, "actual", TWO_CALLS);
    expect(store.compared.rows).toHaveLength(8);
    expect(store.compared.rowOf("actual", 5)).toBe(5);
    expect(store.compared.rowOf("predicted", 0)).toBe(-1);
    expect(store.compared.stepAt("predicted", 7)).toBe(-1);
    expect(store.compared.stretches).toEqual([]);
  });

  it("find the stretches in which the lanes differ", () => {
    const store = new TraceStore();
    const wrong = TWO_CALLS.map((event, at) =>
      at === 2 ? { ...event, changed: { x: "7" } } : event,
    );
    fill(store, "actual", TWO_CALLS);
    fill(store, "predicted", wrong);
    expect(store.compared.firstDivergence).toMatchObject({ kind: "value", index: 2, name: "x" });
    // x stays wrong in the caller; the call in between is right.
    expect(store.compared.stretches).toEqual([
      { from: 2, to: 3 },
      { from: 6, to: 7 },
    ]);
  });

  it("start over when a lane begins again", () => {
    const store = new TraceStore();
    fill(store, "actual", TWO_CALLS);
    fill(store, "predicted", loop(3));
    expect(store.compared.firstDivergence).not.toBeNull();
    store.apply(entries("predicted", "2-1", { type: "lane.reset", attempt: 2, reason: "" }));
    expect(store.compared.firstDivergence).toBeNull();
    store.apply(entries("predicted", "2-2", frames(TWO_CALLS)));
    expect(store.compared.firstDivergence).toBeNull();
    expect(store.compared.rows.every(({ status }) => status === "matched")).toBe(true);
  });

  it("put costly alignments off while steps stream in, and come into order when told", () => {
    const store = new TraceStore();
    const { compared } = slowly(store, 10);
    fill(store, "actual", loop(20));
    fill(store, "predicted", loop(10, 1));
    const before = compared.rows.length;
    expect(compared.isExact).toBe(true);
    store.apply(entries("actual", "1-2", frames(loop(24).slice(20), 20)));
    expect(compared.rows).toHaveLength(before + 4);
    expect(compared.isExact).toBe(false);
    expect(compared.rows.slice(before).some(differs)).toBe(false);
    expect(compared.settlesInMs).toBeGreaterThan(0);
    compared.settle();
    expect(compared.isExact).toBe(true);
    expect(compared.rowOf("actual", 23)).toBeGreaterThanOrEqual(0);
  });

  it("are exact once the run is over, whatever that costs", () => {
    const store = new TraceStore();
    const { compared } = slowly(store, 10);
    fill(store, "actual", loop(20));
    fill(store, "predicted", loop(10, 1));
    expect(compared.rows.length).toBeGreaterThan(0);
    store.complete = true;
    store.apply(entries("actual", "1-2", frames(loop(24).slice(20), 20)));
    expect(compared.rows.length).toBeGreaterThan(0);
    expect(compared.isExact).toBe(true);
  });

  it("do not change between two looks while nothing has arrived", () => {
    const store = new TraceStore();
    const { compared, wait } = slowly(store, 10);
    fill(store, "actual", loop(20));
    fill(store, "predicted", loop(10, 1));
    expect(compared.rows).toBe(compared.rows);
    store.apply(entries("actual", "1-2", frames(loop(24).slice(20), 20)));
    const rows = compared.rows;
    wait(10_000);
    expect(compared.rows).toBe(rows);
  });
});
