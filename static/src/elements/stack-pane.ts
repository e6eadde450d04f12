/** `<stack-pane>`: the call stack, innermost call first; a call can be chosen to see its variables. */

import { html, type TemplateResult } from "lit";
import { shorten } from "../describe.js";
import type { Activation } from "../state-timeline.js";
import { define, LightElement } from "./light.js";

/** A deep recursion shows its innermost and outermost calls; the middle says only how many. */
const SHOWN_INNER = 12;
const SHOWN_OUTER = 4;

/** The calls of a recursion differ in their arguments alone; enough of them to tell them apart. */
const ARGUMENT_CHARS = 12;
const ARGUMENTS_CHARS = 28;

export class StackPane extends LightElement {
  static override properties = {
    stack: { attribute: false },
    selected: { attribute: false },
  };

  declare stack: readonly Activation[];
  /** Serial of the selected activation. */
  declare selected: number;

  constructor() {
    super();
    this.stack = [];
    this.selected = -1;
  }

  protected override render(): TemplateResult {
    const calls = [...this.stack].reverse();
    if (calls.length === 0) return html`<p class="empty">Nothing is running.</p>`;
    const hidden = calls.length - SHOWN_INNER - SHOWN_OUTER;
    if (hidden <= 1)
      return html`<ol class="stack">${calls.map((call) => this.renderCall(call))}</ol>`;
    return html`<ol class="stack">
      ${calls.slice(0, SHOWN_INNER).map((call) => this.renderCall(call))}
      <li class="stack-gap">${hidden.toLocaleString("en")} more calls</li>
      ${calls.slice(-SHOWN_OUTER).map((call) => this.renderCall(call))}
    </ol>`;
  }

  private renderCall({ serial, funcName, args, line }: Activation): TemplateResult {
    const isSelected = serial === this.selected;
    return html`<li>
      <button type="button" class="stack-call" aria-pressed=${isSelected}
        @click=${() => this.emit("activation-choice", serial)}>
        <code>${funcName || "<module>"}${args.length > 0 ? html`<span class="stack-args">(${argumentText(args)})</span>` : null}</code>
        <span class="stack-line">${line === 0 ? "" : `line ${Math.abs(line)}`}</span>
      </button>
    </li>`;
  }
}

function argumentText(args: Activation["args"]): string {
  const told = args.filter(([name]) => name !== "self");
  const parts = told.map(([, value]) => shorten(value, ARGUMENT_CHARS));
  return shorten(parts.join(", "), ARGUMENTS_CHARS);
}

define("stack-pane", StackPane);
