/** `<shortcut-dialog>`: the list of keys, and the switch for those that are single letters. */

import { html, type TemplateResult } from "lit";
import { icon } from "../icons.js";
import { define, LightElement } from "./light.js";

type Row = readonly [keys: readonly string[], meaning: string];

const EVERYWHERE: readonly Row[] = [
  [["Ctrl/⌘ Enter"], "Predict and run, or solve"],
  [["Ctrl/⌘ Shift Enter"], "Go to the trace"],
  [["Ctrl/⌘ S"], "Share this run"],
  [["Esc"], "Stop, with the focus outside the editor"],
  [["Esc", "Tab"], "Leave the editor (Tab alone indents)"],
  [["?"], "This list"],
];

const IN_TRACE: readonly Row[] = [
  [["s", "→"], "Step into: the next step, inside calls too"],
  [["n"], "Step over: the next step in this function"],
  [["o"], "Step out: back to the caller"],
  [["b", "←"], "Step back"],
  [["d"], "Next place where prediction and reality differ"],
  [["↑", "↓"], "One row up or down, in the list of all steps"],
  [["Home", "End"], "First and last step, with the focus on the trace"],
];

export class ShortcutDialog extends LightElement {
  static override properties = { letterKeys: { attribute: false } };

  declare letterKeys: boolean;

  constructor() {
    super();
    this.letterKeys = true;
  }

  open(): void {
    const dialog = this.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
  }

  protected override render(): TemplateResult {
    return html`<dialog class="dialog" aria-labelledby="shortcut-title">
      <div class="dialog-head">
        <h2 id="shortcut-title">Keyboard shortcuts</h2>
        <button type="button" class="button-icon" aria-label="Close"
          @click=${() => this.querySelector("dialog")?.close()}>${icon("close")}</button>
      </div>
      <h3>Everywhere</h3>
      ${renderRows(EVERYWHERE)}
      <h3>Through the trace, while you are not typing</h3>
      ${renderRows(IN_TRACE)}
      <label class="switch">
        <input type="checkbox" .checked=${this.letterKeys}
          @change=${(event: Event) =>
            this.emit("letter-keys", (event.target as HTMLInputElement).checked)} />
        <span>Single letters step through the trace</span>
      </label>
    </dialog>`;
  }
}

function renderRows(rows: readonly Row[]): TemplateResult {
  return html`<dl class="keys">${rows.map(
    ([keys, meaning]) => html`<div>
      <dt>${keys.map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${meaning}</dd>
    </div>`,
  )}</dl>`;
}

define("shortcut-dialog", ShortcutDialog);
