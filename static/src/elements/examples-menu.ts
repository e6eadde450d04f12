/** `<examples-menu>`: a list of programs to start from. */

import { html, type TemplateResult } from "lit";
import type { Example } from "../config.js";
import { icon } from "../icons.js";
import { define, LightElement } from "./light.js";

export class ExamplesMenu extends LightElement {
  static override properties = { examples: { attribute: false } };

  declare examples: readonly Example[];

  constructor() {
    super();
    this.examples = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("pointerdown", this.onOutside);
    document.addEventListener("keydown", this.onEscape);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("pointerdown", this.onOutside);
    document.removeEventListener("keydown", this.onEscape);
  }

  protected override render(): TemplateResult {
    return html`<details class="menu">
      <summary class="button-quiet">${icon("list")}Examples${icon("chevron")}</summary>
      <ul class="menu-list">
        ${this.examples.map(
          (example) => html`<li>
            <button type="button" @click=${() => this.choose(example)}>
              <span class="menu-title">${example.title}</span>
              <span class="menu-text">${example.description}</span>
            </button>
          </li>`,
        )}
      </ul>
    </details>`;
  }

  private choose(example: Example): void {
    this.close();
    this.emit("example-choice", example);
  }

  private close(): void {
    this.querySelector("details")?.removeAttribute("open");
  }

  private onOutside = (event: Event): void => {
    if (event.target instanceof Node && !this.contains(event.target)) this.close();
  };

  private onEscape = (event: KeyboardEvent): void => {
    const menu = this.querySelector("details");
    if (event.key !== "Escape" || !menu?.open) return;
    this.close();
    menu.querySelector("summary")?.focus();
  };
}

define("examples-menu", ExamplesMenu);
