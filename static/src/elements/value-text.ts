/** A value as text, folded when it is long: a list of a thousand numbers must not push the rest away. */

import { html, nothing, type TemplateResult } from "lit";
import { charDiff } from "../char-diff.js";
import { renderPieces } from "./verdict-banner.js";

export const FOLD_CHARS = 120;

export interface ValueTools {
  isOpen: boolean;
  toggle(): void;
}

/** `other` is the value of the other lane where the two differ: what is unlike is then marked. */
export function renderValueText(
  value: string,
  other: string | null,
  side: "left" | "right",
  tools: ValueTools,
): TemplateResult {
  const isLong = value.length > FOLD_CHARS;
  const text = isLong && !tools.isOpen ? `${value.slice(0, FOLD_CHARS)}…` : value;
  const diff = other !== null && !isLong ? charDiff(...inOrder(value, other, side))[side] : null;
  return html`<code>${diff ? renderPieces(diff) : text}</code>${
    isLong
      ? html`<button type="button" class="link" aria-expanded=${tools.isOpen}
          @click=${tools.toggle}>${tools.isOpen ? "Show less" : `Show all ${value.length.toLocaleString("en")} characters`}</button>`
      : nothing
  }`;
}

function inOrder(value: string, other: string, side: "left" | "right"): [string, string] {
  return side === "left" ? [value, other] : [other, value];
}
