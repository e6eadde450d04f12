/** Worded line markers in CodeMirror: where execution is, and where an error was found. */

import {
  type EditorState,
  type Extension,
  StateEffect,
  StateField,
  type Transaction,
} from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import type { MarkerKind } from "../describe.js";

export interface LineMark {
  /** 1-based; marks outside the document are left out. */
  line: number;
  kind: MarkerKind | "error" | "other";
  word: string;
  /** 1-based column of an error, 0 when only the line is known. */
  column?: number;
}

class WordWidget extends WidgetType {
  constructor(
    private readonly kind: LineMark["kind"],
    private readonly word: string,
  ) {
    super();
  }

  override eq(other: WordWidget): boolean {
    return other.kind === this.kind && other.word === this.word;
  }

  override toDOM(): HTMLElement {
    const element = document.createElement("span");
    element.className = `line-word line-word-${this.kind}`;
    element.textContent = this.word;
    return element;
  }
}

const setMarks = StateEffect.define<readonly LineMark[]>();

function decorations(state: EditorState, marks: readonly LineMark[]): DecorationSet {
  const ranges = marks
    .filter(({ line }) => line >= 1 && line <= state.doc.lines)
    .flatMap(({ line: number, kind, word, column }) => {
      const line = state.doc.line(number);
      const found = [
        Decoration.line({ class: `line-${kind}` }).range(line.from),
        Decoration.widget({ widget: new WordWidget(kind, word), side: 1 }).range(line.to),
      ];
      const at = line.from + (column ?? 0) - 1;
      if (column && at < line.to) {
        found.push(Decoration.mark({ class: "error-spot" }).range(at, at + 1));
      }
      return found;
    });
  return Decoration.set(ranges, true);
}

/** Markers describe the text they were made for: the first edit removes them. */
function next(current: DecorationSet, transaction: Transaction): DecorationSet {
  let marks = transaction.docChanged ? Decoration.none : current;
  for (const effect of transaction.effects) {
    if (effect.is(setMarks)) marks = decorations(transaction.state, effect.value);
  }
  return marks;
}

export const lineMarks: Extension = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: next,
  provide: (field) => EditorView.decorations.from(field),
});

export function showMarks(view: EditorView, marks: readonly LineMark[]): void {
  view.dispatch({ effects: setMarks.of(marks) });
}

/**
 * Scrolls the editor, and only the editor, until a line is visible. CodeMirror's own
 * `scrollIntoView` would move the whole page, away from the step bar under the person's finger.
 */
export function revealLine(view: EditorView, number: number): void {
  if (number < 1 || number > view.state.doc.lines) return;
  const block = view.lineBlockAt(view.state.doc.line(number).from);
  const { scrollDOM } = view;
  const margin = Math.min(48, scrollDOM.clientHeight / 4);
  const bottom = scrollDOM.scrollTop + scrollDOM.clientHeight;
  if (block.top < scrollDOM.scrollTop + margin) scrollDOM.scrollTop = block.top - margin;
  else if (block.bottom > bottom - margin) {
    scrollDOM.scrollTop = block.bottom + margin - scrollDOM.clientHeight;
  }
}
