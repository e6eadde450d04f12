/** `<attempt-view>`: what one attempt of the solver wrote, and what came of its tests. */

import { diffLines } from "diff";
import { html, nothing, type TemplateResult } from "lit";
import { icon } from "../icons.js";
import { readSetting, writeSetting } from "../preferences.js";
import { copyText } from "../share.js";
import type { Attempt } from "../solve-store.js";
import { usageFacts } from "../solve-words.js";
import { define, LightElement } from "./light.js";
import "./code-editor.js";
import "./tests-table.js";

/** How near to its end a text has to be for the page to keep it there while more arrives. */
const NEAR_PX = 24;

const ANSWER_ENDS: Readonly<Record<string, string>> = {
  no_code: "There is no code in the answer.",
  length: "The model was stopped: it had used up its tokens.",
  time: "The model was stopped: its time was up.",
  error: "The model failed while it wrote.",
};

export class AttemptView extends LightElement {
  static override properties = {
    attempt: { attribute: false },
    parent: { attribute: false },
    revision: { attribute: false },
    over: { attribute: false },
    thinks: { attribute: false },
    cspNonce: { attribute: false },
    showReasoning: { state: true },
    showDiff: { state: true },
    copied: { state: true },
  };

  declare attempt: Attempt;
  /** The attempt that this one repairs. */
  declare parent: Attempt | null;
  declare revision: number;
  declare over: boolean;
  /** Whether the model was asked to think before it answers. */
  declare thinks: boolean;
  declare cspNonce: string;
  declare private showReasoning: boolean;
  declare private showDiff: boolean;
  declare private copied: string;
  private followsText = true;

  constructor() {
    super();
    this.parent = null;
    this.revision = 0;
    this.over = false;
    this.thinks = false;
    this.cspNonce = "";
    this.showReasoning = readSetting("reasoning") !== "folded";
    this.showDiff = false;
    this.copied = "";
  }

  /** New text stays in sight, unless the person has scrolled away from the end. */
  protected override willUpdate(): void {
    const box = this.querySelector(".reasoning-text");
    this.followsText = !box || box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
  }

  protected override updated(): void {
    const box = this.querySelector(".reasoning-text");
    if (box && this.followsText && this.isWriting) box.scrollTop = box.scrollHeight;
  }

  private get isWriting(): boolean {
    return this.attempt.isWriting && !this.over;
  }

  protected override render(): TemplateResult {
    const { attempt } = this;
    const { answer } = attempt;
    const facts = usageFacts(attempt);
    const isHint = answer.started?.mode === "hint";
    // Where code stood, in a block of its own, empty lines remain.
    const words = attempt
      .textOf("text")
      .trim()
      .replace(/\n{3,}/g, "\n\n");
    const spoken = words
      ? html`<div class="answer-words" role="region" aria-label=${isHint ? "Hint" : "Answer in words"}>${withCode(words)}</div>`
      : nothing;
    return html`
      ${this.renderWho()}
      ${answer.resetReason ? note("dash", `Started again: ${answer.resetReason}`) : nothing}
      ${answer.unavailable ? note("alert", `${answer.unavailable.reason} ${answer.unavailable.fix ?? ""}`) : nothing}
      ${this.renderReasoning()}
      ${attempt.code ? [this.renderEnd(), this.renderCode(), spoken] : [spoken, this.renderEnd()]}
      ${
        attempt.lines.length > 0
          ? html`<section aria-label="Tests"><h3>Tests</h3>
              <tests-table .attempt=${attempt} .revision=${this.revision} .over=${this.over}></tests-table></section>`
          : nothing
      }
      ${facts.length > 0 ? html`<p class="soft small">${facts.join(" · ")}</p>` : nothing}`;
  }

  /** Which model answered stands above everything that it wrote. */
  private renderWho(): TemplateResult {
    const { started } = this.attempt.answer;
    return html`<div class="attempt-who">
      ${started ? html`<p><strong>${started.model || "Unnamed model"}</strong> <span class="soft">${started.engine}</span></p>` : nothing}
      ${started?.notice ? html`<p class="soft small">${started.notice}</p>` : nothing}
      ${started && this.thinks && !started.reasoning ? html`<p class="soft small">This model answers at once: it does not think first.</p>` : nothing}
      ${started?.reason && this.attempt.number > 1 ? html`<p class="small">${started.reason}</p>` : nothing}
    </div>`;
  }

  private renderReasoning(): TemplateResult | typeof nothing {
    const text = this.attempt.textOf("reasoning");
    if (!text) return nothing;
    const isThinking = this.isWriting && this.attempt.answer.blocks.at(-1)?.part === "reasoning";
    return html`<details class="reasoning" ?open=${this.showReasoning} @toggle=${this.onToggle}>
      <summary @click=${this.onFold}>${icon("chevron")}Reasoning
        ${isThinking ? html`<span class="status status-busy">${icon("spinner")}Thinking…</span>` : nothing}</summary>
      <div class="reasoning-text" tabindex="0" role="region" aria-label="Reasoning of the model">${withCode(text)}</div>
    </details>`;
  }

