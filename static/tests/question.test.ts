// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import {
  asProblem,
  asQuestion,
  choicesOf,
  emptyQuestion,
  exampleQuestion,
  questionDrafts,
  rememberedOptions,
  rememberOptions,
  tooLong,
  USUAL,
  withOptions,
} from "../src/question.js";
import { durationText, optionsText } from "../src/solve-words.js";
import { pageConfig } from "./helpers.js";

const { limits } = pageConfig();

beforeEach(() => localStorage.clear());

describe("the options of a problem", () => {
  it("are those chosen last, for an empty form and for an example", () => {
    rememberOptions({ ...USUAL, mode: "hint", candidates: 2 });
    expect(emptyQuestion().options).toMatchObject({ mode: "hint", candidates: 2 });
    const example = { slug: "a", title: "A", text: "Add.", form: "free", signature: "", tests: "" };
    expect(exampleQuestion({ ...example, form: "free" }).options.candidates).toBe(2);
  });

  it.each(["", "{", "3", "null", '{"candidates": -1, "mode": "both", "tokens": "many"}'])(
    "are the usual ones where what was kept is damaged (%j)",
    (text) => {
      localStorage.setItem("setting:solve-options", text);
      expect(rememberedOptions()).toEqual(USUAL);
    },
  );

  it("have an attempt for every path, whichever of the two is changed", () => {
    expect(withOptions({ ...USUAL, attempts: 2 }, { candidates: 3 }).attempts).toBe(3);
    expect(withOptions({ ...USUAL, candidates: 3 }, { attempts: 2 }).candidates).toBe(2);
    expect(withOptions(USUAL, { candidates: 2 }).attempts).toBe(6);
  });

  it("offer what the site grants, and what a run of a script was given", () => {
    expect(choicesOf("candidates", { ...limits, candidates: 2 }, 1)).toEqual([1, 2]);
    expect(choicesOf("attempts", limits, 5)).toEqual([1, 2, 3, 4, 5, 6, 8, 12]);
  });

  it("are said in a line", () => {
    expect(optionsText(USUAL)).toBe("6 attempts, 16,384 tokens, 5 min");
    expect(optionsText({ ...USUAL, candidates: 2, attempts: 1 })).toContain("2 paths, 1 attempt,");
    expect(optionsText({ ...USUAL, mode: "hint" })).toBe("16,384 tokens, 5 min");
    expect([30, 90, 1800].map(durationText)).toEqual(["30 s", "90 s", "30 min"]);
  });
});

describe("a question", () => {
  it("is the run's own, with rows as pairs and defaults where the server leaves them out", () => {
    const rows = [{ input: "2", expected: "4" }];
    const question = asQuestion({ text: "Double.", tests: "f(1) == 2", rows });
    expect(question).toMatchObject({ problem: "Double.", form: "free", options: USUAL });
    expect(question.tests).toBe("f(1) == 2\nInput:\n2\nOutput:\n4\n");
  });

  it("for a program has no signature, also if one was typed before", () => {
    const question = { ...emptyQuestion(), signature: "def f(a)" };
    expect(asProblem({ ...question, form: "function" }).signature).toBe("def f(a)");
    expect(asProblem({ ...question, form: "program" }).signature).toBe("");
  });

  it("comes back as it was typed, and damaged ones count as none", () => {
    const drafts = questionDrafts(localStorage);
    const question = { ...emptyQuestion(), problem: "Mine", tests: "f(1)" };
    drafts.save("new", question);
    expect(drafts.load("new")).toEqual(question);
    for (const text of ['{"problem": 1}', '{"problem": "", "signature": "", "tests": ""}']) {
      localStorage.setItem("question:new", text);
      expect(drafts.load("new")).toBeNull();
    }
  });

  it("that is too long is refused by its bytes, before it is sent", () => {
    expect(tooLong({ ...emptyQuestion(), problem: "a".repeat(32768) }, limits)).toBeNull();
    const problem = tooLong({ ...emptyQuestion(), problem: "ä".repeat(16385) }, limits);
    expect(problem).toMatchObject({ field: "problem" });
    expect(problem?.message).toContain("32,770 bytes");
    expect(tooLong({ ...emptyQuestion(), tests: "a".repeat(65537) }, limits)?.field).toBe("tests");
  });
});
