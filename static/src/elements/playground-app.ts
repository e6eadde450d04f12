/** `<playground-app>`: the player page. Puts the state on screen and the person's wishes into it. */

import { html, type TemplateResult } from "lit";
import { AppState } from "../app-state.js";
import type { Example, Program } from "../config.js";
import { browserStorage, programDrafts, programOf } from "../drafts.js";
import { takeOver } from "../handover.js";
import { icon } from "../icons.js";
import { announcement } from "../lane-status.js";
import { editorMarks, ranProgramMarks } from "../marks.js";
import type { Place } from "../player.js";
import type { SessionEnvironment } from "../run-session.js";
import type { StateEvents } from "../run-state.js";
import { verdictOf } from "../verdict.js";
import { spokenVerdict } from "../verdict-words.js";
import { define } from "./light.js";
import { RunApp } from "./run-app.js";
import "./code-editor.js";
import "./examples-menu.js";
import "./run-bar.js";
import "./split-handle.js";

export class PlaygroundApp extends RunApp<Program, AppState> {
  protected override newState(env: SessionEnvironment, events: StateEvents<Program>): AppState {
    return new AppState(this.config, env, programDrafts(browserStorage()), events);
  }

  /** A program from another page comes in as an edit: undo brings the old text back. */
  protected override firstUpdated(): void {
    const program = takeOver();
    if (program) this.state.edit(program);
  }

  protected override render(): TemplateResult {
    const { state } = this;
    return html`
      ${this.renderTrouble(["entry", "stdin"])}
      <div class="workbench"
        @program-change=${(event: CustomEvent<Partial<Program>>) => state.edit(event.detail)}
        @example-choice=${this.chooseExample}
        @restore-request=${() => state.restore()}
      >
        ${this.renderProgram()}
        <split-handle></split-handle>
        <trace-player .store=${state.store} .revision=${this.revision} .player=${state.player}
          .running=${state.isRunning} .source=${state.run?.input.source ?? ""}
          .edited=${state.isEdited} .marks=${state.isEdited ? ranProgramMarks(state) : []}
          .cspNonce=${this.nonce ?? ""} .letterKeys=${this.letterKeys}
          .predicts=${this.config.predicts} .examples=${this.config.examples}></trace-player>
      </div>
      <p class="visually-hidden spoken-verdict" aria-live="polite">${spokenVerdict(verdictOf(state.store))}</p>
      ${this.renderAside(announcement(state.store), this.stepOnScreen())}`;
  }

  private renderProgram(): TemplateResult {
    const { state, config } = this;
    return html`<section class="program" aria-label="Program">
      <div class="toolbar">
        <examples-menu .examples=${config.examples}></examples-menu>
        <span class="toolbar-space"></span>
        <button type="button" class="button-quiet" ?disabled=${!state.run}
          title=${state.run ? "Copy a link to this step" : "Run the program first"}
          @click=${this.share}>${icon("share")}Share</button>
        <button type="button" class="button-icon" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)"
          @click=${this.showShortcuts}>${icon("keyboard")}</button>
      </div>
      <code-editor class="main-editor" .value=${state.input.source} .marks=${editorMarks(state)}
        .cspNonce=${this.nonce ?? ""}
        @source-change=${(event: CustomEvent<string>) => state.edit({ source: event.detail })}
      ></code-editor>
      <run-bar .program=${state.input} .limits=${config.limits} .trouble=${state.inputTrouble}
        .busy=${state.isBusy} .stopping=${state.isStopping}
        .predicts=${config.predicts} .modest=${state.store === null && !state.isBusy}></run-bar>
    </section>`;
  }

  private stepOnScreen(): Place | null {
    const { store, player } = this.state;
    return store && store.compared.rows.length > 0 ? player.place : null;
  }

  /** The address leads back to the step on screen. */
  protected override play(change: Parameters<AppState["play"]>[0]): void {
    super.play(change);
    const at = this.stepOnScreen();
    if (this.state.run && at) this.address.show(this.state.run.url, at);
  }

  private chooseExample = ({ detail }: CustomEvent<Example>): void => {
    this.state.edit(programOf(detail));
    this.focusField("code-editor.main-editor");
  };
}

define("playground-app", PlaygroundApp);
