/** `<lane-panes>`: one lane's state at a step: what happens, variables, call stack, output. */

import { html, type PropertyValues, type TemplateResult } from "lit";
import { localConfidence, placeConfidence, valueConfidence } from "../confidence.js";
import { describeStep, resultOf, shorten } from "../describe.js";
import { icon } from "../icons.js";
import { endWord, LANE_TITLES } from "../lane-status.js";
import type { LaneName, TraceStore } from "../trace-store.js";
import { renderConfidence } from "./confidence-word.js";
import { define, LightElement } from "./light.js";
import "./output-pane.js";
import "./stack-pane.js";
import "./variables-pane.js";

/** A sentence is for reading; the whole of a long value is among the variables. */
const MAX_CODE_CHARS = 160;

export class LanePanes extends LightElement {
  static override properties = {
    store: { attribute: false },
    revision: { attribute: false },
    name: { attribute: false },
    step: { attribute: false },
    sourceLines: { attribute: false },
    selected: { state: true },
  };

  declare store: TraceStore;
  declare revision: number;
  declare name: LaneName;
  declare step: number;
  declare sourceLines: readonly string[];
  /** Serial of the chosen activation, or null for the innermost. */
  declare private selected: number | null;

  constructor() {
    super();
    this.revision = 0;
    this.name = "actual";
    this.step = 0;
    this.sourceLines = [];
    this.selected = null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // A step moves the attention to where the program is.
    if (changed.has("step") || changed.has("store")) this.selected = null;
  }

  protected override render(): TemplateResult {
    const lane = this.store.lane(this.name);
    if (lane.length === 0 && lane.console.length === 0) return this.renderEmpty();
    const { timeline } = lane;
    const stack = timeline.at(this.step);
    const innermost = stack[stack.length - 1] ?? null;
    const activation = stack.find(({ serial }) => serial === this.selected) ?? innermost;
    const isCurrent = activation === innermost;
    const name = activation?.funcName;
    return html`
      ${this.renderHeading()}
      <section class="pane pane-variables">
        <h2>Variables${name ? html` <span class="pane-of">in <code>${name}</code></span>` : null}</h2>
        <variables-pane .activation=${activation}
          .confidence=${(local: string) => (isCurrent ? localConfidence(lane, this.step, local) : null)}
          .resultConfidence=${isCurrent ? valueConfidence(lane, this.step) : null}
          .event=${isCurrent ? (timeline.events[this.step] ?? null) : null}
          .result=${isCurrent ? resultOf(lane, this.step) : null}
          .previous=${isCurrent ? timeline.before(this.step) : null}></variables-pane>
      </section>
      <section class="pane pane-stack">
        <h2>Call stack</h2>
        <stack-pane .stack=${stack} .selected=${activation?.serial ?? -1}
          @activation-choice=${(event: CustomEvent<number>) => {
            this.selected = event.detail;
          }}></stack-pane>
      </section>
      <section class="pane pane-output">
        <h2>Output so far</h2>
        <output-pane .console=${lane.console} .pieces=${lane.console.length} .step=${this.step}
          .length=${lane.length} .truncated=${lane.finished?.output_truncated ?? false}
          .emptyText=${this.name === "predicted" ? "The model does not predict output." : "Nothing printed."}
        ></output-pane>
      </section>`;
  }

  private renderHeading(): TemplateResult {
    const lane = this.store.lane(this.name);
    const { lead, code } = describeStep(lane, this.step, this.sourceLines);
    const kind = lane.timeline.events[this.step]?.kind ?? "line";
    const end = this.step >= lane.length - 1 ? endWord(lane.finished) : "";
    return html`<div class="heading">
      <p class="now now-${kind}">
        ${this.name === "predicted" ? html`<span class="claim">${LANE_TITLES[this.name]}</span>` : null}
        <span class="now-lead">${lead}</span> <code>${shorten(code, MAX_CODE_CHARS)}</code>
        ${renderConfidence(placeConfidence(lane, this.step))}
      </p>
      ${end && lane.length > 1 ? this.renderEnd(end) : null}
    </div>`;
  }

  /** A finished run opens at its end, where no step forwards is left. */
  private renderEnd(word: string): TemplateResult {
    return html`<div class="now-end"><span>${word}</span>
      <button type="button" class="from-start"
        @click=${() => this.emit("from-start")}>${icon("play")}From the start</button></div>`;
  }

  /** The timeline above already says how the lane stands and why. */
  private renderEmpty(): TemplateResult {
    const lane = this.store.lane(this.name);
    const isOpen = !lane.finished && !lane.unavailable && !this.store.progress.finished;
    const text = isOpen ? "Steps appear here as they come." : "There are no steps to show.";
    return html`<p class="empty">${text}</p>`;
  }
}

define("lane-panes", LanePanes);
