/** `<playground-app>`: the player page. Puts the state on screen and the person's wishes into it. */

import { html, type TemplateResult } from "lit";
import { Address } from "../address.js";
import { AppState } from "../app-state.js";
import {
  type Example,
  type PageConfig,
  type Program,
  readConfig,
  type Visibility,
} from "../config.js";
import { browserStorage, Drafts } from "../drafts.js";
import { icon } from "../icons.js";
import { takesText } from "../keys.js";
import { announcement } from "../lane-status.js";
import { editorMarks, ranProgramMarks } from "../marks.js";
import type { Place } from "../player.js";
import { readSetting, writeSetting } from "../preferences.js";
import { browserEnvironment, type SessionEnvironment } from "../run-session.js";
import { spokenRow } from "../spoken.js";
import type { StepCommand } from "../stepper.js";
import type { LaneName } from "../trace-store.js";
import { verdictOf } from "../verdict.js";
import { spokenVerdict } from "../verdict-words.js";
import { renderBanner } from "./banner.js";
import type { CodeEditor } from "./code-editor.js";
import { define, LightElement } from "./light.js";
import type { ShareDialog } from "./share-dialog.js";
import type { ShortcutDialog } from "./shortcut-dialog.js";
import type { TracePlayer } from "./trace-player.js";
import "./code-editor.js";
import "./examples-menu.js";
import "./run-bar.js";
import "./share-dialog.js";
import "./shortcut-dialog.js";
import "./split-handle.js";
import "./trace-player.js";

export class PlaygroundApp extends LightElement {
  private readonly config: PageConfig = readConfig();
  private readonly address = new Address();
  private state: AppState;
  private letterKeys = readSetting("letter-keys") !== "off";
  /** The step that the person went to, for a screen reader; steps that stream in are not read. */
  private spoken = "";
  private frame = 0;
  private revision = 0;

