/** `<compared-table>`: the variables of both lanes side by side, each with a word on whether they agree. */

import { html, nothing, type TemplateResult } from "lit";
import type { ComparedVariable, Match } from "../compared-variables.js";
import { type IconName, icon } from "../icons.js";
import type { LaneName } from "../trace-store.js";
import type { Variable } from "../variables.js";
import { renderConfidence } from "./confidence-word.js";
import { define, LightElement } from "./light.js";
import { renderValueText } from "./value-text.js";

const MATCHES: Readonly<Record<Match, { icon: IconName; word: string }>> = {
  same: { icon: "check", word: "same" },
  different: { icon: "differs", word: "differs" },
  alone: { icon: "dash", word: "" },
};

export class ComparedTable extends LightElement {
  static override properties = {
    rows: { attribute: false },
    view: { attribute: false },
    unfolded: { state: true },
  };

  declare rows: readonly ComparedVariable[];
  /** The lane that is shown where only one fits; where they differ both are. */
  declare view: LaneName;
  declare private unfolded: ReadonlySet<string>;

  constructor() {
    super();
    this.rows = [];
    this.view = "actual";
    this.unfolded = new Set();
  }

  protected override render(): TemplateResult {
    if (this.rows.length === 0) return html`<p class="empty">No variables yet.</p>`;
    // The roles stay when a narrow screen lays the cells out as blocks.
    return html`<table class="compared" role="table" data-view=${this.view}>
      <thead role="rowgroup"><tr role="row">
        <th scope="col" role="columnheader">Name</th>
        <th scope="col" role="columnheader" class="of-predicted">Predicted, not executed</th>
        <th scope="col" role="columnheader" class="of-actual">Actual</th>
        <th scope="col" role="columnheader"><span class="visually-hidden">Comparison</span></th>
      </tr></thead>
      <tbody role="rowgroup">${this.rows.map((row) => this.renderRow(row))}</tbody>
    </table>`;
  }

  private renderRow(row: ComparedVariable): TemplateResult {
    const { name, predicted, actual, match, isLocal } = row;
    const { icon: shape, word } = MATCHES[match];
    const changed = [predicted, actual].some((v) => v?.change === "changed" || v?.change === "new");
    return html`<tr role="row" class="match-${match} ${changed ? "is-changed" : ""} ${isLocal ? "" : "is-result"}">
      <th scope="row" role="rowheader" title=${name}>${name}</th>
      <td role="cell" class="of-predicted"><span class="cell-lane" aria-hidden="true">predicted</span>${this.renderSide(row, predicted, actual, "left")}${renderConfidence(row.confidence)}</td>
      <td role="cell" class="of-actual"><span class="cell-lane" aria-hidden="true">actual</span>${this.renderSide(row, actual, predicted, "right")}</td>
      <td role="cell" class="match">${word ? html`<span class="match-word">${icon(shape)}${word}</span>` : nothing}</td>
    </tr>`;
  }

  private renderSide(
    { name, match }: ComparedVariable,
    own: Variable | null,
    other: Variable | null,
    side: "left" | "right",
  ): TemplateResult {
    if (!own)
      return html`<span class="absent">–<span class="visually-hidden">not there</span></span>`;
    const key = `${side} ${name}`;
    const tools = { isOpen: this.unfolded.has(key), toggle: () => this.toggle(key) };
    const against = match === "different" ? (other?.value ?? null) : null;
    return html`<span class="side-value ${own.change === "removed" ? "is-removed" : ""}">${renderValueText(own.value, against, side, tools)}</span>${
      own.change ? html`<span class="tag tag-${own.change}">${own.change}</span>` : nothing
    }${own.isShortened ? html`<span class="note">shortened when it was recorded</span>` : nothing}`;
  }

  private toggle(key: string): void {
    const unfolded = new Set(this.unfolded);
    if (!unfolded.delete(key)) unfolded.add(key);
    this.unfolded = unfolded;
  }
}

define("compared-table", ComparedTable);
