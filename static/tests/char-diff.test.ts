import { describe, expect, it } from "vitest";
import { charDiff, type Piece } from "../src/char-diff.js";

const marked = (pieces: readonly Piece[]) =>
  pieces.map(({ text, same }) => (same ? text : `[${text}]`)).join("");

describe("the character diff", () => {
  it.each([
    ["'abba'", "'abbaa'", "'abba'", "'abba[a]'"],
    ["'strawbery'", "'strawberry'", "'strawbery'", "'strawber[r]y'"],
    ["[1, 2, 3]", "[1, 5, 3]", "[1, [2], 3]", "[1, [5], 3]"],
  ])("marks what is unlike in %s and %s", (left, right, ours, theirs) => {
    const diff = charDiff(left, right);
    expect(marked(diff.left)).toBe(ours);
    expect(marked(diff.right)).toBe(theirs);
  });

  it("takes unlike values as wholes", () => {
    expect(marked(charDiff("1", "2").left)).toBe("[1]");
    expect(marked(charDiff("'hello'", "[4, 5, 6, 7]").right)).toBe("[[4, 5, 6, 7]]");
  });

  it("keeps every character of both sides, and does not dwell on huge values", () => {
    const [left, right] = ["x".repeat(5000), `${"x".repeat(4999)}y`];
    const diff = charDiff(left, right);
    expect(diff.left).toEqual([{ text: left, same: false }]);
    expect(diff.right.map(({ text }) => text).join("")).toBe(right);
  });

  it("does not cut characters of two code units in half", () => {
    const { left, right } = charDiff("'a😀bc'", "'a😁bc'");
    expect(marked(left)).toBe("'a[😀]bc'");
    expect(marked(right)).toBe("'a[😁]bc'");
  });
});
