/** `<run-bar>`: the entry call, the program's input, and Run or Stop in one place. */

import { html, type PropertyValues, type TemplateResult } from "lit";
import type { PageConfig, Program } from "../config.js";
import { icon } from "../icons.js";
import type { Trouble } from "../run-state.js";
import { renderFieldTrouble } from "./field-trouble.js";
import { define, LightElement } from "./light.js";

const IS_APPLE = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");
export const RUN_KEYS = IS_APPLE ? "⌘ ↵" : "Ctrl ↵";

export class RunBar extends LightElement {
  static override properties = {
    program: { attribute: false },
    limits: { attribute: false },
    trouble: { attribute: false },
    busy: { attribute: false },
    stopping: { attribute: false },
    /** Whether this site has a model that predicts. */
    predicts: { attribute: false },
    /** Whether another button of the page says the same, larger. */
    modest: { attribute: false },
  };

  declare program: Program;
  declare limits: PageConfig["limits"];
  declare trouble: Trouble | null;
  declare busy: boolean;
  declare stopping: boolean;
  declare predicts: boolean;
  declare modest: boolean;

  constructor() {
    super();
    this.program = { source: "", entry: "", stdin: "" };
    this.trouble = null;
    this.busy = false;
    this.stopping = false;
    this.predicts = true;
    this.modest = false;
    this.addEventListener("keydown", this.onKey);
  }

  /** Input that appears unfolds its box; nothing but the person folds it. */
  protected override updated(changed: PropertyValues<this>): void {
    const appeared = this.program.stdin !== "" && !changed.get("program")?.stdin;
    const box = this.querySelector<HTMLDetailsElement>(".inputs");
    if (!box) return;
    if (changed.has("program") && appeared) box.open = true;
    if (changed.has("trouble") && this.trouble?.field === "stdin") box.open = true;
  }

  protected override render(): TemplateResult {
    const { entry, stdin } = this.program;
    return html`
      <div class="entry-row">
        <label class="entry-label" for="entry">Entry call</label>
        <input id="entry" class="field mono" type="text" .value=${entry} autocomplete="off"
          autocapitalize="off" spellcheck="false" maxlength=${this.limits.entry_chars}
          placeholder="main(), or the whole program" aria-describedby="entry-problem"
          aria-invalid=${this.trouble?.field === "entry"}
          @input=${(event: Event) => this.edit("entry", event)} />
        ${this.renderRun()}
      </div>
      ${renderFieldTrouble("entry", this.trouble)}
      <details class="inputs">
        <summary>${icon("chevron")}Input for <code>input()</code></summary>
        <textarea id="stdin" class="field mono" rows="3" spellcheck="false" autocapitalize="off"
          aria-label="Input, one line for each input()" aria-describedby="stdin-problem"
          aria-invalid=${this.trouble?.field === "stdin"}
          placeholder="One line for each input()" .value=${stdin}
          @input=${(event: Event) => this.edit("stdin", event)}></textarea>
        ${renderFieldTrouble("stdin", this.trouble)}
      </details>`;
  }

  /** One button that changes its word: replacing it would take the focus away. */
  private renderRun(): TemplateResult {
    const start = this.predicts ? "Predict and run" : "Run";
    const word = this.busy ? (this.stopping ? "Stopping…" : "Stop") : start;
    return html`<button type="button" class="button-primary run ${this.busy ? "button-stop" : ""} ${this.modest ? "button-modest" : ""}"
      aria-keyshortcuts=${this.busy ? "Escape" : "Control+Enter Meta+Enter"}
      aria-disabled=${this.stopping}
      @click=${() => this.emit(this.busy ? "stop-request" : "run-request")}>
      ${icon(this.busy ? "square" : "play")}<span>${word}</span>
      <kbd aria-hidden="true">${this.busy ? "Esc" : RUN_KEYS}</kbd>
    </button>`;
  }

  private edit(name: "entry" | "stdin", event: Event): void {
    const { value } = event.target as HTMLInputElement | HTMLTextAreaElement;
    this.emit("program-change", { [name]: value });
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey || isEntry(event.target))) {
      event.preventDefault();
      this.emit("run-request");
    } else if (event.key === "Escape" && this.busy) {
      event.preventDefault();
      this.emit("stop-request");
    }
  }
}

function isEntry(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.id === "entry";
}

define("run-bar", RunBar);
