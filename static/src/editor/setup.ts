/** How CodeMirror is set up for Python here. Colours come from the site's CSS variables. */

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  LanguageSupport,
  syntaxHighlighting,
} from "@codemirror/language";
import { EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  type KeyBinding,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { lineMarks } from "./markers.js";

const theme = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--code-bg)", color: "var(--text)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "var(--mono)",
    fontSize: "var(--code-size)",
    lineHeight: "1.6",
    overscrollBehaviorX: "contain",
  },
  ".cm-content": { padding: "10px 0", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0 12px 0 8px" },
  ".cm-gutters": {
    backgroundColor: "var(--code-bg)",
    color: "var(--text-faint)",
    border: "none",
    fontVariantNumeric: "tabular-nums",
  },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 8px 0 14px", minWidth: "36px" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter": {
    backgroundColor: "var(--code-active)",
  },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": {
    backgroundColor: "var(--selection) !important",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--selection)", outline: "none" },
});

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--syn-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--syn-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--syn-number)" },
  { tag: tags.comment, color: "var(--syn-comment)", fontStyle: "italic" },
  { tag: tags.function(tags.definition(tags.variableName)), color: "var(--syn-def)" },
  { tag: tags.definition(tags.className), color: "var(--syn-def)" },
  { tag: tags.self, color: "var(--syn-keyword)" },
  { tag: [tags.operator, tags.punctuation, tags.bracket], color: "var(--syn-punct)" },
  { tag: tags.invalid, color: "var(--error)" },
]);

export interface EditorOptions {
  /** Name that a screen reader says. */
  label: string;
  editable: boolean;
  /** Of the content security policy, for the style element that CodeMirror writes. */
  nonce: string;
  keys: readonly KeyBinding[];
  onEdit(text: string): void;
}

/** `pythonLanguage` without `python()`: completion is a help that hides what there is to learn. */
const base: Extension = [
  lineNumbers(),
  // Characters that are invisible or turn the direction of text could hide what a program does.
  highlightSpecialChars(),
  new LanguageSupport(pythonLanguage),
  syntaxHighlighting(highlight),
  indentUnit.of("    "),
  lineMarks,
  theme,
];

const editing: Extension = [
  history(),
  drawSelection(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  // Esc and then Tab leaves the editor: CodeMirror's Esc lets the next Tab through.
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
];

export function createEditor(parent: HTMLElement, doc: string, options: EditorOptions): EditorView {
  const { label, editable, nonce, keys, onEdit } = options;
  const state = EditorState.create({
    doc,
    extensions: [
      keymap.of([...keys]),
      base,
      editable ? editing : [EditorState.readOnly.of(true), EditorView.editable.of(false)],
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
      nonce ? EditorView.cspNonce.of(nonce) : [],
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onEdit(update.state.doc.toString());
      }),
    ],
  });
  return new EditorView({ state, parent });
}
