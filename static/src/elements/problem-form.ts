/** `<problem-form>`: the problem in words, its signature and tests, options, and Solve or Stop. */

import { html, type TemplateResult } from "lit";
import type { Problem as Trouble } from "../app-state.js";
import type { ExampleProblem } from "../config.js";
import { icon } from "../icons.js";
import type { Question } from "../solve-state.js";
import { define, LightElement } from "./light.js";
import { RUN_KEYS } from "./run-bar.js";

const FORMS: readonly [Question["form"], string][] = [
  ["free", "Whatever fits"],
  ["function", "A function"],
  ["program", "A program that reads and prints"],
];

const TEST_HINTS: Readonly<Record<Question["form"], string>> = {
  free: "assert add(1, 2) == 3",
  function: "assert add(1, 2) == 3\nassert add(-1, 1) == 0",
  program: "Input:\n2 3\nOutput:\n5",
};

export class ProblemForm extends LightElement {
  static override properties = {
    question: { attribute: false },
    trouble: { attribute: false },
    problems: { attribute: false },
    busy: { attribute: false },
    stopping: { attribute: false },
    solves: { attribute: false },
    fixed: { attribute: false },
  };

  declare question: Question;
  declare trouble: Trouble | null;
  declare problems: readonly ExampleProblem[];
  declare busy: boolean;
  declare stopping: boolean;
  /** Whether this site has a model that solves problems. */
  declare solves: boolean;
  /** Whether the form only shows what somebody else asked. */
  declare fixed: boolean;

  constructor() {
    super();
    this.trouble = null;
    this.problems = [];
    this.busy = false;
    this.stopping = false;
    this.solves = true;
    this.fixed = false;
    this.addEventListener("keydown", this.onKey);
  }

  protected override render(): TemplateResult {
    const { question, fixed } = this;
    return html`
      <div class="solve-form-head">
        <h2>Problem</h2>
        ${fixed ? null : html`<examples-menu .examples=${this.menu}></examples-menu>`}
      </div>
      <label class="visually-hidden" for="problem">Problem in words</label>
      <textarea id="problem" class="field" rows="5" ?readonly=${fixed} .value=${question.text}
        placeholder="Write a function that …" aria-describedby="problem-problem"
        aria-invalid=${this.trouble?.field === "problem"}
        @input=${(event: Event) => this.set("text", event)}></textarea>
      ${this.renderTrouble("problem")}
      <label for="form">What to write</label>
      <select id="form" class="field" ?disabled=${fixed} @change=${(event: Event) => this.set("form", event)}>
        ${FORMS.map(
          ([value, word]) =>
            html`<option value=${value} .selected=${question.form === value}>${word}</option>`,
        )}
      </select>
      ${question.form === "program" ? null : this.renderSignature()}
      <label for="tests">Tests <span class="soft">(optional)</span></label>
      <textarea id="tests" class="field mono" rows="4" spellcheck="false" autocapitalize="off"
        ?readonly=${fixed} .value=${question.tests} placeholder=${TEST_HINTS[question.form]}
        aria-describedby="tests-problem tests-note" aria-invalid=${this.trouble?.field === "tests"}
        @input=${(event: Event) => this.set("tests", event)}></textarea>
      ${this.renderTrouble("tests")}
      <p id="tests-note" class="soft small">Lines with <code>assert</code>, or pairs of
        <code>Input:</code> and <code>Output:</code>. The model writes more of its own.</p>
      ${this.renderChoices()}
      ${fixed ? null : this.renderRun()}`;
  }

  private renderSignature(): TemplateResult {
    return html`<label for="signature">Signature <span class="soft">(optional)</span></label>
      <input id="signature" class="field mono" type="text" autocomplete="off" autocapitalize="off"
        spellcheck="false" ?readonly=${this.fixed} .value=${this.question.signature}
        placeholder="def add(a, b)" aria-describedby="signature-problem"
        aria-invalid=${this.trouble?.field === "signature"}
        @input=${(event: Event) => this.set("signature", event)} />
      ${this.renderTrouble("signature")}`;
  }

  private renderChoices(): TemplateResult {
    const { question, fixed } = this;
    return html`<fieldset class="solve-options" ?disabled=${fixed}>
      <legend class="visually-hidden">Options</legend>
      <label><input type="checkbox" .checked=${question.reasoning}
        @change=${(event: Event) =>
          this.edit({ reasoning: (event.target as HTMLInputElement).checked })} />
        Think before answering</label>
      <label><input type="checkbox" .checked=${question.mode === "hint"}
        @change=${(event: Event) =>
          this.edit({ mode: (event.target as HTMLInputElement).checked ? "hint" : "solve" })} />
        Only a hint, no solution</label>
    </fieldset>`;
  }

  /** One button that changes its word: replacing it would take the focus away. */
  private renderRun(): TemplateResult {
    const { busy, stopping } = this;
    const start = this.question.mode === "hint" ? "Give me a hint" : "Solve";
    return html`<button type="button" class="button-primary solve-run ${busy ? "button-stop" : ""}"
      aria-keyshortcuts=${busy ? "Escape" : "Control+Enter Meta+Enter"} aria-disabled=${stopping}
      @click=${() => this.emit(busy ? "stop-request" : "run-request")}>
      ${icon(busy ? "square" : "play")}<span>${busy ? (stopping ? "Stopping…" : "Stop") : start}</span>
      <kbd aria-hidden="true">${busy ? "Esc" : RUN_KEYS}</kbd>
    </button>
    ${this.solves ? null : html`<p class="soft small solve-none">${icon("alert")} No model on this server can solve problems. Traces of programs work all the same.</p>`}`;
  }

  /** The menu shows what a problem asks where it shows what a program does elsewhere. */
  private get menu(): readonly (ExampleProblem & { description: string })[] {
    return this.problems.map((problem) => ({ ...problem, description: problem.text }));
  }

  private renderTrouble(field: string): TemplateResult {
    const trouble = this.trouble?.field === field ? this.trouble : null;
    return html`<p id="${field}-problem" class="field-problem" role="alert">${
      trouble ? html`${icon("alert")}<span>${trouble.message} ${trouble.fix}</span>` : null
    }</p>`;
  }

  private set(name: "text" | "form" | "signature" | "tests", event: Event): void {
    const { value } = event.target as HTMLInputElement;
    this.edit({ [name]: value });
  }

  private edit(change: Partial<Question>): void {
    this.emit("question-change", change);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.emit("run-request");
    }
  }
}

define("problem-form", ProblemForm);
