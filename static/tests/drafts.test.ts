// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { programDrafts } from "../src/drafts.js";
import { PROGRAM } from "./helpers.js";

beforeEach(() => localStorage.clear());

describe("a draft", () => {
  it("comes back as it was typed", () => {
    programDrafts(localStorage).save("new", { ...PROGRAM, stdin: "a\nb\n" });
    expect(programDrafts(localStorage).load("new")).toEqual({ ...PROGRAM, stdin: "a\nb\n" });
  });

  it("belongs to one run", () => {
    const drafts = programDrafts(localStorage);
    drafts.save("one", PROGRAM);
    expect(drafts.load("two")).toBeNull();
    drafts.forget("one");
    expect(drafts.load("one")).toBeNull();
  });

  it("makes room by dropping the oldest", () => {
    let now = 0;
    const drafts = programDrafts(localStorage, () => ++now);
    for (let index = 0; index < 25; index++) drafts.save(`run${index}`, PROGRAM);
    expect(drafts.load("run4")).toBeNull();
    expect(drafts.load("run5")).toEqual(PROGRAM);
    expect(drafts.load("run24")).toEqual(PROGRAM);
  });

  it.each(["", "null", "{", "[]", '{"source": 1}', '"text"'])(
    "that is damaged (%j) counts as none",
    (text) => {
      localStorage.setItem("draft:new", text);
      expect(programDrafts(localStorage).load("new")).toBeNull();
    },
  );

  it("is not kept, without an error, where storage is off or full", () => {
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
    } as unknown as Storage;
    for (const storage of [null, full]) {
      const drafts = programDrafts(storage);
      drafts.save("new", PROGRAM);
      expect(drafts.load("new")).toBeNull();
    }
  });
});
