/// <reference types="vite/client" />

import { describe, expect, it } from "vitest";
import { typeName } from "../src/canonical.js";
import type { Divergence, EndStatus, Row } from "../src/compare.js";
import { Comparison, isError } from "../src/compare.js";
import type { TraceEvent } from "../src/protocol.gen.js";

interface GoldenTrace {
  events: TraceEvent[];
  status?: EndStatus | null;
}

interface GoldenCase {
  name: string;
  source: string;
  predicted: GoldenTrace;
  actual: GoldenTrace;
  first?: Divergence;
  notation?: Divergence;
  rows?: [number | null, number | null, Row["status"], boolean][];
}

/** The files that tests/traces/test_align.py runs as well. */
const files = import.meta.glob<{ cases: GoldenCase[] }>("../../tests/golden/align/*.json", {
  eager: true,
});
const cases = Object.values(files).flatMap((file) => file.cases);

function asTuple(row: Row): (number | null | boolean | Row["status"])[] {
  return [row.predicted, row.actual, row.status, row.scored];
}

function replay({ source, predicted, actual }: GoldenCase): Comparison {
  const comparison = new Comparison(source);
  for (const event of predicted.events) comparison.pushPredicted(event);
  if (predicted.status) comparison.endPredicted(predicted.status);
  for (const event of actual.events) comparison.pushActual(event);
  if (actual.status) comparison.endActual(actual.status);
  return comparison;
}

/** The same with one event of each side at a time; a divergence once found must stay. */
function replayInTurn({ source, predicted, actual }: GoldenCase): Comparison {
  const live = new Comparison(source);
  let settled: Divergence | null = null;
  for (let i = 0; i < Math.max(predicted.events.length, actual.events.length); i++) {
    for (const event of predicted.events.slice(i, i + 1)) live.pushPredicted(event);
    for (const event of actual.events.slice(i, i + 1)) live.pushActual(event);
    if (settled) expect(live.firstDivergence).toBe(settled);
    settled = live.firstDivergence;
    live.rows();
  }
  if (actual.status) live.endActual(actual.status);
  if (predicted.status) live.endPredicted(predicted.status);
  return live;
}

describe("the golden cases", () => {
  it("are there", () => {
    expect(Object.keys(files).length).toBeGreaterThanOrEqual(16);
    expect(cases.length).toBeGreaterThanOrEqual(100);
  });

  it.each(cases.map((golden) => [golden.name, golden] as const))("%s", (_name, golden) => {
    const comparison = replay(golden);
    expect(comparison.firstDivergence).toEqual(golden.first ?? null);
    expect(comparison.firstNotation).toEqual(golden.notation ?? null);
    expect(comparison.rows().map(asTuple)).toEqual(golden.rows ?? []);
  });

  it.each(cases.map((golden) => [golden.name, golden] as const))(
    "%s, as both lanes grow in turn",
    (_name, golden) => {
      const live = replayInTurn(golden);
      expect(live.firstDivergence).toEqual(golden.first ?? null);
      expect(live.rows().map(asTuple)).toEqual(golden.rows ?? []);
    },
  );
});

describe("a growing comparison", () => {
  const call: TraceEvent = { kind: "call", line: 1, depth: 1 };

  it("refuses events after the end", () => {
    const comparison = new Comparison();
    comparison.endPredicted("ok");
    expect(() => comparison.pushPredicted(call)).toThrow("ended");
    expect(() => comparison.endPredicted("ok")).toThrow("ended already");
  });

  it("remembers its rows until a lane grows", () => {
    const comparison = new Comparison();
    comparison.pushPredicted(call);
    const rows = comparison.rows();
    expect(comparison.rows()).toBe(rows);
    comparison.pushActual(call);
    expect(comparison.rows()).not.toBe(rows);
    expect(comparison.compared).toBe(1);
  });

  it("aligns a runaway loop as far as the real one goes", () => {
    const loop = (times: number): TraceEvent[] => [
      call,
      ...Array.from({ length: times }, (_, n): TraceEvent => {
        return { kind: "line", line: 2 + (n % 2), depth: 1, changed: { i: String(n) } };
      }),
      { kind: "return", line: 4, depth: 1, value: "None" },
    ];
    const comparison = new Comparison();
    for (const event of loop(3000)) comparison.pushPredicted(event);
    for (const event of loop(40)) comparison.pushActual(event);
    comparison.endPredicted("ok");
    comparison.endActual("ok");
    const statuses = comparison.rows().map((row) => row.status);
    expect(statuses.filter((status) => status === "matched")).toHaveLength(42);
    expect(statuses.filter((status) => status === "only_predicted")).toHaveLength(2960);
  });
});

describe("isError", () => {
  it("is false for notation and for a cut", () => {
    expect(isError({ kind: "notation", index: 0 })).toBe(false);
    expect(isError({ kind: "cut_off", index: 0 })).toBe(false);
    expect(isError({ kind: "value", index: 0 })).toBe(true);
  });
});

describe("typeName", () => {
  it.each([
    ["5", "int"],
    ["-0.5", "float"],
    ["1e-05", "float"],
    ["nan", "float"],
    ["(1+2j)", "complex"],
    ["(1, 2)", "tuple"],
    ["()", "tuple"],
    ["True", "bool"],
    ["None", "NoneType"],
    ['"it\'s"', "str"],
    ["b'x'", "bytes"],
    ["{}", "dict"],
    ["{'a:b'}", "set"],
    ["{'a': 1}", "dict"],
    ["set()", "set"],
    ["datetime.date(2026, 1, 2)", "date"],
    ["<bank.Account object>", "Account"],
    ["<class 'KeyError'>", "type"],
    ["???", ""],
    ["", ""],
  ])("%s is %s", (text, type) => {
    expect(typeName(text)).toBe(type);
  });
});