  constructor(env?: SessionEnvironment) {
    super();
    this.state = new AppState(
      this.config,
      env ?? browserEnvironment(this.config.ws_path),
      new Drafts(browserStorage()),
      { changed: () => this.schedule(), navigated: ({ url }) => this.address.push(url) },
    );
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.onDocumentKey);
    window.addEventListener("online", this.onOnline);
    window.addEventListener("popstate", this.onHistory);
    this.state.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.onDocumentKey);
    window.removeEventListener("online", this.onOnline);
    window.removeEventListener("popstate", this.onHistory);
  }

  /** However many messages arrive, the page is drawn once per frame of the screen. */
  private schedule(): void {
    if (this.frame) return;
    this.frame = window.requestAnimationFrame(() => {
      this.frame = 0;
      this.revision++;
      this.requestUpdate();
    });
  }

  protected override render(): TemplateResult {
    const { state } = this;
    return html`
      ${renderBanner(state, { reload })}
      <div class="workbench"
        @run-request=${() => state.start()}
        @stop-request=${() => state.stop()}
        @share-request=${this.share}
        @trace-focus=${() => this.querySelector<TracePlayer>("trace-player")?.focus()}
        @program-change=${(event: CustomEvent<Partial<Program>>) => state.edit(event.detail)}
        @example-choice=${this.chooseExample}
        @restore-request=${() => state.restore()}
        @step-command=${(event: CustomEvent<StepCommand>) => this.step(event.detail)}
        @row-to=${(event: CustomEvent<number>) => this.goTo(event.detail)}
        @step-of=${({ detail }: CustomEvent<Place>) =>
          this.play((player, store) => player.moveToStep(detail.view, detail.step, store))}
        @lane-choice=${(event: CustomEvent<LaneName>) =>
          this.play((player, store) => player.choose(event.detail, store))}
        @follow-request=${() => this.play((player, store) => player.follow(store))}
      >
        ${this.renderProgram()}
        <split-handle></split-handle>
        <trace-player .store=${state.store} .revision=${this.revision} .player=${state.player}
          .running=${state.isRunning} .source=${state.run?.program.source ?? ""}
          .edited=${state.isEdited} .marks=${state.isEdited ? ranProgramMarks(state) : []}
          .cspNonce=${this.nonce ?? ""} .letterKeys=${this.letterKeys}
          .predicts=${this.config.predicts} .examples=${this.config.examples}></trace-player>
      </div>
      <p class="visually-hidden" aria-live="polite">${announcement(state.store)}</p>
      <p class="visually-hidden spoken-verdict" aria-live="polite">${spokenVerdict(verdictOf(state.store))}</p>
      <p class="visually-hidden spoken-step" aria-live="polite">${this.spoken}</p>
      <share-dialog .run=${state.run} .at=${this.stepOnScreen()}
        @visibility-change=${(event: CustomEvent<Visibility>) =>
          state.setVisibility(event.detail)}></share-dialog>
      <shortcut-dialog .letterKeys=${this.letterKeys}
        @letter-keys=${(event: CustomEvent<boolean>) => this.setLetterKeys(event.detail)}
      ></shortcut-dialog>`;
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
      <code-editor class="main-editor" .value=${state.program.source} .marks=${editorMarks(state)}
        .cspNonce=${this.nonce ?? ""}
        @source-change=${(event: CustomEvent<string>) => state.edit({ source: event.detail })}
      ></code-editor>
      <run-bar .program=${state.program} .limits=${config.limits} .problem=${state.inputProblem}
        .busy=${state.isBusy} .stopping=${state.isStopping}
        .predicts=${config.predicts} .modest=${state.store === null && !state.isBusy}></run-bar>
    </section>`;
  }

  private stepOnScreen(): Place | null {
    const { store, player } = this.state;
    return store && store.compared.rows.length > 0 ? player.place : null;
  }

  private step(command: StepCommand): void {
    this.play((player, store) => player.command(command, store));
    this.speak();
  }

  private goTo(row: number): void {
    this.play((player, store) => player.moveTo(row, store));
    this.speak();
  }

  private speak(): void {
    const { store, player, run } = this.state;
    if (store && run) this.spoken = spokenRow(store, player, run.program.source.split("\n"));
  }

  private play(change: Parameters<AppState["play"]>[0]): void {
    this.state.play(change);
    const at = this.stepOnScreen();
    if (this.state.run && at) this.address.show(this.state.run.url, at);
  }

  private chooseExample = (event: CustomEvent<Example>): void => {
    const { source, entry, stdin } = event.detail;
    this.state.edit({ source, entry, stdin });
    // On a touch screen the focus would bring up the keyboard over the program.
    if (window.matchMedia("(pointer: fine)").matches) {
      this.querySelector<CodeEditor>("code-editor.main-editor")?.focus();
    }
  };

  private share = (): void => {
    void this.querySelector<ShareDialog>("share-dialog")?.open();
  };

  private showShortcuts = (): void => {
    this.querySelector<ShortcutDialog>("shortcut-dialog")?.open();
  };

  private setLetterKeys(on: boolean): void {
    this.letterKeys = on;
    writeSetting("letter-keys", on ? "on" : "off");
    this.requestUpdate();
  }

  /** Links within the page are entries of the history too; they are no reason to reload. */
  private onHistory = (): void => {
    if (!this.address.isCurrent) reload();
  };

  private onOnline = (): void => this.state.session.retryNow();

  private onDocumentKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key === "Enter") this.state.start();
    else if (command && event.key.toLowerCase() === "s") this.share();
    else if (event.key === "?" && !command && !takesText(event.target)) this.showShortcuts();
    else if (event.key === "Escape" && this.state.isBusy && isFree(event)) this.state.stop();
    else {
      if (this.state.store && mayStep(event)) {
        this.querySelector<TracePlayer>("trace-player")?.stepByKey(event);
      }
      return;
    }
    event.preventDefault();
  };
}

/** Whether what has the focus has no use of its own for keys. In the editor, Esc and Tab leave it. */
function isFree({ target }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return true;
  return !takesText(target) && !target.closest("dialog, .menu, split-handle, code-editor");
}

/** Whether a key pressed outside the trace may step. Home and End scroll the page there. */
function mayStep(event: KeyboardEvent): boolean {
  return event.key !== "Home" && event.key !== "End" && isFree(event);
}

function reload(): void {
  window.location.reload();
}

define("playground-app", PlaygroundApp);
