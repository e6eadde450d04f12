/** How sure the model was, as a word with a small bar; the number is in the tooltip. */

import { html, nothing, type TemplateResult } from "lit";
import { type Confidence, confidenceText } from "../confidence.js";

export function renderConfidence(confidence: Confidence | null): TemplateResult | typeof nothing {
  if (!confidence) return nothing;
  const text = confidenceText(confidence);
  return html`<span class="confidence confidence-${confidence.band}" title=${text}><i
    class="confidence-bars" aria-hidden="true"><i></i><i></i><i></i></i>${confidence.band}<span
    class="visually-hidden">. ${text}</span></span>`;
}
