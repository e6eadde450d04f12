/** `<trace-player>`: the right half of the page. Lanes, step bar, and the state of the program. */

import { html, type TemplateResult } from "lit";
import type { Example } from "../config.js";
import type { LineMark } from "../editor/markers.js";
import { icon } from "../icons.js";
import { stepCommandOf, takesText } from "../keys.js";
import type { Player } from "../player.js";
import { readSetting, writeSetting } from "../preferences.js";
import { LANES, type LaneName, type TraceStore } from "../trace-store.js";
import { verdictOf } from "../verdict.js";
import { define, LightElement } from "./light.js";
import "./code-editor.js";
import "./compare-panes.js";
import "./lane-panes.js";
import "./state-strip.js";
import "./step-bar.js";
import "./trace-timeline.js";
import "./verdict-banner.js";

export class TracePlayer extends LightElement {
  static override properties = {
    store: { attribute: false },
    revision: { attribute: false },
    player: { attribute: false },
    running: { attribute: false },
    source: { attribute: false },
    /** Whether the editor no longer shows the program of this trace. */
    edited: { attribute: false },
    marks: { attribute: false },
    cspNonce: { attribute: false },
    letterKeys: { attribute: false },
    examples: { attribute: false },
    predicts: { attribute: false },
    keyHint: { state: true },
  };

  declare store: TraceStore | null;
  declare revision: number;
  declare player: Player;
  declare running: boolean;
  declare source: string;
  declare edited: boolean;
  declare marks: readonly LineMark[];
  declare cspNonce: string;
  declare letterKeys: boolean;
  declare examples: readonly Example[];
  declare predicts: boolean;
  /** The line about the keys; it stays away once somebody has stepped with one. */
  declare private keyHint: boolean;

  constructor() {
    super();
    this.store = null;
    this.revision = 0;
    this.running = false;
    this.source = "";
    this.edited = false;
    this.marks = [];
    this.cspNonce = "";
    this.letterKeys = true;
    this.examples = [];
    this.predicts = true;
    this.keyHint = readSetting("key-hint") !== "off";
    this.addEventListener("keydown", this.stepByKey);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Focusable by script and by clicking anywhere in it, so that the keys then belong to it.
    this.tabIndex = -1;
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", "Trace player");
  }

  protected override render(): TemplateResult {
    const { store, player, revision } = this;
    return html`<div class="player">
      ${
        store
          ? html`<trace-timeline .store=${store} .revision=${revision} .view=${player.view}
                .row=${player.row}></trace-timeline>
              <verdict-banner .store=${store} .revision=${revision}
                .row=${player.row}></verdict-banner>${this.renderTrace(store)}`
          : this.renderWelcome()
      }
    </div>`;
  }

  private renderTrace(store: TraceStore): TemplateResult {
    const { player, revision } = this;
    const count = store.compared.rows.length;
    const differences = store.compared.stretches.length;
    return html`
      <div class="dock">
        ${count > 0 ? html`<state-strip .store=${store} .revision=${revision} .row=${player.row} .view=${player.view}></state-strip>` : null}
        <step-bar .step=${player.row} .count=${count} .following=${player.following}
          .differences=${differences} .running=${this.running}></step-bar>
      </div>
      ${this.keyHint && count > 1 ? this.renderKeyHint(differences > 0) : null}
      ${this.edited ? this.renderOwnSource() : null}
      <div class="lane-columns" @from-start=${this.fromStart}>
        ${this.isPaired(store) ? this.renderPair(store) : this.renderLane(store, this.shownLane(store))}
      </div>`;
  }

  private renderPair(store: TraceStore): TemplateResult {
    const { player } = this;
    return html`<compare-panes class="panes" .store=${store} .revision=${this.revision}
      .row=${player.row} .view=${player.view}
      .sourceLines=${this.source.split("\n")}></compare-panes>`;
  }

  private renderLane(store: TraceStore, name: LaneName): TemplateResult {
    return html`<lane-panes class="panes panes-${name}" .store=${store} .name=${name}
      .revision=${this.revision} .step=${this.player.stepIn(name, store)}
      .sourceLines=${this.source.split("\n")}></lane-panes>`;
  }

  /** Both lanes where both have steps, or one has and the other one is still to come. */
  private isPaired(store: TraceStore): boolean {
    const filled = LANES.filter((name) => store.lane(name).length > 0);
    return filled.length === 2 || verdictOf(store).state === "waiting";
  }

