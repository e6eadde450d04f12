import { describe, expect, it } from "vitest";
import type { TraceEvent } from "../src/protocol.gen.js";
import { StateTimeline } from "../src/state-timeline.js";
import { call, line, recursion, returned, TWO_CALLS } from "./helpers.js";

function timelineOf(events: readonly TraceEvent[]): StateTimeline {
  const timeline = new StateTimeline();
  for (const event of events) timeline.push(event);
  return timeline;
}

/** The stack as plain data: [function, locals] from the outermost. */
function plain(timeline: StateTimeline, step: number): [string, Record<string, string>][] {
  return timeline.at(step).map(({ funcName, locals }) => [funcName, Object.fromEntries(locals)]);
}

describe("the state at a step", () => {
  it("holds what was true before the line ran", () => {
    const timeline = timelineOf(TWO_CALLS);
    expect(plain(timeline, 1)).toEqual([["outer", {}]]);
    expect(plain(timeline, 2)).toEqual([["outer", { x: "1" }]]);
  });

  it("keeps the caller's variables while a call runs", () => {
    expect(plain(timelineOf(TWO_CALLS), 4)).toEqual([
      ["outer", { x: "1" }],
      ["inner", { n: "1" }],
    ]);
  });

  it("keeps a returning function at its own return and drops it afterwards", () => {
    const timeline = timelineOf(TWO_CALLS);
    expect(timeline.at(5).map(({ funcName }) => funcName)).toEqual(["outer", "inner"]);
    expect(timeline.at(6).map(({ funcName }) => funcName)).toEqual(["outer"]);
  });

  it("forgets removed variables", () => {
    const timeline = timelineOf([
      call("f", 1, 1, { x: "1", y: "2" }),
      { ...line("f", 2, 1), removed: ["x"] },
    ]);
    expect(plain(timeline, 1)).toEqual([["f", { y: "2" }]]);
  });

  it("remembers that a value was recorded only in part until it changes", () => {
    const timeline = timelineOf([
      { ...call("f", 1, 1, { big: "[1, 2" }), truncated: ["big"] },
      line("f", 2, 1),
      line("f", 3, 1, { big: "[]" }),
    ]);
    const shortened = [0, 1, 2].map((step) => timeline.at(step)[0]?.shortened.has("big"));
    expect(shortened).toEqual([true, true, false]);
  });

  it("is the same in whatever order the steps are looked at", () => {
    const events = recursion(90);
    const timeline = timelineOf(events);
    const forwards = events.map((_, step) => plain(timeline, step));
    const again = timelineOf(events);
    const backwards = events.map((_, step) => plain(again, events.length - 1 - step)).reverse();
    expect(backwards).toEqual(forwards);
    // The deepest point: every activation still has its own variables.
    expect(forwards[179]?.map(([, locals]) => locals)).toEqual(
      Array.from({ length: 90 }, (_, index) => ({ n: String(90 - index), [`local${index}`]: "0" })),
    );
    expect(forwards[forwards.length - 1]).toHaveLength(1);
  });

  it("does not change when more events arrive", () => {
    const events = recursion(60);
    const timeline = new StateTimeline();
    for (const event of events.slice(0, 70)) timeline.push(event);
    const before = plain(timeline, 69);
    for (const event of events.slice(70)) timeline.push(event);
    expect(plain(timeline, 69)).toEqual(before);
  });

  it("starts a trace that begins in the middle of a function", () => {
    const timeline = timelineOf([line("f", 3, 2, { a: "1" })]);
    expect(plain(timeline, 0)).toEqual([["f", { a: "1" }]]);
  });

  it("is empty outside the trace", () => {
    const timeline = timelineOf(TWO_CALLS);
    expect(timeline.at(-1)).toEqual([]);
    expect(timeline.at(TWO_CALLS.length)).toEqual([]);
  });

  it("takes names and values that mean something to JavaScript as they are", () => {
    const changed = JSON.parse('{"__proto__": "1", "constructor": "2"}') as Record<string, string>;
    expect(timelineOf([call("f", 1, 1, changed)]).at(0)[0]?.locals).toEqual(
      new Map([
        ["__proto__", "1"],
        ["constructor", "2"],
      ]),
    );
  });
});

describe("the line that just ran", () => {
  it("is the previous line of the same activation, not of a call in between", () => {
    expect(TWO_CALLS.map((_, step) => timelineOf(TWO_CALLS).justRan(step))).toEqual([
      0, 0, 5, 0, 0, 2, 6, 7,
    ]);
  });

  it("does not leak from one call of a function into the next", () => {
    const once = [call("f", 1, 1), line("f", 2, 1), returned("f", 2, 1)];
    expect(timelineOf([...once, ...once]).justRan(4)).toBe(0);
  });
});

describe("an activation one event earlier", () => {
  it("is found behind a call that ran in between", () => {
    const before = timelineOf(TWO_CALLS).before(6);
    expect(before?.funcName).toBe("outer");
    expect(before?.locals.has("y")).toBe(false);
  });

  it("does not exist for a call that has just begun", () => {
    expect(timelineOf(TWO_CALLS).before(3)).toBeNull();
  });
});
