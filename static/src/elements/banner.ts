/** The line above the workbench that tells what is wrong with the connection or the run. */

import { html, nothing, type TemplateResult } from "lit";
import { icon } from "../icons.js";
import type { Connection } from "../run-session.js";
import type { Trouble } from "../run-state.js";

interface Troubled {
  connection: Connection;
  trouble: Trouble | null;
  dismiss(): void;
}

/** `fields` are those that show their own trouble, below themselves. */
export function renderBanner(
  state: Troubled,
  fields: readonly string[],
  actions: { reload(): void },
): TemplateResult | typeof nothing {
  if (state.connection === "outdated") {
    return html`<div class="banner banner-warn" role="alert">
      ${icon("alert")}
      <p>This page is older than the server. Reload it to go on; what you typed is kept.</p>
      <button type="button" class="button-quiet" @click=${actions.reload}>Reload</button>
    </div>`;
  }
  if (state.connection === "reconnecting") {
    return html`<div class="banner" role="status">
      ${icon("spinner")}<p>Reconnecting… Nothing is lost; the page continues where it was.</p>
    </div>`;
  }
  const { trouble } = state;
  if (trouble && !fields.includes(trouble.field)) {
    const isNamed = trouble.line === 0 || trouble.message.includes(`line ${trouble.line}`);
    const where = isNamed ? "" : ` (line ${trouble.line})`;
    return html`<div class="banner banner-error" role="alert">
      ${icon("alert")}<p>${trouble.message}${where} ${trouble.fix}</p>
      <button type="button" class="button-icon" aria-label="Close this message"
        @click=${() => state.dismiss()}>${icon("close")}</button>
    </div>`;
  }
  return nothing;
}
