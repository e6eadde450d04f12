/** What the form of the solve page holds: a problem with its tests, and how it is to be solved. */

import type { ExampleProblem, PageConfig } from "./config.js";
import { type DraftKind, Drafts } from "./drafts.js";
import { readSetting, writeSetting } from "./preferences.js";
import type { Problem, SolveOptions } from "./protocol.gen.js";
import type { Trouble } from "./run-state.js";

export type Options = Required<SolveOptions>;

/** Its fields are named as the server names them where it refuses one. */
export interface Question {
  problem: string;
  form: NonNullable<Problem["form"]>;
  signature: string;
  tests: string;
  options: Options;
}

/** As the protocol has them. */
export const USUAL: Options = {
  mode: "solve",
  reasoning: true,
  candidates: 1,
  attempts: 6,
  tokens: 16_384,
  seconds: 300,
};

/** The options that are numbers: what to choose from. */
export const CHOICES = {
  candidates: [1, 2, 3, 4],
  attempts: [1, 2, 3, 4, 6, 8, 12],
  tokens: [2_048, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072],
  seconds: [30, 60, 120, 300, 600, 1_800],
} as const satisfies Partial<Record<keyof Options, readonly number[]>>;

export type Choice = keyof typeof CHOICES;

const LIMITS = {
  candidates: "candidates",
  attempts: "solve_attempts",
  tokens: "solve_tokens",
  seconds: "solve_seconds",
} as const satisfies Record<Choice, keyof PageConfig["limits"]>;

/** What this site offers, and what is chosen now: a run made by a script may have any number. */
export function choicesOf(name: Choice, limits: PageConfig["limits"], chosen: number): number[] {
  const most = limits[LIMITS[name]];
  const offered = CHOICES[name].filter((number) => number <= most);
  return [...new Set([...offered, chosen])].sort((a, b) => a - b);
}

/** Every path needs an attempt: the number that was not chosen just now follows the other one. */
export function withOptions(options: Options, change: Partial<Options>): Options {
  const next = { ...options, ...change };
  if (change.candidates !== undefined) next.attempts = Math.max(next.attempts, next.candidates);
  else next.candidates = Math.min(next.candidates, next.attempts);
  return next;
}

const SETTING = "solve-options";

/** The options chosen last in this browser. */
export function rememberedOptions(): Options {
  try {
    return readOptions(JSON.parse(readSetting(SETTING) ?? "null"));
  } catch {
    return USUAL;
  }
}

export function rememberOptions(options: Options): void {
  writeSetting(SETTING, JSON.stringify(options));
}

/** Options from wherever they were stored; what is missing or damaged is as usual. */
function readOptions(stored: unknown): Options {
  if (typeof stored !== "object" || stored === null) return USUAL;
  const { mode, reasoning, ...numbers } = stored as Partial<Record<keyof Options, unknown>>;
  const number = (name: Choice) => {
    const value = numbers[name];
    return Number.isInteger(value) && Number(value) > 0 ? Number(value) : USUAL[name];
  };
  return {
    mode: mode === "hint" ? "hint" : "solve",
    reasoning: reasoning !== false,
    candidates: number("candidates"),
    attempts: number("attempts"),
    tokens: number("tokens"),
    seconds: number("seconds"),
  };
}

/** Whatever fits, in words. */
export function emptyQuestion(): Question {
  return { problem: "", form: "free", signature: "", tests: "", options: rememberedOptions() };
}

export function exampleQuestion({ text, form, signature, tests }: ExampleProblem): Question {
  return { problem: text, form, signature, tests: tests.trim(), options: rememberedOptions() };
}

/** The form as it was when a run began. */
export function asQuestion(problem: Problem | null | undefined): Question {
  if (!problem) return emptyQuestion();
  const { text, form = "free", signature = "", tests = "", rows = [], options } = problem;
  return {
    problem: text,
    form,
    signature,
    tests: [tests, ...rows.map(rowAsText)].filter(Boolean).join("\n"),
    options: readOptions(options),
  };
}

/** Rows come from the API only; the form shows them as the pairs that it understands. */
function rowAsText({ input, expected }: { input: string; expected: string }): string {
  return `Input:\n${input}\nOutput:\n${expected}\n`;
}

export function asProblem({ problem: text, form, signature, tests, options }: Question): Problem {
  return { text, form, signature: form === "program" ? "" : signature, tests, options };
}

/** The first text that is longer than the server takes, in the server's words. */
export function tooLong(question: Question, limits: PageConfig["limits"]): Trouble | null {
  const place = { line: 0, column: 0 };
  const size = new TextEncoder().encode(question.problem).length;
  if (size > limits.problem_bytes) {
    const most = limits.problem_bytes.toLocaleString("en");
    const message = `The problem has ${size.toLocaleString("en")} bytes; at most ${most} are accepted.`;
    return {
      message,
      fix: "Keep what a person would need to solve it.",
      field: "problem",
      ...place,
    };
  }
  if (new TextEncoder().encode(question.tests).length > limits.tests_bytes) {
    const message = `The tests have more than ${limits.tests_bytes / 1024} KiB.`;
    const fix = "Keep the few that show what is meant; large inputs are not needed.";
    return { message, fix, field: "tests", ...place };
  }
  return null;
}

const FORMS: readonly unknown[] = ["free", "function", "program"] satisfies Question["form"][];

const QUESTION: DraftKind<Question> = {
  prefix: "question:",
  read({ problem, form, signature, tests, options }) {
    const isWhole = [problem, signature, tests].every((text) => typeof text === "string");
    if (!isWhole || !FORMS.includes(form)) return null;
    return { problem, form, signature, tests, options: readOptions(options) } as Question;
  },
};

export function questionDrafts(storage: Storage | null, now?: () => number): Drafts<Question> {
  return new Drafts(QUESTION, storage, now);
}
