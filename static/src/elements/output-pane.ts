/** `<output-pane>`: what the program has printed so far; what it prints later is dimmed. */

import { html, type PropertyValues, type TemplateResult } from "lit";
import { type ConsolePiece, consoleAt } from "../console-text.js";
import type { Console } from "../trace-store.js";
import { define, LightElement } from "./light.js";

const STREAM_NAMES: Record<Console["stream"], string> = {
  stdout: "",
  stderr: "error output",
  stdin: "input",
};

export class OutputPane extends LightElement {
  static override properties = {
    console: { attribute: false },
    /** Number of pieces; the list itself is changed in place. */
    pieces: { attribute: false },
    step: { attribute: false },
    length: { attribute: false },
    truncated: { attribute: false },
    emptyText: { attribute: false },
  };

  declare console: readonly Console[];
  declare pieces: number;
  declare step: number;
  declare length: number;
  declare truncated: boolean;
  declare emptyText: string;

  constructor() {
    super();
    this.console = [];
    this.pieces = 0;
    this.step = 0;
    this.length = 0;
    this.truncated = false;
    this.emptyText = "Nothing printed.";
  }

  protected override render(): TemplateResult {
    const pieces = consoleAt(this.console, this.step, this.length);
    if (pieces.length === 0) return html`<p class="empty">${this.emptyText}</p>`;
    const soFar = pieces.filter(({ isLater }) => !isLater);
    const later = pieces.filter(({ isLater }) => isLater);
    return html`<div class="console" tabindex="0" role="group" aria-label="Output so far">${
      soFar.length === 0 ? html`<p class="empty">Nothing printed yet.</p>` : soFar.map(renderPiece)
    }${
      later.length === 0
        ? null
        : html`<div class="console-later" aria-label="Printed later">${later.map(renderPiece)}</div>`
    }</div>${
      this.truncated ? html`<p class="note">The program printed more than is kept.</p>` : null
    }`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has("step") && !changed.has("pieces")) return;
    const edge = this.querySelector<HTMLElement>(".console-later");
    const box = this.querySelector<HTMLElement>(".console");
    if (box) box.scrollTop = edge ? edge.offsetTop - box.offsetTop - box.clientHeight + 24 : 1e9;
  }
}

function renderPiece({ stream, text }: ConsolePiece): TemplateResult {
  const name = STREAM_NAMES[stream];
  const label = name ? html`<span class="stream-name">${name}</span>` : null;
  return html`<span class="piece piece-${stream}">${label}${text}</span>`;
}

define("output-pane", OutputPane);
