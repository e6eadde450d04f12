/** What the solve page says about tests, attempts and the run: an icon, a word, a sentence. */

import type { Status, Tone } from "./lane-status.js";
import type { Options } from "./question.js";
import type { Attempt, SolveStore, TestLine } from "./solve-store.js";

function status(icon: Status["icon"], word: string, tone: Tone, detail = ""): Status {
  return { icon, word, tone, detail };
}

const FARED: Readonly<Record<string, string>> = {
  wall_limit: "Ran out of time",
  cpu_limit: "Ran out of time",
  memory_limit: "Out of memory",
  output_limit: "Too much output",
};

/** The verdict on one test. `isOver`: no further result can come. */
export function testStatus({ finished, running }: TestLine, isOver: boolean): Status {
  if (finished) {
    const detail = finished.message ?? "";
    switch (finished.verdict) {
      case "passed":
        return status("check", "Passed", "good", detail);
      case "failed":
        return status("differs", "Wrong result", "error", detail);
      case "skipped":
        return status("dash", "Not run", "neutral", detail);
      case "error":
        return status("alert", FARED[finished.status] ?? "Error", "error", detail);
    }
  }
  if (isOver) return status("dash", "Not run", "neutral");
  return running ? status("spinner", "Running…", "busy") : status("circle", "Waiting", "neutral");
}

/** What a prediction says of a test, beside what came of it. */
export function predictionWord({ predicted, finished }: TestLine): string {
  if (!predicted || predicted.status === "skipped") return "";
  if (predicted.status && predicted.status !== "ok") return "no prediction";
  if (finished?.predicted_right === true) return "as predicted";
  if (finished?.predicted_right === false) return "predicted wrongly";
  return "";
}

const STAGE_WORDS = {
  generate_answer: "Writing…",
  predict_results: "Predicting results…",
  run_tests: "Running tests…",
  predict_trace: "Tracing…",
  record_trace: "Tracing…",
} as const;

/** An attempt in two or three words. */
export function attemptStatus(attempt: Attempt, isOver: boolean): Status {
  const { finished } = attempt;
  if (finished) return finishedStatus(attempt, finished.verdict, finished.message ?? "");
  if (isOver) return status("square", "Stopped", "neutral");
  for (const [stage, state] of attempt.stages) {
    if (state === "running") return status("spinner", STAGE_WORDS[stage], "busy");
  }
  const begun = attempt.answer.started !== null;
  return begun ? status("spinner", "Working…", "busy") : status("circle", "Waiting", "neutral");
}

type Verdict = NonNullable<Attempt["finished"]>["verdict"];

function finishedStatus(attempt: Attempt, verdict: Verdict, detail: string): Status {
  const {
    given_passed = 0,
    given_failed = 0,
    own_passed = 0,
    own_failed = 0,
  } = attempt.finished ?? {};
  const passed = given_passed + own_passed;
  const total = passed + given_failed + own_failed;
  switch (verdict) {
    case "green":
      return status("check", `${passed} of ${total} tests pass`, "good", detail);
    case "red":
      return status("differs", `${passed} of ${total} tests pass`, "error", detail);
    case "no_tests":
      return status("dash", "Not tested", "warn", detail);
    case "no_code":
      return status("alert", "No code", "error", detail);
    case "hint":
      return status("check", "Hint", "good", detail);
    case "error":
      return status("fault", "Service problem", "fault", detail);
  }
}

/** The run as a whole; its sentence says what a person may do or has to know. */
export function solveStatus(store: SolveStore): Status {
  const { finished, solved } = store;
  const reason = finished?.reason || solved?.reason || "";
  if (finished?.status === "cancelled") {
    return status(
      "square",
      "Stopped",
      "neutral",
      `${reason} What had arrived is still here.`.trim(),
    );
  }
  if (solved) return outcomeStatus(store, solved.outcome, reason);
  if (finished?.status === "failed") return status("fault", "Service problem", "fault", reason);
  if (finished) return status("check", "Finished", "good", reason);
  if (store.complete) return status("dash", "Nothing recorded", "neutral");
  if (store.attempts.size === 0) {
    const word = store.ahead ? `Waiting, ${store.ahead} ahead` : "Waiting";
    return status("circle", word, "neutral", "You can close this page: the run keeps its link.");
  }
  return status("spinner", "Solving…", "busy", atWork(store));
}

