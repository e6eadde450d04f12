/** `<trace-player>`: the right half of the page. Lanes, step bar, and the state of the program. */

import { html, type TemplateResult } from "lit";
import type { Example } from "../config.js";
import type { LineMark } from "../editor/markers.js";
import { icon } from "../icons.js";
import { stepCommandOf, takesText } from "../keys.js";
import type { Player } from "../player.js";
import { readSetting, writeSetting } from "../preferences.js";
import { LANES, type LaneName, type TraceStore } from "../trace-store.js";
import { define, LightElement } from "./light.js";
import "./code-editor.js";
import "./lane-panes.js";
import "./step-bar.js";
import "./trace-timeline.js";

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
              .step=${player.step}></trace-timeline>${this.renderTrace(store)}`
          : this.renderWelcome()
      }
    </div>`;
  }

  private renderTrace(store: TraceStore): TemplateResult {
    const { player } = this;
    const shown = this.shownLanes(store);
    const count = Math.max(...shown.map((name) => store.lane(name).length));
    return html`
      <step-bar .step=${player.step} .count=${count} .following=${player.following}
        .running=${this.running}></step-bar>
      ${this.keyHint && count > 1 ? this.renderKeyHint() : null}
      ${this.edited ? this.renderOwnSource() : null}
      <div class="lane-columns" data-lanes=${shown.length} @from-start=${this.fromStart}>
        ${shown.map(
          (
            name,
          ) => html`<lane-panes class="panes panes-${name}" ?data-chosen=${name === player.view} .store=${store} .name=${name}
            .revision=${this.revision} .paired=${shown.length > 1} .chosen=${name === player.view} .step=${player.stepIn(name, store)}
            .sourceLines=${this.source.split("\n")}></lane-panes>`,
        )}
      </div>`;
  }

  /** Both lanes when both have steps, else the chosen one. */
  private shownLanes(store: TraceStore): LaneName[] {
    const { view } = this.player;
    const filled = LANES.filter((name) => store.lane(name).length > 0);
    return filled.length < 2 ? [view] : filled;
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

  private renderKeyHint(): TemplateResult {
    const letters = html`<kbd>n</kbd> over a call <kbd>o</kbd> out of it`;
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
    return html`<div class="welcome">
      <h2>See what a program does, one line at a time</h2>
      <p>Run the program on this page. It runs in a sandbox, and then you step through what
        happened: forwards, backwards, into calls and out of them.</p>
      <button type="button" class="button-primary welcome-run"
        @click=${() => this.emit("run-request")}>${icon("play")}<span>Run this program</span></button>
      <h3>Or start from an example</h3>
      <ul class="welcome-examples">${this.examples.map(
        (example) => html`<li><button type="button" class="link" title=${example.description}
          @click=${() => this.emit("example-choice", example)}>${example.title}</button></li>`,
      )}</ul>
      <dl>
        <div><dt>Actual</dt><dd>What Python really did, recorded while the program ran.</dd></div>
        <div><dt>Predicted, not executed</dt><dd>What a language model expects each line to do. It
          can be wrong, and the page shows where. Empty where no model is set up.</dd></div>
      </dl>
    </div>`;
  }
}

define("trace-player", TracePlayer);
