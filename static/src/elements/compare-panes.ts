/** `<compare-panes>`: both lanes at one row: what happens, variables, all steps, calls, output. */

import {
  html,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from "lit";
import { compareVariables, type Standing, standingOf } from "../compared-variables.js";
import { placeConfidence } from "../confidence.js";
import { describeStep, shorten } from "../describe.js";
import { icon } from "../icons.js";
import { endWord, LANE_TITLES, laneStatus } from "../lane-status.js";
import { LANES, type LaneName } from "../trace-store.js";
import { renderConfidence } from "./confidence-word.js";
import { define } from "./light.js";
import { RowElement } from "./row-element.js";
import "./compared-table.js";
import "./output-pane.js";
import "./stack-pane.js";
import "./step-rows.js";

/** A sentence is for reading; the whole of a long value is among the variables. */
const MAX_CODE_CHARS = 120;

export class ComparePanes extends RowElement {
  static override properties: PropertyDeclarations = { depth: { state: true } };

  /** The chosen call of both stacks, counted from outside, or null for the innermost. */
  declare private depth: number | null;

  constructor() {
    super();
    this.depth = null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // A step moves the attention to where the program is.
    if (changed.has("row") || changed.has("store")) this.depth = null;
  }

  protected override render(): TemplateResult {
    const { store, row, depth } = this;
    const predicted = standingOf(store, "predicted", row, depth);
    const actual = standingOf(store, "actual", row, depth);
    const name = (actual.activation ?? predicted.activation)?.funcName;
    const lane = store.lane("actual");
    return html`
      <div class="nows">
        ${this.renderNow("predicted", predicted)}
        ${this.renderNow("actual", actual)}
      </div>
      ${this.renderEnd()}
      <section class="pane pane-variables">
        <h2>Variables${name ? html` <span class="pane-of">in <code>${name}</code></span>` : null}</h2>
        <compared-table .rows=${compareVariables(predicted, actual)} .view=${this.view}></compared-table>
      </section>
      <section class="pane pane-steps">
        <h2>All steps</h2>
        <step-rows .store=${store} .revision=${this.revision} .row=${row} .view=${this.view}
          .sourceLines=${this.sourceLines}></step-rows>
      </section>
      <section class="pane pane-stack">
        <h2>Call stack</h2>
        <div class="stacks">${LANES.map((lane) => this.renderStack(lane, lane === "actual" ? actual : predicted))}</div>
      </section>
      <section class="pane pane-output">
        <h2>Output so far <span class="pane-of">of the real run; the model predicts none</span></h2>
        <output-pane .console=${lane.console} .pieces=${lane.console.length}
          .step=${store.compared.stepAt("actual", row)}
          .length=${lane.length} .truncated=${lane.finished?.output_truncated ?? false}></output-pane>
      </section>`;
  }

  private renderNow(name: LaneName, standing: Standing): TemplateResult {
    return html`<div class="now-lane now-of-${name}" ?data-chosen=${name === this.view}>
      <span class="claim">${LANE_TITLES[name]}</span>
      ${standing.step >= 0 ? this.renderSentence(name, standing.step) : this.renderMissing(name)}
    </div>`;
  }

  private renderSentence(name: LaneName, step: number): TemplateResult {
    const lane = this.store.lane(name);
    const { lead, code } = describeStep(lane, step, this.sourceLines);
    const kind = lane.timeline.events[step]?.kind ?? "line";
    return html`<p class="now now-${kind}">
      <span class="now-lead">${lead}</span> <code>${shorten(code, MAX_CODE_CHARS)}</code>
      ${name === "predicted" ? renderConfidence(placeConfidence(lane, step)) : nothing}
    </p>`;
  }

  /** The lane has no step in this row: it waits, has ended, or goes another way. */
  private renderMissing(name: LaneName): TemplateResult {
    const { store } = this;
    const isPast = store.compared.stepAt(name, this.row) >= store.lane(name).length - 1;
    const row = store.compared.rows[this.row];
    const status = laneStatus(name, store);
    if (isPast && !row?.scored) {
      return html`<p class="now now-none status-${status.tone}">${icon(status.icon)} ${status.word}</p>`;
    }
    const text = name === "actual" ? "This never happens." : "The model has no such step.";
    return html`<p class="now now-none">${text}</p>`;
  }

  /** A finished run opens at its end, where no step forwards is left. */
  private renderEnd(): TemplateResult | typeof nothing {
    const { store, row } = this;
    const { rows } = store.compared;
    const word = endWord(store.lane("actual").finished);
    if (row < rows.length - 1 || rows.length < 2 || !word) return nothing;
    return html`<div class="now-end"><span>${word}</span>
      <button type="button" class="from-start"
        @click=${() => this.emit("from-start")}>${icon("play")}From the start</button></div>`;
  }

  private renderStack(name: LaneName, { lane, step, activation }: Standing): TemplateResult {
    const stack = lane.timeline.at(step);
    return html`<div class="stack-of" ?data-chosen=${name === this.view}>
      <span class="claim claim-${name}">${LANE_TITLES[name]}</span>
      <stack-pane .stack=${stack} .selected=${activation?.serial ?? -1}
        @activation-choice=${(event: CustomEvent<number>) => {
          this.depth = stack.findIndex(({ serial }) => serial === event.detail);
        }}></stack-pane>
    </div>`;
  }
}

define("compare-panes", ComparePanes);
