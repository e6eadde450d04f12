import { describe, expect, it } from "vitest";
import { depthProfile, lineProfile } from "../src/depth-profile.js";
import { recursion, TWO_CALLS } from "./helpers.js";

describe("the drawing of a lane", () => {
  it("is empty without events", () => {
    expect([depthProfile([]), lineProfile([])]).toEqual(["", ""]);
  });

  it("reaches as far as there are events and rises with the depth", () => {
    const path = depthProfile(TWO_CALLS);
    expect(path).toMatch(/H8V100Z$/);
    const heights = [...path.matchAll(/V(\d+)H/g)].map(([, top]) => Number(top));
    expect(heights[3]).toBeLessThan(heights[0] ?? 0);
  });

  it("stays small for a long trace", () => {
    const events = recursion(1500);
    expect(depthProfile(events).match(/H/g)?.length).toBeLessThanOrEqual(600);
    expect(lineProfile(events).match(/H/g)?.length).toBeLessThanOrEqual(600);
    expect(depthProfile(events)).toMatch(/H4500V100Z$/);
  });
});
