/**
 * `<trace-timeline>`: both lanes, one above the other on one scale of rows.
 *
 * Each lane says what it is, who made it and how it stands and, in a small drawing, how the program
 * moves through its lines and calls, and where the two differ. A lane without steps says why.
 */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Row } from "../compare.js";
import { depthProfile, lineProfile } from "../depth-profile.js";
import { stepOfError } from "../describe.js";
import { icon } from "../icons.js";
import { LANE_TITLES, laneStatus } from "../lane-status.js";
import { modelFacts } from "../model-facts.js";
import { LANES, type LaneName, type LaneTrace, type TraceStore } from "../trace-store.js";
import { define, LightElement } from "./light.js";

/** SVG path data of one lane, for the rows that it was made for. */
interface Drawing {
  rows: readonly Row[];
  depth: string;
  lines: string;
  differing: string;
}

export class TraceTimeline extends LightElement {
  static override properties = {
    store: { attribute: false },
    /** Grows with every change of the store, which is changed in place. */
    revision: { attribute: false },
    view: { attribute: false },
    row: { attribute: false },
    explained: { state: true },
  };

  declare store: TraceStore | null;
  declare revision: number;
  declare view: LaneName;
  declare row: number;
  /** Lanes without steps whose reason was asked for. */
  declare private explained: ReadonlySet<LaneName>;
  private readonly drawings = new Map<LaneName, Drawing>();

  constructor() {
    super();
    this.store = null;
    this.revision = 0;
    this.view = "actual";
    this.row = 0;
    this.explained = new Set();
  }

  private get rowCount(): number {
    return this.store?.compared.rows.length ?? 0;
  }

  protected override render(): TemplateResult {
    return html`<fieldset class="lanes">
      <legend class="visually-hidden">Lane shown below</legend>
      ${LANES.map((name) => this.renderLane(name))}
    </fieldset>`;
  }

  private renderLane(name: LaneName): TemplateResult {
    const status = laneStatus(name, this.store);
    const lane = this.store?.lane(name);
    const started = lane?.started;
    const maker = started?.model || [started?.engine, started?.python].filter(Boolean).join(" ");
    // That a lane has nothing to show is said always; why, to those who ask.
    const isFolded = status.icon === "dash" && status.detail !== "";
    return html`<div class="lane lane-${name}" ?data-selected=${this.view === name}>
      <label class="lane-head">
        <input type="radio" name="lane" .checked=${this.view === name} value=${name}
          @change=${() => this.emit("lane-choice", name)} />
        <span class="lane-title">${LANE_TITLES[name]}</span>
        <span class="lane-maker">${maker}</span>
      </label>
      <span class="status status-${status.tone}">${icon(status.icon)}<span>${status.word}</span>${isFolded ? this.renderWhy(name) : nothing}</span>
      ${name === "predicted" && lane ? renderFacts(lane) : nothing}
      ${this.store && lane && lane.length > 0 ? this.renderTrack(name, this.store) : nothing}
      ${
        status.detail
          ? html`<p class="lane-detail" id="detail-${name}"
              ?hidden=${isFolded && !this.explained.has(name)}>${status.detail}
              ${lane ? this.renderErrorLink(name, lane) : nothing}</p>`
          : nothing
      }
      ${started?.notice ? html`<p class="lane-detail">${started.notice}</p>` : nothing}
    </div>`;
  }

  private renderWhy(name: LaneName): TemplateResult {
    return html`<button type="button" class="link" aria-expanded=${this.explained.has(name)}
      aria-controls="detail-${name}" @click=${() => {
        const explained = new Set(this.explained);
        if (!explained.delete(name)) explained.add(name);
        this.explained = explained;
      }}>Why?</button>`;
  }

  private renderErrorLink(name: LaneName, lane: LaneTrace): TemplateResult | typeof nothing {
    const step = stepOfError(lane);
    if (step < 0) return nothing;
    return html`<button type="button" class="link" @click=${() => {
      this.emit("lane-choice", name);
      this.emit("step-of", { view: name, step });
    }}>Show the step</button>`;
  }

  private renderTrack(name: LaneName, store: TraceStore): TemplateResult {
    const { depth, lines, differing } = this.drawing(name, store);
    // The step bar's slider does the same for the keyboard, so the drawing stays out of its way.
    return html`<div class="track" aria-hidden="true"
      @pointerdown=${this.scrub} @pointermove=${this.scrub}>
      <svg viewBox="0 0 ${this.rowCount} 100" preserveAspectRatio="none">
        <path class="track-depth" d=${depth}></path>
        <path class="track-lines" d=${lines}></path>
        <path class="track-differs" d=${differing}></path>
      </svg>
      <i class="playhead"></i>
    </div>`;
  }

  /** Drawn anew only when the rows are others: most updates move nothing but the cursor. */
  private drawing(name: LaneName, store: TraceStore): Drawing {
    const { compared } = store;
    const { rows } = compared;
    const known = this.drawings.get(name);
    if (known?.rows === rows) return known;
    const { events } = store.lane(name).timeline;
    const at = (step: number) =>
      step < events.length
        ? compared.rowOf(name, step)
        : compared.rowOf(name, events.length - 1) + 1;
    const made = {
      rows,
      depth: depthProfile(events, at),
      lines: lineProfile(events, at),
      differing: compared.stretches
        .map(({ from, to }) => `M${from} 84H${to}V100H${from}Z`)
        .join(""),
    };
    this.drawings.set(name, made);
    return made;
  }

  protected override updated(_changed: PropertyValues<this>): void {
    const ratio = (this.row + 0.5) / Math.max(1, this.rowCount);
    for (const playhead of this.querySelectorAll<HTMLElement>(".playhead")) {
      playhead.style.setProperty("left", `${ratio * 100}%`);
    }
  }

  private scrub(event: PointerEvent): void {
    if (!(event.buttons & 1)) return;
    const track = event.currentTarget as HTMLElement;
    if (event.type === "pointerdown") track.setPointerCapture(event.pointerId);
    const { left, width } = track.getBoundingClientRect();
    const row = Math.floor(((event.clientX - left) / Math.max(1, width)) * this.rowCount);
    this.emit("row-to", Math.max(0, Math.min(row, this.rowCount - 1)));
  }
}

/** Engine, tokens and speed of a prediction, and the way to how good the model is. */
function renderFacts(lane: LaneTrace): TemplateResult | typeof nothing {
  const facts = modelFacts(lane);
  if (facts.length === 0) return nothing;
  return html`<p class="lane-facts">${facts.map(
    ({ text, meaning }) => html`<span title=${meaning}>${text}</span>`,
  )}<a href="/models/">Scores</a></p>`;
}

define("trace-timeline", TraceTimeline);