/** Which attempts go on, and with what. */
function atWork(store: SolveStore): string {
  const open = [...store.attempts.values()].filter(({ finished }) => finished === null);
  const [only] = open;
  if (only && open.length === 1)
    return `Attempt ${only.number}: ${attemptStatus(only, false).word}`;
  return open.length > 1 ? `${open.length} attempts side by side` : "";
}

/** What may help where no attempt passed every test. */
function advice(store: SolveStore): string {
  const hasGiven = [...store.attempts.values()].some(({ lines }) =>
    lines.some(({ row }) => row.origin === "given"),
  );
  return hasGiven
    ? "Say the problem in other words, or allow more attempts."
    : "Add a test of your own: the model can only check itself by its guesses.";
}

/** Whether only tests that the model made up stand against the best attempt. */
function passesGiven({ solved, attempts }: SolveStore): boolean {
  const { given_passed = 0, given_failed = 0 } = attempts.get(solved?.best ?? 0)?.finished ?? {};
  return given_passed > 0 && given_failed === 0;
}

/** Whether nothing but the model's own guesses says that the best attempt is wrong, and not all. */
function disagreesWithItself({ solved, attempts }: SolveStore): boolean {
  const best = attempts.get(solved?.best ?? 0);
  if (!best || best.lines.some(({ row }) => row.origin === "given")) return false;
  return (best.finished?.own_passed ?? 0) > 0;
}

function outcomeStatus(
  store: SolveStore,
  outcome: NonNullable<SolveStore["solved"]>["outcome"],
  reason: string,
): Status {
  switch (outcome) {
    case "solved":
      return solvedStatus(store, reason);
    case "unsolved":
      if (passesGiven(store)) {
        const word = "All given tests pass";
        return status("alert", word, "warn", "Tests of the model’s own do not, and may be wrong.");
      }
      return unsolvedStatus(store, `${withoutEcho(reason, "Not solved")} ${advice(store)}`.trim());
    case "unchecked":
      return status("alert", "Code, but nothing checked it", "warn", reason);
    case "hinted":
      return status("check", "Hint", "good", reason);
    case "failed":
      return status("fault", "Service problem", "fault", reason);
  }
}

/**
 * Passed tests are no proof: code may fit their inputs alone, and what the model made up itself
 * says still less. So the words tell what passed, and do not call the problem solved.
 */
function solvedStatus({ solved, attempts }: SolveStore, reason: string): Status {
  const best = attempts.get(solved?.best ?? 0);
  const { given_passed = 0, own_passed = 0 } = best?.finished ?? {};
  const model = best?.answer.started?.model;
  const who = `Attempt ${best?.number ?? 0}${model ? `, by ${model},` : ""}`;
  if (given_passed === 0 && own_passed > 0) {
    const guesses = `${who} passes ${counted(own_passed, "test")} that the model made up itself`;
    const word = "Passes the model’s own tests";
    return status("check", word, "good", `${guesses}. They can be wrong: add a test of your own.`);
  }
  const own = own_passed > 0 ? ` and ${own_passed} of the model’s own` : "";
  const tests = `${counted(given_passed, "given test")}${own}`;
  const passed = `${who} passes ${tests}. No other input was tried.`;
  return status("check", "Every test passes", "good", given_passed ? passed : reason);
}

function unsolvedStatus(store: SolveStore, detail: string): Status {
  return disagreesWithItself(store)
    ? status("alert", "Code, but the model’s own tests disagree", "warn", detail)
    : status("differs", "Not solved", "error", detail);
}

