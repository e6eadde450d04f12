/** `<verdict-banner>`: how the prediction stands against reality, with the first difference pinned. */

import { html, nothing, type TemplateResult } from "lit";
import { charDiff, type Piece } from "../char-diff.js";
import { shorten } from "../describe.js";
import { icon } from "../icons.js";
import { LANE_TITLES } from "../lane-status.js";
import type { LaneName, TraceStore } from "../trace-store.js";
import { type Verdict, verdictOf } from "../verdict.js";
import { type Sides, sidesOf, verdictWords } from "../verdict-words.js";
import { define, LightElement } from "./light.js";

/** The banner is for the gist; the variables table holds the whole of a long value. */
const MAX_VALUE_CHARS = 200;

export class VerdictBanner extends LightElement {
  static override properties = {
    store: { attribute: false },
    revision: { attribute: false },
    row: { attribute: false },
  };

  declare store: TraceStore | null;
  declare revision: number;
  /** The row on screen. */
  declare row: number;

  constructor() {
    super();
    this.store = null;
    this.revision = 0;
    this.row = 0;
  }

  protected override render(): TemplateResult | typeof nothing {
    const verdict = verdictOf(this.store);
    const words = verdictWords(verdict);
    if (!words) return nothing;
    return html`<section class="verdict verdict-${words.tone}" aria-label="Prediction and reality">
      <div class="verdict-head">
        ${icon(words.icon)}<strong class="verdict-title">${words.title}</strong>
        ${words.kind ? html`<span class="verdict-kind">${words.kind}</span>` : nothing}
        ${this.renderJump(verdict)}
      </div>
      ${verdict.state === "differs" ? renderSides(sidesOf(verdict.divergence)) : nothing}
      ${words.detail ? html`<p class="verdict-detail">${words.detail}</p>` : nothing}
    </section>`;
  }

  private renderJump(verdict: Verdict): TemplateResult | typeof nothing {
    if (verdict.state !== "differs" && verdict.state !== "cut") return nothing;
    const { row } = verdict;
    const isThere = this.row === row;
    return html`<button type="button" class="verdict-jump" aria-disabled=${isThere}
      @click=${() => !isThere && this.emit("row-to", row)}>${isThere ? "You are here" : "Jump there"}</button>`;
  }
}

function renderSides(sides: Sides | null): TemplateResult | typeof nothing {
  if (!sides) return nothing;
  const texts = charDiff(
    shorten(sides.predicted ?? "", MAX_VALUE_CHARS),
    shorten(sides.actual ?? "", MAX_VALUE_CHARS),
  );
  const render = (lane: LaneName, value: string | null, pieces: readonly Piece[]) =>
    html`<div class="verdict-side verdict-side-${lane}">
      <dt>${LANE_TITLES[lane]}</dt>
      <dd>${
        sides.isVariable
          ? html`<code class="subject">${sides.subject}</code> = `
          : html`<span class="subject">${sides.subject}</span> `
      }${value === null ? html`<em>${sides.none}</em>` : html`<code class="diffed">${renderPieces(pieces)}</code>`}</dd>
    </div>`;
  return html`<dl class="verdict-sides">
    ${render("predicted", sides.predicted, texts.left)}
    ${render("actual", sides.actual, texts.right)}
  </dl>`;
}

/** The different characters are marked by a line under them as well as by colour. */
export function renderPieces(pieces: readonly Piece[]): (TemplateResult | string)[] {
  return pieces.map(({ text, same }) => (same ? text : html`<mark class="unlike">${text}</mark>`));
}

define("verdict-banner", VerdictBanner);
