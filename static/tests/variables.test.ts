import { describe, expect, it } from "vitest";
import { StateTimeline } from "../src/state-timeline.js";
import { variablesOf } from "../src/variables.js";
import { call, line } from "./helpers.js";

describe("variables", () => {
  function rows(events: Parameters<StateTimeline["push"]>[0][]) {
    const timeline = new StateTimeline();
    for (const event of events) timeline.push(event);
    const step = events.length - 1;
    const activation = timeline.at(step)[0];
    if (!activation) throw new Error("no activation");
    const found = variablesOf(activation, events[step] ?? null, timeline.before(step));
    return found.map(({ name, value, change }) => [name, value, change]);
  }

  it("are tagged as new, changed or untouched", () => {
    expect(
      rows([call("f", 1, 1, { a: "1", b: "2" }), line("f", 2, 1, { b: "3", c: "4" })]),
    ).toEqual([
      ["a", "1", null],
      ["b", "3", "changed"],
      ["c", "4", "new"],
    ]);
  });

  it("of a call are its arguments", () => {
    expect(rows([call("f", 1, 1, { a: "1" })])).toEqual([["a", "1", "argument"]]);
  });

  it("that were deleted stay for one step, with their last value", () => {
    expect(rows([call("f", 1, 1, { a: "1" }), { ...line("f", 2, 1), removed: ["a"] }])).toEqual([
      ["a", "1", "removed"],
    ]);
  });
});
