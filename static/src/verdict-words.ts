/** The verdict in words: what the banner shows, what the dock repeats, what a screen reader hears. */

import type { Agreement } from "./compared-trace.js";
import type { Divergence } from "./divergence.js";
import type { IconName } from "./icons.js";
import type { Tone } from "./lane-status.js";
import type { TraceFinished } from "./protocol.gen.js";
import type { LaneName } from "./trace-store.js";
import type { Verdict } from "./verdict.js";

type Differs = Extract<Verdict, { state: "differs" }>;

export interface VerdictWords {
  icon: IconName;
  tone: Tone;
  /** A few words that stand alone, for the narrowest screen too. */
  title: string;
  /** The kind of the difference, or what else belongs to the title. */
  kind: string;
  /** One more sentence, or empty. */
  detail: string;
}

const NAMES: Readonly<Record<LaneName, string>> = {
  predicted: "prediction",
  actual: "real run",
};

const KINDS: Readonly<Record<Exclude<Divergence["kind"], "notation" | "cut_off">, string>> = {
  value: "Wrong value",
  type: "Wrong type",
  line: "Another line comes next",
  event: "Something else happens",
  return: "Wrong return value",
  exception: "Another exception",
  missing_end: "The prediction ends too early",
  extra_end: "The prediction goes on after the end",
};

/** What an event is called when the two sides disagree about it. */
const EVENTS: Readonly<Record<string, string>> = {
  call: "a call",
  line: "the next line",
  return: "a return",
  exception: "an exception",
};

function steps(count: number): string {
  return `${count.toLocaleString("en")} step${count === 1 ? "" : "s"}`;
}

function number(row: number): string {
  return `step ${(row + 1).toLocaleString("en")}`;
}

/** "34 of 36 steps as predicted". */
export function agreementWords({ matched, checked }: Agreement): string {
  if (checked === 0) return "No step compared yet";
  if (matched === checked) return `${steps(checked)} as predicted`;
  return `${matched.toLocaleString("en")} of ${steps(checked)} as predicted`;
}

function kindOf({ divergence, shape }: Differs): string {
  const { kind } = divergence;
  if (kind === "notation" || kind === "cut_off") return "";
  const isPlace = kind === "line" || kind === "event";
  if (isPlace && shape === "only_predicted") return "An extra step that never happens";
  if (isPlace && shape === "only_actual") return "A step is missing";
  if (kind === "value" && divergence.predicted === undefined) return "A variable is missing";
  if (kind === "value" && divergence.actual === undefined) return "A variable that is not there";
  return KINDS[kind];
}

/** The two sides of a difference: what they are about, and what each says. */
export interface Sides {
  /** Name of the variable, or words for what is compared. */
  subject: string;
  isVariable: boolean;
  predicted: string | null;
  actual: string | null;
  /** What the side says whose value is null. */
  none: string;
}

export function sidesOf({ kind, name, predicted, actual }: Divergence): Sides | null {
  const both = { predicted: predicted ?? null, actual: actual ?? null };
  switch (kind) {
    case "value":
    case "type":
      return { subject: name ?? "", isVariable: true, none: "not there", ...both };
    case "return":
      return { subject: "return value", isVariable: false, none: "none", ...both };
    case "exception":
      return { subject: "exception", isVariable: false, none: "none", ...both };
    case "line":
      return { subject: "next line", isVariable: false, none: "unknown", ...trimmed(both) };
    case "event":
      return { subject: "what happens", isVariable: false, none: "nothing", ...named(both) };
    case "missing_end":
    case "extra_end":
      return { subject: "next step", isVariable: false, none: "the end", ...trimmed(both) };
    default:
      return null;
  }
}

type Both = { predicted: string | null; actual: string | null };

function trimmed({ predicted, actual }: Both): Both {
  return { predicted: predicted?.trim() ?? null, actual: actual?.trim() ?? null };
}