  /** The chosen lane, unless only the other one has steps. */
  private shownLane(store: TraceStore): LaneName {
    const { view } = this.player;
    return (
      LANES.find((name) => store.lane(name).length > 0 && store.lane(view).length === 0) ?? view
    );
  }

  private renderOwnSource(): TemplateResult {
    return html`<section class="own-source">
      <div class="own-source-head">
        <p>You have changed the program since this run. This is the text that ran:</p>
        <button type="button" class="button-quiet"
          @click=${() => this.emit("restore-request")}>Put it back into the editor</button>
      </div>
      <code-editor .value=${this.source} .marks=${this.marks} .editable=${false}
        .cspNonce=${this.cspNonce} .label=${"Program of this trace"}></code-editor>
    </section>`;
  }

  private renderKeyHint(hasDifferences: boolean): TemplateResult {
    const letters = html`<kbd>n</kbd> over a call <kbd>o</kbd> out of it
      ${hasDifferences ? html`<kbd>d</kbd> next difference` : null}`;
    return html`<p class="key-hint">
      <span>Keys: <kbd>→</kbd> next step <kbd>←</kbd> back
        ${this.letterKeys ? letters : null} <kbd>?</kbd> all keys</span>
      <button type="button" class="button-icon" aria-label="Close the hint about keys"
        @click=${this.closeKeyHint}>${icon("close")}</button>
    </p>`;
  }

  private closeKeyHint(): void {
    writeSetting("key-hint", "off");
    this.keyHint = false;
    this.focus();
  }

  /** The button goes away at the first step; the focus moves to where the keys step on. */
  private fromStart(): void {
    this.emit("step-command", "first");
    this.focus({ preventScroll: true });
  }

  /** Steps if the key is one that steps; the page sends keys here that nothing else wants. */
  stepByKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || takesText(event.target)) return;
    const command = stepCommandOf(event, this.letterKeys);
    // On the lane switch too: the arrows up and down choose the lane there.
    if (!command) return;
    event.preventDefault();
    // The line itself stays until the next visit: nothing moves while somebody steps.
    if (this.keyHint) writeSetting("key-hint", "off");
    this.emit("step-command", command);
  }

  private renderWelcome(): TemplateResult {
    const word = this.predicts ? "Predict and run this program" : "Run this program";
    return html`<div class="welcome">
      <h2>A model predicts your program, line by line. Then Python really runs it.</h2>
      <p>See where the two agree, and the first step at which the model is wrong.</p>
      ${this.predicts ? renderLegend() : html`<p class="welcome-note">No model is set up on this site, so only the real run is shown.</p>`}
      <button type="button" class="button-primary welcome-run"
        @click=${() => this.emit("run-request")}>${icon("play")}<span>${word}</span></button>
      <h3>Or start from an example</h3>
      <ul class="welcome-examples">${this.examples.map(
        (example) => html`<li><button type="button" class="link" title=${example.description}
          @click=${() => this.emit("example-choice", example)}>${example.title}</button></li>`,
      )}</ul>
      <dl>
        <div><dt>Predicted, not executed</dt><dd>What a language model expects each line to do. It
          can be wrong, and the page shows where.</dd></div>
        <div><dt>Actual</dt><dd>What Python really did, recorded in a sandbox while the program
          ran.</dd></div>
      </dl>
    </div>`;
  }
}

/** What a comparison looks like, so that the first one needs no explanation. No run stands behind it. */
function renderLegend(): TemplateResult {
  return html`<figure class="legend">
    <table class="compared">
      <thead><tr><th scope="col">Name</th><th scope="col" class="of-predicted">Predicted, not executed</th><th scope="col" class="of-actual">Actual</th><td></td></tr></thead>
      <tbody>
        <tr><th scope="row">char</th><td><code>'r'</code></td><td><code>'r'</code></td><td class="match"><span class="match-word">${icon("check")}same</span></td></tr>
        <tr class="match-different"><th scope="row">count</th><td><code><mark class="unlike">2</mark></code></td><td><code><mark class="unlike">3</mark></code></td><td class="match"><span class="match-word">${icon("differs")}differs</span></td></tr>
      </tbody>
    </table>
    <figcaption>How to read it: a made-up step in which the model has miscounted.</figcaption>
  </figure>`;
}

define("trace-player", TracePlayer);
