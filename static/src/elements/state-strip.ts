/**
 * `<state-strip>`: the verdict, the line and the variables in a few lines, above the step buttons.
 *
 * For narrow screens: it stays in sight whatever part of the page is, so that the program's text
 * and its variables can be seen together.
 */

import { html, nothing, type TemplateResult } from "lit";
import { type ComparedVariable, compareVariables, standingOf } from "../compared-variables.js";
import { shorten } from "../describe.js";
import { icon } from "../icons.js";
import { verdictOf } from "../verdict.js";
import { verdictWords } from "../verdict-words.js";
import { define } from "./light.js";
import { RowElement } from "./row-element.js";

const MAX_VALUE_CHARS = 40;

export class StateStrip extends RowElement {
  protected override render(): TemplateResult {
    const { store, row } = this;
    const variables = compareVariables(
      standingOf(store, "predicted", row, null),
      standingOf(store, "actual", row, null),
    );
    return html`${this.renderVerdict()}
      <div class="strip-variables" role="group" tabindex="0" aria-label="Variables at this step">
        ${variables.length === 0 ? html`<span class="empty">No variables yet.</span>` : inOrder(variables).map((variable) => this.renderVariable(variable))}
      </div>`;
  }

  private renderVerdict(): TemplateResult | typeof nothing {
    const verdict = verdictOf(this.store);
    const words = verdictWords(verdict);
    if (!words) return nothing;
    const row = verdict.state === "differs" || verdict.state === "cut" ? verdict.row : this.row;
    return html`<p class="strip-verdict status-${words.tone}">${icon(words.icon)}<span>${words.title}</span>${
      row === this.row
        ? nothing
        : html`<button type="button" class="link" @click=${() => this.emit("row-to", row)}>Jump there</button>`
    }</p>`;
  }

  private renderVariable({ name, predicted, actual, match }: ComparedVariable): TemplateResult {
    const own = this.view === "predicted" ? (predicted ?? actual) : (actual ?? predicted);
    const value = (text: string | undefined) => shorten(text ?? "–", MAX_VALUE_CHARS);
    return html`<span class="chip chip-${match}"><span class="chip-name">${name}</span> ${
      match === "different"
        ? html`<span class="chip-lane of-predicted">predicted</span> <code>${value(predicted?.value)}</code>
            <span class="chip-lane of-actual">actual</span> <code>${value(actual?.value)}</code>`
        : html`<code>${value(own?.value)}</code>`
    }</span>`;
  }
}

/** What differs and what has just changed comes first: the rest may need scrolling. */
function inOrder(variables: readonly ComparedVariable[]): ComparedVariable[] {
  const rank = ({ match, predicted, actual, isLocal }: ComparedVariable): number => {
    if (match === "different") return 0;
    if (!isLocal) return 1;
    return predicted?.change || actual?.change ? 2 : 3;
  };
  return [...variables].sort((a, b) => rank(a) - rank(b));
}

define("state-strip", StateStrip);
