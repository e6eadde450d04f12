import { describe, expect, it } from "vitest";
import {
  confidenceOf,
  confidenceText,
  localConfidence,
  placeConfidence,
} from "../src/confidence.js";
import { TraceStore } from "../src/trace-store.js";
import { entries, frames, TWO_CALLS } from "./helpers.js";

describe("confidence", () => {
  it.each([
    [1, "sure"],
    [0.95, "sure"],
    [0.949, "likely"],
    [0.7, "likely"],
    [0.699, "unsure"],
    [0, "unsure"],
  ])("of %d is called %s", (probability, band) => {
    expect(confidenceOf(probability)?.band).toBe(band);
  });

  it.each([null, undefined, Number.NaN, -0.1, 1.5])("says nothing about %j", (probability) => {
    expect(confidenceOf(probability)).toBeNull();
  });

  it.each([
    [0.9991, "over 99"],
    [1, "100"],
    [0.87, "87"],
    [0.001, "under 1"],
    [0, "0"],
  ])("%d is %s per cent: no certainty by rounding", (probability, percent) => {
    const confidence = confidenceOf(probability);
    expect(confidence && confidenceText(confidence)).toContain(`probability of ${percent} %`);
  });

  it("of a variable is that of the frame of its call that wrote it", () => {
    const store = new TraceStore();
    const confidence = TWO_CALLS.map((_, at) => ({
      locals: { x: at / 10, n: 0.9 },
      line: 0.6,
      event: 1,
    }));
    store.apply(entries("predicted", "1-1", { ...frames(TWO_CALLS), confidence } as never));
    const lane = store.lane("predicted");
    expect(localConfidence(lane, 6, "x")?.probability).toBe(0.2);
    expect(localConfidence(lane, 4, "x")).toBeNull();
    expect(localConfidence(lane, 4, "n")?.probability).toBe(0.9);
    expect(localConfidence(lane, 4, "__proto__")).toBeNull();
    expect(placeConfidence(lane, 1)?.probability).toBe(0.6);
  });

  it("stays with its step when messages repeat steps", () => {
    const store = new TraceStore();
    const all = TWO_CALLS.map((_, at) => ({ value: at / 10 }));
    const first = { ...frames(TWO_CALLS.slice(0, 4)), confidence: all.slice(0, 4) };
    const again = { ...frames(TWO_CALLS.slice(2), 2), confidence: all.slice(2) };
    store.apply(entries("predicted", "1-1", first as never));
    store.apply(entries("predicted", "1-2", again as never));
    expect(store.lane("predicted").confidence.map((each) => each?.value)).toEqual(
      all.map(({ value }) => value),
    );
  });
});
