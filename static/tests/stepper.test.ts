import { describe, expect, it } from "vitest";
import { stepOut, stepOver } from "../src/stepper.js";
import { TWO_CALLS } from "./helpers.js";

const END = TWO_CALLS.length - 1;

describe("stepping", () => {
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

  it("stays within the trace at its end and in an empty one", () => {
    for (const leap of [stepOver, stepOut]) {
      expect(leap(TWO_CALLS, END)).toBe(END);
      expect(leap([], 0)).toBe(0);
    }
  });
});
