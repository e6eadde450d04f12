/**
 * Base of the pages that show a run. It holds the state, draws the page once per frame of the
 * screen, and hands what a person wishes (in events of the elements, in keys) to the state.
 */

import { html, type TemplateResult } from "lit";
import { Address } from "../address.js";
import { type PageConfig, readConfig, type Visibility } from "../config.js";
import { takesText } from "../keys.js";
import type { Place, Player } from "../player.js";
import { readSetting, writeSetting } from "../preferences.js";
import { browserEnvironment, type SessionEnvironment } from "../run-session.js";
import type { RunState, RunStore, StateEvents } from "../run-state.js";
import { spokenRow } from "../spoken.js";
import type { StepCommand } from "../stepper.js";
import type { LaneName, TraceStore } from "../trace-store.js";
import { renderBanner } from "./banner.js";
import { LightElement } from "./light.js";
import type { ShareDialog } from "./share-dialog.js";
import type { ShortcutDialog } from "./shortcut-dialog.js";
import type { TracePlayer } from "./trace-player.js";
import "./share-dialog.js";
import "./shortcut-dialog.js";
import "./trace-player.js";

export abstract class RunApp<
  Input extends object,
  State extends RunState<Input, RunStore>,
> extends LightElement {
  protected readonly config: PageConfig = readConfig();
  protected readonly address = new Address();
  protected readonly state: State;
  protected letterKeys = readSetting("letter-keys") !== "off";
  protected revision = 0;
  /** The step that the person went to, for a screen reader; steps that stream in are not read. */
  private spoken = "";
  private frame = 0;

  constructor(env?: SessionEnvironment) {
    super();
    this.state = this.newState(env ?? browserEnvironment(this.config.ws_path), {
      changed: () => this.schedule(),
      navigated: ({ url }) => {
        this.address.push(url);
        this.arrived();
      },
    });
    this.on("run-request", () => this.state.start());
    this.on("stop-request", () => this.state.stop());
    this.on("share-request", () => this.share());
    this.on<Visibility>("visibility-change", (chosen) => this.state.setVisibility(chosen));
    this.on("trace-focus", () => this.tracePlayer?.focus());
    this.on<StepCommand>("step-command", (command) =>
      this.step((player, trace) => player.command(command, trace)),
    );
    this.on<number>("row-to", (row) => this.step((player, trace) => player.moveTo(row, trace)));
    this.on<Place>("step-of", ({ view, step }) =>
      this.play((player, trace) => player.moveToStep(view, step, trace)),
    );
    this.on<LaneName>("lane-choice", (lane) =>
      this.play((player, trace) => player.choose(lane, trace)),
    );
    this.on("follow-request", () => this.play((player, trace) => player.follow(trace)));
    this.on<boolean>("letter-keys", (isOn) => this.setLetterKeys(isOn));
  }

  protected abstract newState(env: SessionEnvironment, events: StateEvents<Input>): State;

  /** The server took the run that was just started. */
  protected arrived(): void {}

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

  private on<T>(type: string, act: (detail: T) => void): void {
    this.addEventListener(type, (event) => act((event as CustomEvent<T>).detail));
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

  /** `fields` are those that show their own trouble. */
  protected renderTrouble(fields: readonly string[]): ReturnType<typeof renderBanner> {
    return renderBanner(this.state, fields, { reload });
  }

  /** What is not seen, or not yet: words for a screen reader, and the dialogs. */
  protected renderAside(announcement: string, at: Place | null): TemplateResult {
    return html`
      <p class="visually-hidden" aria-live="polite">${announcement}</p>
      <p class="visually-hidden spoken-step" aria-live="polite">${this.spoken}</p>
      <share-dialog .run=${this.state.run} .at=${at}></share-dialog>
      <shortcut-dialog .letterKeys=${this.letterKeys}></shortcut-dialog>`;
  }

  protected get tracePlayer(): TracePlayer | null {
    return this.querySelector("trace-player");
  }

  protected play(change: (player: Player, trace: TraceStore) => void): void {
    this.state.play(change);
  }

  private step(change: (player: Player, trace: TraceStore) => void): void {
    this.play(change);
    const { cursor } = this.state;
    if (cursor) this.spoken = spokenRow(cursor.trace, cursor.player, cursor.source.split("\n"));
  }

  /** On a touch screen the focus would bring up the keyboard over what was just filled in. */
  protected focusField(selector: string): void {
    if (!window.matchMedia("(pointer: fine)").matches) return;
    this.querySelector<HTMLElement>(selector)?.focus();
  }

  protected share = (): void => {
    void this.querySelector<ShareDialog>("share-dialog")?.open();
  };

  protected showShortcuts = (): void => {
    this.querySelector<ShortcutDialog>("shortcut-dialog")?.open();
  };

  private setLetterKeys(isOn: boolean): void {
    this.letterKeys = isOn;
    writeSetting("letter-keys", isOn ? "on" : "off");
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
      if (this.state.cursor && mayStep(event)) this.tracePlayer?.stepByKey(event);
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
