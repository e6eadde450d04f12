import { describe, expect, it } from "vitest";
import {
  describeStep,
  markersAt,
  resultOf,
  shorten,
  spokenStep,
  stepOfError,
} from "../src/describe.js";
import type { TraceEvent } from "../src/protocol.gen.js";
import { LaneTrace } from "../src/trace-store.js";
import { call, line, raised, returned, TWO_CALLS } from "./helpers.js";

const SOURCE =
  "def inner(n):\n    return n + 1\n\ndef outer():\n    x = 1\n    y = inner(x)\n    return y\n";
const LINES = SOURCE.split("\n");

function laneOf(events: readonly TraceEvent[]): LaneTrace {
  const lane = new LaneTrace();
  for (const event of events) lane.timeline.push(event);
  return lane;
}

function sentence(events: readonly TraceEvent[], step: number): string {
  const { lead, code } = describeStep(laneOf(events), step, LINES);
  return `${lead} ${code}`.trim();
}

const FAILURE = [
  call("outer", 4, 1),
  line("outer", 6, 1),
  call("inner", 1, 2),
  line("inner", 2, 2),
  raised("inner", 2, 2, "ValueError: bad"),
  returned("inner", 2, 2),
  raised("outer", 6, 1, "ValueError: bad"),
  returned("outer", 6, 1),
];

describe("a step for the ear", () => {
  const spoken = (events: readonly TraceEvent[], step: number) =>
    spokenStep(laneOf(events), step, LINES);

  it("says where the program is and what has changed", () => {
    expect(spoken(TWO_CALLS, 2)).toBe("Step 3 of 8. Next, line 6 y = inner(x). x is 1.");
  });

  it("names arguments once, and no more changes than one can follow", () => {
    expect(spoken(TWO_CALLS, 3)).toBe("Step 4 of 8. Enters inner(n=1).");
    const many = line("outer", 6, 1, { a: "1", b: "2", c: "3", d: "4" });
    expect(spoken([many], 0)).toContain("c is 3. and more changes.");
  });

  it("is silent where there is no step", () => {
    expect(spoken([], 0)).toBe("");
  });
});

describe("the step of the error", () => {
  function ended(status: "exception" | "ok", line: number): LaneTrace {
    const lane = laneOf(FAILURE);
    lane.finished = { type: "trace.finished", status, steps: 8, error_line: line };
    return lane;
  }

  it("is where the exception was raised, not where it left the program", () => {
    expect(stepOfError(ended("exception", 2))).toBe(4);
  });

  it("is unknown without an exception or without its place", () => {
    expect(stepOfError(ended("ok", 2))).toBe(-1);
    expect(stepOfError(ended("exception", 0))).toBe(-1);
    expect(stepOfError(ended("exception", 3))).toBe(-1);
  });
});

describe("a step in words", () => {
  it("names the line that is about to run", () => {
    expect(sentence(TWO_CALLS, 2)).toBe("Next, line 6 y = inner(x)");
  });

  it("names a call with its arguments", () => {
    expect(sentence(TWO_CALLS, 3)).toBe("Enters inner(n=1)");
  });

  it("names what a function returned", () => {
    expect(sentence(TWO_CALLS, 5)).toBe("inner returned 2");
  });

  it("names an exception, and does not call its way out a return of None", () => {
    expect(sentence(FAILURE, 4)).toBe("Line 2 raises ValueError: bad");
    expect(sentence(FAILURE, 5)).toBe("The exception leaves inner");
    expect(sentence(FAILURE, 7)).toBe("The exception leaves outer");
  });

  it("calls a return after a caught exception a return", () => {
    const caught = [...FAILURE.slice(0, 5), line("inner", 2, 2), returned("inner", 2, 2, "0")];
    expect(sentence(caught, 6)).toBe("inner returned 0");
  });

  it("says when a predicted line is a guess or is not in the program", () => {
    expect(sentence([line("f", -2, 1)], 0)).toBe("Next, probably line 2 return n + 1");
    expect(sentence([{ ...line("f", 0, 1), source: "  z = 9" }], 0)).toBe(
      "Next, a line that is not in the program z = 9",
    );
  });

  it("is empty where there is no step", () => {
    expect(sentence([], 0)).toBe("");
  });
});

describe("what a step hands on", () => {
  const result = (events: readonly TraceEvent[], step: number) => {
    const found = resultOf(laneOf(events), step);
    return found && `${found.name}: ${found.value}`;
  };

  it("is the value of a return or the exception", () => {
    expect(result(TWO_CALLS, 5)).toBe("return value: 2");
    expect(result(FAILURE, 4)).toBe("exception: ValueError: bad");
  });

  it("is nothing at other steps, while an exception leaves, or at the end of a module", () => {
    expect([result(TWO_CALLS, 2), result(TWO_CALLS, 3), result(FAILURE, 5)]).toEqual([
      null,
      null,
      null,
    ]);
    expect(result([call("<module>", 1, 1), returned("<module>", 1, 1)], 1)).toBeNull();
  });
});

describe("the markers of a step", () => {
  const words = (events: readonly TraceEvent[], step: number) =>
    markersAt(laneOf(events), step).map(({ line: at, word }) => `${at} ${word}`);

  it("tell the line that just ran from the line that is next", () => {
    expect(words(TWO_CALLS, 2)).toEqual(["5 just ran", "6 next"]);
    expect(words(TWO_CALLS, 6)).toEqual(["6 just ran", "7 next"]);
  });

  it("mark only what is next at the first line of a function", () => {
    expect(words(TWO_CALLS, 4)).toEqual(["2 next"]);
  });

  it("say what was entered, returned and raised", () => {
    expect(words(TWO_CALLS, 3)).toEqual(["1 entered"]);
    expect(words(TWO_CALLS, 5)).toEqual(["2 returned 2"]);
    expect(words(FAILURE, 4)).toEqual(["2 raised ValueError: bad"]);
    expect(words(FAILURE, 5)).toEqual(["2 left by the exception"]);
  });

  it("leave out lines that are not in the program", () => {
    expect(words([line("f", 0, 1)], 0)).toEqual([]);
    expect(words([line("f", -3, 1)], 0)).toEqual(["3 next, probably"]);
  });
});

describe("a long value in a sentence", () => {
  it("is shortened with a mark", () => {
    expect(shorten("x".repeat(100), 10)).toBe(`${"x".repeat(9)}…`);
    expect(shorten("short", 10)).toBe("short");
  });
});
