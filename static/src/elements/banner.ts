/** The line above the workbench that tells what is wrong with the connection or the run. */

import { html, nothing, type TemplateResult } from "lit";
import type { AppState } from "../app-state.js";
import { icon } from "../icons.js";

export function renderBanner(
  state: AppState,
  actions: { reload(): void },
): TemplateResult | typeof nothing {
  if (state.connection === "outdated") {
    return html`<div class="banner banner-warn" role="alert">
      ${icon("alert")}
      <p>This page is older than the server. Reload it to go on; your program is kept.</p>
      <button type="button" class="button-quiet" @click=${actions.reload}>Reload</button>
    </div>`;
  }
  if (state.connection === "reconnecting") {
    return html`<div class="banner" role="status">
      ${icon("spinner")}<p>Reconnecting… Nothing is lost; the page continues where it was.</p>
    </div>`;
  }
  const { problem } = state;
  if (problem && problem.field !== "entry" && problem.field !== "stdin") {
    const isNamed = problem.line === 0 || problem.message.includes(`line ${problem.line}`);
    const where = isNamed ? "" : ` (line ${problem.line})`;
    return html`<div class="banner banner-error" role="alert">
      ${icon("alert")}<p>${problem.message}${where} ${problem.fix}</p>
      <button type="button" class="button-icon" aria-label="Close this message"
        @click=${() => state.dismiss()}>${icon("close")}</button>
    </div>`;
  }
  return nothing;
}