function named({ predicted, actual }: Both): Both {
  return {
    predicted: EVENTS[predicted ?? ""] ?? predicted,
    actual: EVENTS[actual ?? ""] ?? actual,
  };
}

/** Why the shorter lane of a cut ends where it does. */
const CUT_REASONS: Partial<Record<TraceFinished["status"], string>> = {
  length: "its budget is used up",
  parse: "the model's reply could not be read",
  cancelled: "it was stopped",
  time: "it took too long",
  memory: "it used too much memory",
  steps: "it has as many steps as are recorded",
  bytes: "the record is full",
  output: "it printed too much",
  crashed: "Python crashed",
};

function cutWords({
  divergence,
  row,
  agreement,
}: Extract<Verdict, { state: "cut" }>): VerdictWords {
  const { lane = "predicted", status } = divergence;
  const reason = (status && CUT_REASONS[status]) || "the service had a problem";
  const kind = status === "parse" ? "Unreadable" : "Cut off";
  const whose = lane === "predicted" ? "prediction" : "real run";
  return {
    icon: "scissors",
    tone: "warn",
    title: `The ${whose} stops before ${number(row)}`,
    kind,
    detail:
      `It stops there because ${reason}. ` +
      (agreement.checked > 0
        ? `Up to there: ${agreementWords(agreement)}. The rest is not wrong, only unknown.`
        : "Nothing could be compared."),
  };
}

function differsWords(verdict: Differs): VerdictWords {
  const { row, agreement, resync, later } = verdict;
  const parts = [`${agreementWords(agreement)}.`];
  if (resync !== null) {
    const places = later === 1 ? "1 more place" : `${later} more places`;
    const again = later > 0 ? `, and differ in ${places} after that` : "";
    parts.push(`The two agree again at ${number(resync)}${again}.`);
  }
  return {
    icon: "differs",
    tone: "error",
    title: `Differs at ${number(row)}`,
    kind: kindOf(verdict),
    detail: parts.join(" "),
  };
}

function leadWords(ahead: LaneName | null, by: number): string {
  return ahead ? `The ${NAMES[ahead]} is ${steps(by)} ahead.` : "";
}

/** Null where there is nothing to say that the lanes do not say themselves. */
export function verdictWords(verdict: Verdict): VerdictWords | null {
  switch (verdict.state) {
    case "none":
      return null;
    case "waiting": {
      const title = `Waiting for the ${NAMES[verdict.lane]}`;
      return { icon: "circle", tone: "neutral", title, kind: "", detail: "" };
    }
    case "unchecked":
      return {
        icon: "dash",
        tone: "warn",
        title: "The prediction can not be checked",
        kind: "",
        detail: "The program did not run, so there is nothing real to compare with.",
      };
    case "agreeing":
      return {
        icon: "check",
        tone: "good",
        title: `${agreementWords(verdict.agreement)} so far`,
        kind: "",
        detail: leadWords(verdict.ahead, verdict.by),
      };
    case "matches":
      return {
        icon: "check",
        tone: "good",
        title: `All ${steps(verdict.agreement.checked)} as predicted`,
        kind: "",
        detail: "Every line, every value and the result are what the model said.",
      };
    case "differs":
      return differsWords(verdict);
    case "cut":
      return cutWords(verdict);
  }
}

/** For a screen reader, once: the text stays the same while agreement is still being counted. */
export function spokenVerdict(verdict: Verdict): string {
  const words = verdictWords(verdict);
  if (!words) return "";
  if (verdict.state === "differs") {
    const sides = sidesOf(verdict.divergence);
    const values = sides
      ? ` ${sides.isVariable ? `${sides.subject}: predicted` : "Predicted"} ${sides.predicted ?? sides.none}, really ${sides.actual ?? sides.none}.`
      : "";
    return `The prediction differs at ${number(verdict.row)}. ${words.kind}.${values}`;
  }
  const isNews = ["cut", "matches", "unchecked"].includes(verdict.state);
  return isNews ? `${words.title}.` : "";
}
