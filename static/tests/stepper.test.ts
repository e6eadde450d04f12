import { describe, expect, it } from "vitest";
import { stepBack, stepInto, stepOut, stepOver, stepTo } from "../src/stepper.js";
import { TWO_CALLS } from "./helpers.js";

const END = TWO_CALLS.length - 1;

describe("stepping", () => {
  it("into goes into the call", () => {
    expect(stepInto(TWO_CALLS, 2)).toBe(3);
  });

  it("over runs the call and stops at the caller's next line", () => {
    expect(stepOver(TWO_CALLS, 2)).toBe(6);
  });

  it("over stays in the function when the line calls nothing", () => {
    expect(stepOver(TWO_CALLS, 1)).toBe(2);
  });

  it("over at a return goes back to the caller", () => {
    expect(stepOver(TWO_CALLS, 5)).toBe(6);
  });

  it("out runs the rest of the function", () => {
    expect(stepOut(TWO_CALLS, 3)).toBe(6);
    expect(stepOut(TWO_CALLS, 4)).toBe(6);
  });

  it("out of the outermost function goes to the end", () => {
    expect(stepOut(TWO_CALLS, 1)).toBe(END);
  });

  it("back undoes one event, into a call that has returned too", () => {
    expect(stepBack(TWO_CALLS, 6)).toBe(5);
  });

  it("stays within the trace at both ends", () => {
    expect(stepBack(TWO_CALLS, 0)).toBe(0);
    for (const command of ["into", "over", "out", "last"] as const) {
      expect(stepTo(command, TWO_CALLS, END)).toBe(END);
    }
  });

  it("first and last lead to the ends", () => {
    expect(stepTo("first", TWO_CALLS, 4)).toBe(0);
    expect(stepTo("last", TWO_CALLS, 4)).toBe(END);
  });

  it("of an empty trace stays at its start", () => {
    for (const command of ["first", "back", "into", "over", "out", "last"] as const) {
      expect(stepTo(command, [], 0)).toBe(0);
    }
  });
});
