/**
 * A program on its way from one page of this tab to the player page.
 *
 * It is no draft: the player page takes it up as an edit, so that undo brings back what was there.
 */

import type { Program } from "./config.js";
import { readProgram } from "./drafts.js";

const KEY = "handover";

/** False where the browser forbids to keep anything. */
export function handOver(program: Program): boolean {
  try {
    window.sessionStorage.setItem(KEY, JSON.stringify(program));
    return true;
  } catch {
    return false;
  }
}

/** The program that waits, once. */
export function takeOver(): Program | null {
  try {
    const text = window.sessionStorage.getItem(KEY);
    window.sessionStorage.removeItem(KEY);
    return text === null ? null : readProgram(JSON.parse(text));
  } catch {
    return null;
  }
}
