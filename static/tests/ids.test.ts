import { describe, expect, it } from "vitest";
import { compareIds, isNewer } from "../src/ids.js";

describe("entry ids", () => {
  it("compare as numbers, not as text", () => {
    expect(compareIds("1-10", "1-9")).toBeGreaterThan(0);
    expect(compareIds("10-1", "9-99")).toBeGreaterThan(0);
  });

  it("put a later attempt after every entry of an earlier one", () => {
    expect(compareIds("2-1", "1-4096")).toBeGreaterThan(0);
  });

  it("count a lane that has nothing yet as older than its first entry", () => {
    expect(isNewer("1-1", undefined)).toBe(true);
    expect(isNewer("0-0", undefined)).toBe(false);
  });

  it("do not count the same entry as newer", () => {
    expect(isNewer("3-7", "3-7")).toBe(false);
  });

  it.each(["", "1", "1-", "-1", "1-2-3", "a-1", "1- 2", "$"])("reject %j", (text) => {
    expect(() => compareIds(text, "1-1")).toThrow(RangeError);
  });
});
