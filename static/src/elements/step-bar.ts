/** `<step-bar>`: the step buttons, the slider and "Step 12 of 57". */

import { html, type TemplateResult } from "lit";
import { type IconName, icon } from "../icons.js";
import type { StepCommand } from "../stepper.js";
import { define, LightElement } from "./light.js";

interface Button {
  command: StepCommand;
  name: string;
  icon: IconName;
  /** Shown in the tooltip and announced as the button's shortcut. */
  key: string;
}

const BUTTONS: readonly Button[] = [
  { command: "first", name: "First step", icon: "first", key: "Home" },
  { command: "back", name: "Step back", icon: "back", key: "b" },
  { command: "into", name: "Step into", icon: "into", key: "s" },
  { command: "over", name: "Step over", icon: "over", key: "n" },
  { command: "out", name: "Step out", icon: "out", key: "o" },
  { command: "last", name: "Last step", icon: "last", key: "End" },
];

const DIFFERENCE: Button = {
  command: "difference",
  name: "Next difference",
  icon: "differs",
  key: "d",
};

const FORWARD: ReadonlySet<StepCommand> = new Set(["into", "over", "out", "last"]);

export class StepBar extends LightElement {
  static override properties = {
    step: { attribute: false },
    count: { attribute: false },
    /** In how many places the lanes differ. */
    differences: { attribute: false },
    following: { attribute: false },
    running: { attribute: false },
  };

  declare step: number;
  declare count: number;
  declare differences: number;
  declare following: boolean;
  declare running: boolean;

  constructor() {
    super();
    this.step = 0;
    this.count = 0;
    this.differences = 0;
    this.following = false;
    this.running = false;
  }

  protected override render(): TemplateResult {
    const none = this.running ? "No steps yet" : "No steps";
    const label = this.count === 0 ? none : `Step ${this.step + 1} of ${this.count}`;
    return html`
      <div class="step-buttons" role="group" aria-label="Step through the trace">
        ${BUTTONS.map((button) => this.renderButton(button))}
        ${this.differences > 0 ? this.renderButton(DIFFERENCE) : null}
      </div>
      <output class="step-count" aria-live="off">${label}</output>
      ${
        this.running && this.count > 0
          ? html`<button type="button" class="follow" aria-pressed=${this.following}
            title="Keep showing the newest step while the program runs"
            @click=${() => this.emit("follow-request")}>
            ${icon("last")}<span>${this.following ? "Following" : "Follow"}</span>
          </button>`
          : null
      }
      <input class="step-slider" type="range" min="1" max=${Math.max(1, this.count)}
        .value=${String(this.step + 1)} ?disabled=${this.count < 2}
        aria-label="Step" aria-valuetext=${label}
        @input=${(event: Event) => this.emit("row-to", slided(event))} />
    `;
  }

  private renderButton({ command, name, icon: shape, key }: Button): TemplateResult {
    const atEnd = this.step >= this.count - 1;
    const disabled = FORWARD.has(command) ? atEnd : command !== "difference" && this.step <= 0;
    // `aria-disabled` keeps the focus on a button that has just become useless.
    return html`<button type="button" class="step-button step-${command}"
      aria-disabled=${disabled} aria-label=${name} aria-keyshortcuts=${key}
      title="${name} (${key})"
      @click=${() => !disabled && this.emit("step-command", command)}>
      ${icon(shape)}<span class="step-word" aria-hidden="true">${command}</span>
    </button>`;
  }
}

function slided(event: Event): number {
  return Number((event.target as HTMLInputElement).value) - 1;
}

define("step-bar", StepBar);
