// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { handOver, takeOver } from "../src/handover.js";
import { PROGRAM } from "./helpers.js";

beforeEach(() => sessionStorage.clear());

describe("a program on its way to the player page", () => {
  it("arrives once", () => {
    expect(handOver(PROGRAM)).toBe(true);
    expect(takeOver()).toEqual(PROGRAM);
    expect(takeOver()).toBeNull();
  });

  it.each(["{", "null", '{"source": 1}'])("that is damaged (%j) is none", (text) => {
    sessionStorage.setItem("handover", text);
    expect(takeOver()).toBeNull();
  });
});
