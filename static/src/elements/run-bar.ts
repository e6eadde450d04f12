/** `<run-bar>`: the entry call, the program's input, and Run or Stop in one place. */

import { html, type TemplateResult } from "lit";
import type { Problem } from "../app-state.js";
import type { PageConfig, Program } from "../config.js";
import { icon } from "../icons.js";
import { define, LightElement } from "./light.js";

const IS_APPLE = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");
export const RUN_KEYS = IS_APPLE ? "⌘ ↵" : "Ctrl ↵";

export class RunBar extends LightElement {
  static override properties = {
    program: { attribute: false },
    limits: { attribute: false },
    problem: { attribute: false },
    busy: { attribute: false },
    stoppable: { attribute: false },
    stopping: { attribute: false },
  };

  declare program: Program;
  declare limits: PageConfig["limits"];
  declare problem: Problem | null;
  declare busy: boolean;
  /** Whether this person may stop the run. */
  declare stoppable: boolean;
  declare stopping: boolean;

  constructor() {
    super();
    this.program = { source: "", entry: "", stdin: "" };
    this.problem = null;
    this.busy = false;
    this.stoppable = true;
    this.stopping = false;
    this.addEventListener("keydown", this.onKey);
  }

  protected override render(): TemplateResult {
    const { entry, stdin } = this.program;
    return html`
      <div class="entry-row">
        <label class="entry-label" for="entry">Call</label>
        <input id="entry" class="field mono" type="text" .value=${entry} autocomplete="off"
          autocapitalize="off" spellcheck="false" maxlength=${this.limits.entry_chars}
          placeholder="main(), or the whole program" aria-describedby="entry-problem"
          aria-invalid=${this.problem?.field === "entry"}
          @input=${(event: Event) => this.edit("entry", event)} />
        ${this.renderRun()}
      </div>
      ${this.renderProblem("entry")}
      <details class="inputs" ?open=${stdin !== "" || this.problem?.field === "stdin"}>
        <summary>${icon("chevron")}Input for <code>input()</code></summary>
        <textarea id="stdin" class="field mono" rows="3" spellcheck="false" autocapitalize="off"
          aria-label="Input, one line for each input()" aria-describedby="stdin-problem"
          aria-invalid=${this.problem?.field === "stdin"}
          placeholder="One line for each input()" .value=${stdin}
          @input=${(event: Event) => this.edit("stdin", event)}></textarea>
        ${this.renderProblem("stdin")}
      </details>`;
  }

  private renderRun(): TemplateResult {
    if (!this.busy || !this.stoppable) {
      return html`<button type="button" class="run" ?disabled=${this.busy}
        aria-keyshortcuts="Control+Enter Meta+Enter" @click=${() => this.emit("run-request")}>
        ${icon("play")}<span>Run</span><kbd aria-hidden="true">${RUN_KEYS}</kbd>
      </button>`;
    }
    return html`<button type="button" class="run run-stop" aria-disabled=${this.stopping}
      @click=${() => this.emit("stop-request")}>
      ${icon("square")}<span>${this.stopping ? "Stopping…" : "Stop"}</span><kbd aria-hidden="true">Esc</kbd>
    </button>`;
  }

  private renderProblem(field: string): TemplateResult {
    const problem = this.problem?.field === field ? this.problem : null;
    return html`<p id="${field}-problem" class="field-problem" role="alert">${problem
      ? html`${icon("alert")}<span>${problem.message} ${problem.fix}</span>`
      : null}</p>`;
  }

  private edit(name: "entry" | "stdin", event: Event): void {
    const { value } = event.target as HTMLInputElement | HTMLTextAreaElement;
    this.emit("program-change", { [name]: value });
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey || isEntry(event.target))) {
      event.preventDefault();
      this.emit("run-request");
    } else if (event.key === "Escape" && this.busy && this.stoppable) {
      event.preventDefault();
      this.emit("stop-request");
    }
  }
}

function isEntry(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.id === "entry";
}

define("run-bar", RunBar);
