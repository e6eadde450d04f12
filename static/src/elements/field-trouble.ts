/** The line below a field that says what is wrong with it; empty while nothing is. */

import { html, type TemplateResult } from "lit";
import { icon } from "../icons.js";
import type { Trouble } from "../run-state.js";

/** The field names this line by `aria-describedby="<field>-problem"`. */
export function renderFieldTrouble(field: string, trouble: Trouble | null): TemplateResult {
  const words = trouble?.field === field ? `${trouble.message} ${trouble.fix}`.trim() : "";
  return html`<p id="${field}-problem" class="field-problem" role="alert">${
    words ? html`${icon("alert")}<span>${words}</span>` : null
  }</p>`;
}
