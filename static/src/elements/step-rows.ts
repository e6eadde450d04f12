/**
 * `<step-rows>`: all steps of both lanes, one row each, those that belong together side by side.
 *
 * Only the rows in sight are drawn: thousands of steps cost no more than twenty.
 */

import {
  html,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from "lit";
import type { Row } from "../compare.js";
import { differs } from "../compared-trace.js";
import { type IconName, icon } from "../icons.js";
import { rowText } from "../row-text.js";
import { LANES, type LaneName } from "../trace-store.js";
import { define } from "./light.js";
import { RowElement } from "./row-element.js";

/** The same height as `.step-row` has in the style sheet. */
const ROW_PX = 28;
/** Rows drawn above and below those in sight, so that scrolling does not show gaps. */
const SPARE = 6;
/** Rows that are drawn before the list knows how high it is. */
const FIRST_DRAWN = 14;

interface Mark {
  icon: IconName;
  word: string;
  name: string;
}

function markOf(row: Row): Mark {
  if (!row.scored) return { icon: "circle", word: "not compared", name: "open" };
  switch (row.status) {
    case "matched":
      return { icon: "check", word: "same", name: "same" };
    case "changed":
      return { icon: "differs", word: "differs", name: "differs" };
    case "only_predicted":
      return { icon: "differs", word: "never happens", name: "differs" };
    case "only_actual":
      return { icon: "differs", word: "not predicted", name: "differs" };
  }
}

export class StepRows extends RowElement {
  static override properties: PropertyDeclarations = { top: { state: true } };

  /** First row in sight. */
  declare private top: number;

  constructor() {
    super();
    this.top = 0;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("row") || changed.has("store")) this.top = this.topFor(this.row);
  }

  protected override render(): TemplateResult {
    const { rows } = this.store.compared;
    const [from, to] = this.drawn(rows.length);
    return html`
      <div class="step-heads" aria-hidden="true">
        <span>Step</span><span class="head-predicted" ?data-chosen=${this.view === "predicted"}>Predicted, not executed</span><span
          class="head-actual" ?data-chosen=${this.view === "actual"}>Actual</span><span></span>
      </div>
      <div class="step-scroll" role="listbox" tabindex="0" aria-label="Steps, predicted and actual"
        aria-activedescendant="step-row-${this.row}" @scroll=${this.scrolled} @keydown=${this.keyed}>
        <div class="step-space">
          <div class="step-window">${rows.slice(from, to).map((row, at) => this.renderRow(row, from + at, rows.length))}</div>
        </div>
      </div>`;
  }

  private renderRow(row: Row, at: number, count: number): TemplateResult {
    const mark = markOf(row);
    return html`<div class="step-row row-${mark.name}" role="option" id="step-row-${at}"
      aria-selected=${at === this.row} aria-posinset=${at + 1} aria-setsize=${count}
      @click=${() => this.emit("row-to", at)}>
      <span class="row-number">${at + 1}</span>
      ${LANES.map((name) => this.renderCell(name, row[name], differs(row)))}
      <span class="row-mark" title=${mark.word}>${icon(mark.icon)}<span class="visually-hidden">${mark.word}</span></span>
    </div>`;
  }

  private renderCell(name: LaneName, step: number | null, isOdd: boolean): TemplateResult {
    const isChosen = name === this.view;
    if (step === null) {
      return html`<span class="row-cell row-none" ?data-chosen=${isChosen}>${isOdd ? "no such step" : nothing}</span>`;
    }
    const { place, code, note } = rowText(this.store.lane(name), step, this.sourceLines);
    return html`<span class="row-cell row-${name}" ?data-chosen=${isChosen}><span
      class="visually-hidden">${name}: line </span><span class="row-place">${place}</span><code
      class="row-code">${code}</code>${note ? html`<code class="row-note">${note}</code>` : nothing}</span>`;
  }

  /** How much is in sight is known only now. */
  protected override firstUpdated(): void {
    this.top = this.topFor(this.row);
  }

  protected override updated(): void {
    const { rows } = this.store.compared;
    const [from] = this.drawn(rows.length);
    const space = this.querySelector<HTMLElement>(".step-space");
    const shown = this.querySelector<HTMLElement>(".step-window");
    space?.style.setProperty("height", `${rows.length * ROW_PX}px`);
    shown?.style.setProperty("transform", `translateY(${from * ROW_PX}px)`);
    const box = this.box;
    if (box && Math.floor(box.scrollTop / ROW_PX) !== this.top) box.scrollTop = this.top * ROW_PX;
  }

  private get box(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".step-scroll");
  }

  private get inSight(): number {
    return Math.ceil(this.height / ROW_PX);
  }

  private get height(): number {
    return this.box?.clientHeight || FIRST_DRAWN * ROW_PX;
  }

  private drawn(count: number): [number, number] {
    return [Math.max(0, this.top - SPARE), Math.min(count, this.top + this.inSight + SPARE)];
  }

  /** The least scrolling that brings a row into sight, with a row of its surroundings. */
  private topFor(row: number): number {
    const whole = Math.max(1, Math.floor(this.height / ROW_PX));
    const last = Math.max(0, this.store.compared.rows.length - whole);
    const lowest = row - whole + 2;
    const top = Math.min(Math.max(this.top, lowest), Math.max(0, row - 1));
    return Math.max(0, Math.min(top, last));
  }

  private scrolled(): void {
    const box = this.box;
    if (box) this.top = Math.floor(box.scrollTop / ROW_PX);
  }

  private keyed(event: KeyboardEvent): void {
    const move = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    this.emit("row-to", this.row + move);
  }
}

define("step-rows", StepRows);
