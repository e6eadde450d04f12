import { describe, expect, it } from "vitest";
import { consoleAt } from "../src/console-text.js";
import type { Console } from "../src/trace-store.js";

function out(step: number, text: string, stream: "stdout" | "stderr" = "stdout"): Console {
  return { type: "trace.output", step, stream, text };
}

describe("output so far", () => {
  const printed = [out(-1, "a"), out(2, "b"), out(4, "c")];

  it("holds what earlier steps printed; the rest comes later", () => {
    expect(consoleAt(printed, 3, 8)).toEqual([
      { stream: "stdout", text: "ab", isLater: false },
      { stream: "stdout", text: "c", isLater: true },
    ]);
  });

  it("does not hold what the line that is about to run will print", () => {
    expect(consoleAt(printed, 2, 8)[0]).toMatchObject({ text: "a", isLater: false });
  });

  it("is complete at the last step", () => {
    expect(consoleAt([...printed, out(7, "d")], 7, 8)).toEqual([
      { stream: "stdout", text: "abcd", isLater: false },
    ]);
  });

  it("keeps the order of output, errors and input", () => {
    const mixed: Console[] = [
      out(0, "name? "),
      { type: "trace.input", stream: "stdin", step: 0, text: "Ada\n" },
      out(1, "oops", "stderr"),
    ];
    expect(consoleAt(mixed, 5, 8).map(({ stream }) => stream)).toEqual([
      "stdout",
      "stdin",
      "stderr",
    ]);
  });

  it("shows the end of a flood and says how much is missing", () => {
    const [piece] = consoleAt([out(0, "x".repeat(150_000))], 5, 8);
    expect(piece?.text.startsWith("[50,000 characters not shown]\n")).toBe(true);
    expect(piece?.text.length).toBeLessThan(101_000);
  });
});
