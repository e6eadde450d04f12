/** `<variables-pane>`: the variables of one activation, with what the last line changed tagged. */

import { html, nothing, type TemplateResult } from "lit";
import type { Confidence } from "../confidence.js";
import { icon } from "../icons.js";
import type { TraceEvent } from "../protocol.gen.js";
import type { Activation } from "../state-timeline.js";
import { type Variable, variablesOf } from "../variables.js";
import { renderConfidence } from "./confidence-word.js";
import { define, LightElement } from "./light.js";

/** Longer values are folded: a list of a thousand numbers must not push the rest away. */
const FOLD_CHARS = 120;

export class VariablesPane extends LightElement {
  static override properties = {
    activation: { attribute: false },
    event: { attribute: false },
    previous: { attribute: false },
    result: { attribute: false },
    confidence: { attribute: false },
    resultConfidence: { attribute: false },
    unfolded: { state: true },
    copied: { state: true },
  };

  declare activation: Activation | null;
  /** The event whose changes are tagged: null where the activation is not the event's own. */
  declare event: TraceEvent | null;
  /** The activation one event earlier. */
  declare previous: Activation | null;
  /** What the step returned or raised, shown below the variables. */
  declare result: Variable | null;
  /** How sure a model was of a variable's value; null for what nobody predicted. */
  declare confidence: (name: string) => Confidence | null;
  declare resultConfidence: Confidence | null;
  declare private unfolded: ReadonlySet<string>;
  declare private copied: string;

  constructor() {
    super();
    this.activation = null;
    this.event = null;
    this.previous = null;
    this.result = null;
    this.confidence = () => null;
    this.resultConfidence = null;
    this.unfolded = new Set();
    this.copied = "";
  }

  protected override render(): TemplateResult {
    const { activation, event, previous } = this;
    const variables = activation ? variablesOf(activation, event, previous) : [];
    if (this.result) variables.push(this.result);
    if (variables.length === 0) {
      return html`<p class="empty">${activation ? "No variables yet." : "Nothing to show yet."}</p>`;
    }
    return html`<table class="variables">
      <thead class="visually-hidden">
        <tr><th scope="col">Name</th><th scope="col">Value</th><th scope="col">Change</th></tr>
      </thead>
      <tbody>${variables.map((variable) => this.renderVariable(variable))}</tbody>
    </table>`;
  }

  private renderVariable(variable: Variable): TemplateResult {
    const { name, value, change, isShortened } = variable;
    const isResult = variable === this.result;
    return html`<tr class=${change ? `is-${change}` : ""}>
      <th scope="row" title=${name}>${name}</th>
      <td class="value">${this.renderValue(name, value, isShortened)}${renderConfidence(isResult ? this.resultConfidence : this.confidence(name))}</td>
      <td class="change">${
        change ? html`<span class="tag tag-${change}">${icon("dot")}${change}</span>` : nothing
      }</td>
    </tr>`;
  }

  private renderValue(name: string, value: string, isShortened: boolean): TemplateResult {
    const isLong = value.length > FOLD_CHARS;
    const isOpen = this.unfolded.has(name);
    const text = isLong && !isOpen ? `${value.slice(0, FOLD_CHARS)}…` : value;
    return html`<code>${text}</code>${
      isShortened ? html`<span class="note">shortened when it was recorded</span>` : nothing
    }${
      isLong
        ? html`<span class="value-tools">
          <button type="button" class="link" aria-expanded=${isOpen}
            @click=${() => this.toggle(name)}>${isOpen ? "Show less" : `Show all ${value.length.toLocaleString("en")} characters`}</button>
          <button type="button" class="link" @click=${() => this.copy(name, value)}
            >${this.copied === name ? "Copied" : "Copy"}</button>
        </span>`
        : nothing
    }`;
  }

  private toggle(name: string): void {
    const unfolded = new Set(this.unfolded);
    if (!unfolded.delete(name)) unfolded.add(name);
    this.unfolded = unfolded;
  }

  private async copy(name: string, value: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(value);
      this.copied = name;
    } catch {
      // No clipboard on an insecure origin: the unfolded text can be selected instead.
      this.unfolded = new Set([...this.unfolded, name]);
    }
  }
}

define("variables-pane", VariablesPane);
