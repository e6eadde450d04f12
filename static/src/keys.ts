/** Keys that step through a trace, and whether a key press is meant for them. */

import type { StepCommand } from "./stepper.js";

const LETTERS: Readonly<Record<string, StepCommand>> = {
  s: "into",
  n: "over",
  o: "out",
  b: "back",
  d: "difference",
};

const NAMED: Readonly<Record<string, StepCommand>> = {
  ArrowRight: "into",
  ArrowLeft: "back",
  Home: "first",
  End: "last",
};

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** The command of a key press, or null. Letters can be switched off (WCAG 2.1.4). */
export function stepCommandOf(press: KeyPress, letters: boolean): StepCommand | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  return NAMED[press.key] ?? (letters ? (LETTERS[press.key.toLowerCase()] ?? null) : null);
}

/** Whether the element takes typed text, so that letters belong to it. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== "range" && target.type !== "radio";
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    target.isContentEditable
  );
}