/** A sentence that begins with the word beside which it stands, without it. */
function withoutEcho(sentence: string, word: string): string {
  const rest = sentence.startsWith(`${word}: `) ? sentence.slice(word.length + 2) : sentence;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

export function grouped(count: number): string {
  return Math.round(count).toLocaleString("en");
}

/** Each model that answered, with its attempts where there were several; one alone at the end. */
export function modelsText({ attempts, isOver }: SolveStore): string {
  const numbers = new Map<string, number[]>();
  for (const { number, answer } of [...attempts.values()].sort((a, b) => a.number - b.number)) {
    const model = answer.started?.model;
    if (model) numbers.set(model, [...(numbers.get(model) ?? []), number]);
  }
  if (numbers.size < 2) return isOver ? [...numbers.keys()].join("") : "";
  return [...numbers]
    .map(([model, of]) => `${model} (attempt${of.length > 1 ? "s" : ""} ${rangesText(of)})`)
    .join(", ");
}

/** Ascending numbers, three and more in a row as a range: "1–3, 5". */
function rangesText(numbers: readonly number[]): string {
  const ranges: [from: number, to: number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges
    .map(([from, to]) => (from === to ? `${from}` : `${from}${to - from > 1 ? "–" : ", "}${to}`))
    .join(", ");
}

/** How an attempt came about, in two words: what it repairs, or that it repairs nothing. */
export function originText({ number, answer }: Attempt): string {
  const { started } = answer;
  if (!started) return "";
  const { parent = 0, candidate = 1 } = started;
  if (parent) return `after ${parent}`;
  if (number > candidate) return "begins anew";
  return candidate > 1 ? `path ${candidate}` : "first answer";
}

/** What an attempt took, for a line of small facts. */
export function usageFacts(attempt: Attempt): string[] {
  const usage = { ...attempt.finished?.usage, ...attempt.answer.finished?.usage };
  const { output_tokens, prompt_tokens, cached_tokens, tokens_per_s, first_token_ms } = usage;
  const facts: string[] = [];
  if (output_tokens !== undefined) facts.push(`${counted(output_tokens, "token")} written`);
  if (prompt_tokens) {
    const cached = cached_tokens ? `, ${grouped(cached_tokens)} cached` : "";
    facts.push(`prompt ${grouped(prompt_tokens)}${cached}`);
  }
  if (tokens_per_s) facts.push(`${grouped(tokens_per_s)} tokens/s`);
  if (first_token_ms !== undefined) facts.push(`first token after ${grouped(first_token_ms)} ms`);
  const model = attempt.answer.started?.model;
  return model && facts.length > 0 ? [model, ...facts] : facts;
}

/** What is left for all attempts; empty while nothing is known. */
export function budgetText({ budgetLeft }: SolveStore): string {
  const { attempts, tokens, seconds } = budgetLeft;
  const amounts = amountsText(attempts, tokens, seconds);
  return amounts ? `Budget left: ${amounts}` : "";
}

/** What the whole run took; empty until it is over. */
export function usedText({ solved }: SolveStore): string {
  const { attempts, output_tokens, wall_ms } = solved?.usage ?? {};
  const amounts = amountsText(attempts, output_tokens, wall_ms && wall_ms / 1000);
  return amounts ? `Used: ${amounts}` : "";
}

function amountsText(attempts?: number, tokens?: number, seconds?: number): string {
  const parts: string[] = [];
  if (attempts !== undefined) parts.push(counted(attempts, "attempt"));
  if (tokens !== undefined) parts.push(counted(tokens, "token"));
  if (seconds !== undefined) parts.push(`${grouped(seconds)} s`);
  return parts.join(", ");
}

function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${Math.round(count) === 1 ? "" : "s"}`;
}

/** A time as a person would say it. */
export function durationText(seconds: number): string {
  return seconds < 60 || seconds % 60 ? `${grouped(seconds)} s` : `${grouped(seconds / 60)} min`;
}

/** The chosen options in a line, as far as they mean something together. */
export function optionsText({ mode, candidates, attempts, tokens, seconds }: Options): string {
  const paths = candidates > 1 ? [`${candidates} paths`] : [];
  const counts = mode === "hint" ? [] : [...paths, counted(attempts, "attempt")];
  return [...counts, counted(tokens, "token"), durationText(seconds)].join(", ");
}

export function timeText(ms: number | undefined): string {
  if (ms === undefined || ms <= 0) return "";
  return ms < 1000
    ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
    : `${(ms / 1000).toFixed(1)} s`;
}

export function memoryText(bytes: number | undefined): string {
  return bytes ? `${(bytes / 1024 / 1024).toFixed(1)} MiB` : "";
}

/** What a screen reader hears: milestones, never single rows. */
export function solveAnnouncement(store: SolveStore | null): string {
  if (!store) return "";
  const { word, detail } = solveStatus(store);
  if (store.isOver) return `${word}. ${detail}`.trim();
  const number = store.numbers.at(-1);
  const attempt = number ? store.attempts.get(number) : undefined;
  if (!attempt) return word;
  return `Attempt ${attempt.number}: ${attemptStatus(attempt, false).word}`;
}
