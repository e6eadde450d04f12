/** What the program has written and read so far at a step, and what is still to come. */

import type { Console } from "./trace-store.js";

export interface ConsolePiece {
  stream: Console["stream"];
  text: string;
  isLater: boolean;
}

/** Showing more than this at once would freeze the page; the tail is what people look for. */
const MAX_SHOWN_CHARS = 100_000;

/**
 * The pieces of a console at event `step` of a trace with `length` events, neighbours of the same
 * kind joined. Text written while event n was current is the work of line n, so it is there from
 * the next event on; at the last event everything is there.
 */
export function consoleAt(
  console: readonly Console[],
  step: number,
  length: number,
): ConsolePiece[] {
  const isLast = step >= length - 1;
  const pieces: ConsolePiece[] = [];
  for (const { stream, text, step: written } of console) {
    const isLater = !isLast && written >= step;
    const previous = pieces[pieces.length - 1];
    if (previous && previous.stream === stream && previous.isLater === isLater) {
      previous.text += text;
    } else {
      pieces.push({ stream, text, isLater });
    }
  }
  return pieces.map(cut);
}

function cut(piece: ConsolePiece): ConsolePiece {
  if (piece.text.length <= MAX_SHOWN_CHARS) return piece;
  const left = (piece.text.length - MAX_SHOWN_CHARS).toLocaleString("en");
  return {
    ...piece,
    text: `[${left} characters not shown]\n${piece.text.slice(-MAX_SHOWN_CHARS)}`,
  };
}