  /** At the click and not at `toggle`, which comes later: an attempt shown meanwhile must know. */
  private onFold = (event: Event): void => {
    event.preventDefault();
    this.fold(!this.showReasoning);
  };

  /** A browser opens it as well, to show what it was asked to find in the page. */
  private onToggle = (event: Event): void => {
    const { open } = event.target as HTMLDetailsElement;
    if (open !== this.showReasoning) this.fold(open);
  };

  private fold(open: boolean): void {
    this.showReasoning = open;
    writeSetting("reasoning", open ? "open" : "folded");
  }

  private renderEnd(): TemplateResult | typeof nothing {
    const { finished } = this.attempt.answer;
    if (!finished) return nothing;
    // That the run was stopped is said above all attempts.
    const isSaid = finished.status === "ok" || finished.status === "cancelled";
    const words = isSaid ? "" : finished.message || ANSWER_ENDS[finished.status];
    return html`${words ? note("alert", words) : nothing}
      ${(finished.notes ?? []).map((text) => note("dash", text))}`;
  }

  private renderCode(): TemplateResult | typeof nothing {
    const { attempt, parent } = this;
    const code = attempt.code.trimEnd();
    if (!code) return nothing;
    const isWhole = attempt.answer.finished !== null || this.over;
    const before = parent?.code.trimEnd() ?? "";
    const showDiff = this.showDiff && isWhole && before !== "";
    return html`<section aria-label="Code of attempt ${attempt.number}">
      <div class="code-head">
        <h3>Code</h3>
        ${
          isWhole && before
            ? html`<button type="button" class="button-quiet" aria-pressed=${this.showDiff}
                @click=${() => (this.showDiff = !this.showDiff)}>Changes since attempt ${parent?.number}</button>`
            : nothing
        }
        <button type="button" class="button-quiet" ?disabled=${!isWhole}
          @click=${this.copy}>${icon("copy")}${this.copied || "Copy"}</button>
        <button type="button" class="button-quiet" ?disabled=${!isWhole}
          aria-label="Download" @click=${this.download}>${icon("into")}<span class="wide-word">Download</span></button>
        <button type="button" class="button-quiet" ?disabled=${!isWhole}
          @click=${() => this.emit("open-in-trace", attempt)}>${icon("play")}Open in trace</button>
      </div>
      ${showDiff ? renderDiff(before, code) : this.renderText(code, isWhole)}
      <span class="visually-hidden" role="status">${this.copied}</span>
    </section>`;
  }

  /** An editor is made once, for the whole text: a stream of characters needs none. */
  private renderText(code: string, isWhole: boolean): TemplateResult {
    return isWhole
      ? html`<code-editor class="answer-code" .value=${code} .editable=${false}
          .label=${`Code of attempt ${this.attempt.number}`} .cspNonce=${this.cspNonce}></code-editor>`
      : html`<pre class="answer-code answer-code-arriving">${code}</pre>`;
  }

  private copy = async (): Promise<void> => {
    this.copied = (await copyText(this.attempt.code)) ? "Copied" : "Not allowed";
    window.setTimeout(() => (this.copied = ""), 2000);
  };

  private download = (): void => {
    const url = URL.createObjectURL(new Blob([this.attempt.code], { type: "text/x-python" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `attempt-${this.attempt.number}.py`;
    link.click();
    URL.revokeObjectURL(url);
  };
}

/** Text in which a model marks code with backticks, as it is used to. */
function withCode(text: string): (string | TemplateResult)[] {
  const pieces = text.split(/`([^`\n]+)`/);
  return pieces.map((piece, index) => (index % 2 ? html`<code>${piece}</code>` : piece));
}

function note(sign: "alert" | "dash", text: string): TemplateResult {
  return html`<p class="solve-note">${icon(sign)}<span>${text}</span></p>`;
}

/** Signs as well as colours, and words for who hears it. */
function renderDiff(before: string, after: string): TemplateResult {
  const rows = diffLines(before, after).flatMap(({ value, added, removed }) => {
    const [sign, word] = added ? ["+", "added"] : removed ? ["−", "removed"] : [" ", ""];
    return value
      .replace(/\n$/, "")
      .split("\n")
      .map(
        (
          line,
        ) => html`<li class=${word ? `diff-${word}` : ""}><span aria-hidden="true">${sign}</span
          ><span class="visually-hidden">${word}</span><code>${line}</code></li>`,
      );
  });
  return html`<ol class="diff" tabindex="0" aria-label="Changes">${rows}</ol>`;
}

define("attempt-view", AttemptView);
