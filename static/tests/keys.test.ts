// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { stepCommandOf, takesText } from "../src/keys.js";

describe("a key press in the trace", () => {
  const plain = { ctrlKey: false, metaKey: false, altKey: false };

  it.each([
    ["s", "into"],
    ["n", "over"],
    ["o", "out"],
    ["b", "back"],
    ["N", "over"],
    ["ArrowRight", "into"],
    ["ArrowLeft", "back"],
    ["Home", "first"],
    ["End", "last"],
  ])("%s means %s", (key, command) => {
    expect(stepCommandOf({ key, ...plain }, true)).toBe(command);
  });

  it("with Ctrl, Alt or the command key belongs to the browser", () => {
    for (const held of ["ctrlKey", "metaKey", "altKey"]) {
      expect(stepCommandOf({ key: "s", ...plain, [held]: true }, true)).toBeNull();
    }
  });

  it("of a letter means nothing when letters are switched off; arrows still step", () => {
    expect(stepCommandOf({ key: "s", ...plain }, false)).toBeNull();
    expect(stepCommandOf({ key: "ArrowRight", ...plain }, false)).toBe("into");
  });

  it("in a text field is text", () => {
    const field = document.createElement("textarea");
    const slider = Object.assign(document.createElement("input"), { type: "range" });
    expect([takesText(field), takesText(slider), takesText(null)]).toEqual([true, false, false]);
  });
});
