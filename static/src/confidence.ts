/**
 * How sure the model was of a predicted value, in three bands with words.
 *
 * The number is the probability that the model gave to all tokens of the value together. It says
 * how sure the model is, not how often it is right. Both thresholds stand here and nowhere else.
 */

import type { FrameConfidence } from "./protocol.gen.js";
import type { LaneTrace } from "./trace-store.js";

export type Band = "sure" | "likely" | "unsure";

const SURE = 0.95;
const LIKELY = 0.7;

export interface Confidence {
  band: Band;
  probability: number;
}

export function confidenceOf(probability: number | null | undefined): Confidence | null {
  if (probability == null || !(probability >= 0 && probability <= 1)) return null;
  const band = probability >= SURE ? "sure" : probability >= LIKELY ? "likely" : "unsure";
  return { band, probability };
}

/** "The model gave this value a probability of 87 %." Never rounded to a certainty. */
export function confidenceText({ probability }: Confidence): string {
  const percent = probability * 100;
  const shown =
    percent > 99 && percent < 100
      ? "over 99"
      : percent > 0 && percent < 1
        ? "under 1"
        : String(Math.round(percent));
  return `The model gave this value a probability of ${shown} %.`;
}

/** The model's confidence in the value of a local at a step: that of the frame that wrote it. */
export function localConfidence(lane: LaneTrace, step: number, name: string): Confidence | null {
  const serial = lane.timeline.serial(step);
  for (let at = step; at >= 0; at--) {
    if (lane.timeline.serial(at) !== serial) continue;
    const probability = own(lane.confidence[at], name);
    const isWritten = Object.hasOwn(lane.timeline.events[at]?.changed ?? {}, name);
    // A frame may also say that a value is unchanged; the frame that wrote it counts.
    if (isWritten) return confidenceOf(probability);
  }
  return null;
}

/** The confidence in what a step returns or raises. */
export function valueConfidence(lane: LaneTrace, step: number): Confidence | null {
  return confidenceOf(lane.confidence[step]?.value);
}

/** The confidence in where the step is: the less sure of its kind and its line. */
export function placeConfidence(lane: LaneTrace, step: number): Confidence | null {
  const { event, line } = lane.confidence[step] ?? {};
  const known = [event, line].filter((probability) => probability != null);
  return known.length === 0 ? null : confidenceOf(Math.min(...known));
}

function own(confidence: FrameConfidence | null | undefined, name: string): number | undefined {
  const locals = confidence?.locals ?? {};
  return Object.hasOwn(locals, name) ? locals[name] : undefined;
}
