/** `<share-dialog>`: copies the link to the step on screen, and opens or closes it to others. */

import { html, type TemplateResult } from "lit";
import type { Visibility } from "../config.js";
import { icon } from "../icons.js";
import type { RunLink } from "../run-state.js";
import { copyText, ShareError, setVisibility, stepLink } from "../share.js";
import { define, LightElement } from "./light.js";

export class ShareDialog extends LightElement {
  static override properties = {
    run: { attribute: false },
    at: { attribute: false },
    note: { state: true },
    failure: { state: true },
  };

  declare run: RunLink | null;
  /** The step on screen (from 0) and its lane; null before there are steps. */
  declare at: { step: number; view: string } | null;
  declare private note: string;
  declare private failure: string;

  constructor() {
    super();
    this.run = null;
    this.at = null;
    this.note = "";
    this.failure = "";
  }

  /** Opens the dialog and, where that is possible at once, makes and copies the link. */
  async open(): Promise<void> {
    if (!this.run) return;
    this.note = "";
    this.failure = "";
    await this.updateComplete;
    this.querySelector("dialog")?.showModal();
    if (this.run.isOwner && this.run.visibility === "private") await this.change("link");
    if (!this.failure) await this.copy();
  }

  protected override render(): TemplateResult {
    const { run } = this;
    const isOpen = run?.visibility === "link";
    return html`<dialog class="dialog" aria-labelledby="share-title">
      <div class="dialog-head">
        <h2 id="share-title">Share this run</h2>
        <button type="button" class="button-icon" aria-label="Close"
          @click=${this.close}>${icon("close")}</button>
      </div>
      <p>${
        isOpen
          ? `Anyone with this link can see what was asked and all that came of it.${this.at ? " It opens at the step on screen." : ""}`
          : "Only you can open this run."
      }</p>
      <div class="share-row">
        <input class="field mono" type="text" readonly aria-label="Link to this step"
          .value=${run ? stepLink(run.url, this.at) : ""} @focus=${selectAll} />
        <button type="button" class="button-primary" @click=${this.copy}>${icon("copy")}<span>Copy</span></button>
      </div>
      <p class="dialog-note" role="status">${this.note}</p>
      <p class="field-problem" role="alert">${
        this.failure ? html`${icon("alert")}<span>${this.failure}</span>` : null
      }</p>
      ${run?.isOwner ? this.renderOwner(isOpen) : null}
    </dialog>`;
  }

  private renderOwner(isOpen: boolean): TemplateResult {
    return isOpen
      ? html`<button type="button" class="button-quiet" @click=${() => this.change("private")}
          >Make it private again</button>`
      : html`<button type="button" class="button-quiet" @click=${() => this.change("link")}
          >Open it to anyone with the link</button>`;
  }

  private close = (): void => {
    this.querySelector("dialog")?.close();
  };

  private async change(visibility: Visibility): Promise<void> {
    if (!this.run) return;
    this.failure = "";
    try {
      await setVisibility(this.run.id, visibility);
      this.emit("visibility-change", visibility);
      this.note = visibility === "private" ? "The link now opens for you only." : "";
    } catch (error) {
      if (!(error instanceof ShareError)) throw error;
      this.failure = error.message;
    }
  }

  private copy = async (): Promise<void> => {
    const field = this.querySelector<HTMLInputElement>(".share-row input");
    if (!this.run || !field) return;
    const copied = await copyText(stepLink(this.run.url, this.at));
    this.note = copied ? "Link copied." : "Press Ctrl+C to copy the selected link.";
    if (!copied) {
      field.focus();
      field.select();
    }
  };
}

function selectAll(event: Event): void {
  (event.target as HTMLInputElement).select();
}

define("share-dialog", ShareDialog);
