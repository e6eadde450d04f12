/**
 * What the page says about a lane and about the run: an icon, a word and, where there is more to
 * say, a sentence. A state never relies on its colour, and a trace that was cut off is amber, not
 * red: nothing in it is wrong.
 */

import type { IconName } from "./icons.js";
import type { TraceFinished } from "./protocol.gen.js";
import type { LaneName, LaneTrace, RunProgress, TraceStore } from "./trace-store.js";

export type Tone = "neutral" | "busy" | "good" | "warn" | "error" | "fault";

export interface Status {
  icon: IconName;
  word: string;
  tone: Tone;
  detail: string;
}

/** A prediction never goes without saying that nothing was executed for it. */
export const LANE_TITLES: Readonly<Record<LaneName, string>> = {
  predicted: "Predicted, not executed",
  actual: "Actual",
};

const CUT_OFF: Partial<Record<TraceFinished["status"], string>> = {
  steps: "Cut off at {steps} steps",
  bytes: "Cut off at the size limit",
  output: "Cut off: too much output",
  tracer_lost: "Cut off: steps are missing",
  length: "Stopped at budget",
  parse: "Reply could not be read",
};

function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** What the recorder calls a call that it could not make: wrong name, arguments or syntax. */
export const ENTRY_ERROR = "EntryError";

/** Whether the program ended because `input()` had nothing left to read. */
export function lacksInput(finished: TraceFinished | null | undefined): boolean {
  return finished?.status === "exception" && finished.error_type === "EOFError";
}

function programError(finished: TraceFinished): string {
  if (finished.error_type === ENTRY_ERROR) return "The call does not work";
  const type = finished.error_type || "Error";
  return finished.error_line ? `${type} on line ${finished.error_line}` : type;
}

function endStatus(finished: TraceFinished): Status {
  const detail = finished.message ?? "";
  const cutOff = CUT_OFF[finished.status];
  if (cutOff) {
    const word = cutOff.replace("{steps}", finished.steps.toLocaleString("en"));
    return { icon: "scissors", word, tone: "warn", detail };
  }
  switch (finished.status) {
    case "ok":
      return { icon: "check", word: "Finished", tone: "good", detail };
    case "exception":
      return { icon: "alert", word: programError(finished), tone: "error", detail };
    case "time":
      return { icon: "clock", word: "Time limit", tone: "warn", detail };
    case "memory":
      return { icon: "clock", word: "Memory limit", tone: "warn", detail };
    case "crashed":
      return { icon: "alert", word: "Crashed", tone: "error", detail };
    case "tampered":
      return { icon: "alert", word: "Not to be trusted", tone: "error", detail };
    case "cancelled":
      return { icon: "square", word: "Stopped", tone: "neutral", detail };
    default:
      return { icon: "fault", word: "Service problem", tone: "fault", detail };
  }
}

/** What the last step of a lane is, in two or three words; empty while more steps may come. */
export function endWord(finished: TraceFinished | null): string {
  if (!finished) return "";
  const isWhole = finished.status === "ok" || finished.status === "exception";
  return isWhole ? "End of the run" : "Last recorded step";
}

function waiting(ahead: number | null): Status {
  const word = ahead ? `Waiting, ${ahead} ahead` : "Waiting";
  return { icon: "circle", word, tone: "neutral", detail: "" };
}

function runningLane(name: LaneName, lane: LaneTrace): Status {
  const verb = name === "predicted" ? "Predicting" : "Recording";
  const word = lane.length > 0 ? `${verb} step ${lane.length + 1}` : `${verb}…`;
  const detail = lane.resetReason ? `Started again: ${lane.resetReason}` : "";
  return { icon: "spinner", word, tone: "busy", detail };
}

/** The lane never got to say how it ended: its stage or the whole run ended first. */
function endedWithoutTrace(name: LaneName, progress: RunProgress): Status | null {
  const stage = progress.stages.get(name);
  if (stage && stage !== "running") {
    const detail = stage.message ?? "";
    if (stage.status === "cancelled") return stopped(detail);
    if (stage.status === "unavailable") return nothing(name, detail);
    if (stage.status === "failed") return serviceProblem(detail);
  }
  const { finished } = progress;
  if (!finished) return null;
  if (finished.status === "cancelled") return stopped(finished.reason ?? "");
  if (finished.status === "failed") return serviceProblem(finished.reason ?? "");
  return nothing(name, finished.reason ?? "");
}

function stopped(detail: string): Status {
  return { icon: "square", word: "Stopped", tone: "neutral", detail };
}

function serviceProblem(detail: string): Status {
  return { icon: "fault", word: "Service problem", tone: "fault", detail };
}

function nothing(name: LaneName, detail: string): Status {
  const word = name === "predicted" ? "No prediction" : "No real run";
  return { icon: "dash", word, tone: "neutral", detail };
}

export function laneStatus(name: LaneName, store: TraceStore | null): Status {
  const status = fullStatus(name, store);
  // A sentence that only repeats the word says nothing.
  return status.detail === `${status.word}.` ? { ...status, detail: "" } : status;
}

function fullStatus(name: LaneName, store: TraceStore | null): Status {
  if (!store) return { icon: "dash", word: "Nothing yet", tone: "neutral", detail: "" };
  const lane = store.lane(name);
  const { progress } = store;
  if (lane.finished) return endStatus(lane.finished);
  if (lane.unavailable) {
    const { reason, fix } = lane.unavailable;
    return nothing(name, fix ? `${reason} ${fix}` : reason);
  }
  const ended = endedWithoutTrace(name, progress);
  if (ended) return ended;
  if (store.complete) return nothing(name, "");
  const busy = progress.stages.get(name) === "running" || lane.started || lane.length > 0;
  return busy ? runningLane(name, lane) : waiting(progress.ahead);
}

/** What a screen reader hears: the milestones of a run, never single steps. */
export function announcement(store: TraceStore | null): string {
  if (!store) return "";
  const { finished, ahead, stages } = store.progress;
  const parts = (["actual", "predicted"] as const)
    .filter((name) => store.lane(name).finished)
    .map((name) => {
      const label = name === "actual" ? "Actual trace" : "Predicted trace";
      return `${label}: ${laneStatus(name, store).word}, ${plural(store.lane(name).length, "step")}.`;
    });
  if (finished) return parts.join(" ") || `Run ${finished.status}. ${finished.reason ?? ""}`.trim();
  if (parts.length > 0) return parts.join(" ");
  if (store.lane("actual").length > 0) return "The first steps have arrived.";
  if (stages.size > 0) return "Running.";
  return ahead === null ? "" : ahead > 0 ? `Waiting, ${ahead} ahead.` : "Waiting.";
}
