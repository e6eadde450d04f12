/** `<code-editor>`: Python source with line markers, for typing or for reading only. */

import type { EditorView } from "@codemirror/view";
import type { PropertyDeclarations, PropertyValues } from "lit";
import { type LineMark, revealLine, showMarks } from "../editor/markers.js";
import { createEditor } from "../editor/setup.js";
import { define, LightElement } from "./light.js";

export class CodeEditor extends LightElement {
  static override properties: PropertyDeclarations = {
    value: { attribute: false },
    // Equal marks in a new list are no change: revealing a line again would undo scrolling.
    marks: { attribute: false, hasChanged: (a, b) => JSON.stringify(a) !== JSON.stringify(b) },
    label: { attribute: false },
    editable: { attribute: false },
    cspNonce: { attribute: false },
  };

  declare value: string;
  declare marks: readonly LineMark[];
  declare label: string;
  declare editable: boolean;
  declare cspNonce: string;
  private view: EditorView | null = null;

  constructor() {
    super();
    this.value = "";
    this.marks = [];
    this.label = "Python source";
    this.editable = true;
    this.cspNonce = "";
  }

  override focus(): void {
    this.view?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.view?.destroy();
    this.view = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.requestUpdate();
  }

  protected override updated(changed: PropertyValues<this>): void {
    const created = this.view === null;
    this.view ??= this.create();
    if (!created && changed.has("value")) this.replaceText(this.view);
    if (created || changed.has("value") || changed.has("marks")) this.mark(this.view);
  }

  private create(): EditorView {
    return createEditor(this, this.value, {
      label: this.label,
      editable: this.editable,
      nonce: this.cspNonce,
      onEdit: (text) => {
        this.value = text;
        this.emit("source-change", text);
      },
      keys: [
        { key: "Mod-Enter", run: () => this.command("run-request") },
        { key: "Mod-Shift-Enter", run: () => this.command("trace-focus") },
        { key: "Mod-s", run: () => this.command("share-request") },
      ],
    });
  }

  private command(type: string): boolean {
    this.emit(type);
    return true;
  }

  /** As one edit, so that undo brings the old text back. */
  private replaceText(view: EditorView): void {
    const old = view.state.doc.toString();
    if (old === this.value) return;
    view.dispatch({ changes: { from: 0, to: old.length, insert: this.value } });
  }

  private mark(view: EditorView): void {
    showMarks(view, this.marks);
    const focus = this.marks.find(({ kind }) => kind !== "ran") ?? this.marks[0];
    if (focus) {
      view.requestMeasure({ read: () => null, write: () => revealLine(view, focus.line) });
    }
  }
}

define("code-editor", CodeEditor);
