/** `<problem-form>`: the problem in words, its signature and tests, options, and Solve or Stop. */

import { html, type PropertyValues, type TemplateResult } from "lit";
import type { ExampleProblem, PageConfig } from "../config.js";
import { icon } from "../icons.js";
import { type Choice, choicesOf, type Options, type Question } from "../question.js";
import type { Trouble } from "../run-state.js";
import { durationText, grouped, optionsText } from "../solve-words.js";
import { renderFieldTrouble } from "./field-trouble.js";
import { define, LightElement } from "./light.js";
import { RUN_KEYS } from "./run-bar.js";

const FORMS: readonly [Question["form"], string][] = [
  ["free", "Whatever fits"],
  ["function", "A function"],
  ["program", "A whole program"],
];

const TEST_HINTS: Readonly<Record<Question["form"], string>> = {
  free: "assert add(1, 2) == 3",
  function: "assert add(1, 2) == 3\nassert add(-1, 1) == 0",
  program: "Input:\n2 3\nOutput:\n5",
};

const NUMBERS: readonly [Choice, string, (value: number) => string][] = [
  ["candidates", "Paths in parallel", grouped],
  ["attempts", "Attempts", grouped],
  ["tokens", "Tokens", grouped],
  ["seconds", "Time", durationText],
];

export class ProblemForm extends LightElement {
  static override properties = {
    question: { attribute: false },
    trouble: { attribute: false },
    problems: { attribute: false },
    limits: { attribute: false },
    busy: { attribute: false },
    stopping: { attribute: false },
    solves: { attribute: false },
  };

  declare question: Question;
  declare trouble: Trouble | null;
  declare problems: readonly ExampleProblem[];
  declare limits: PageConfig["limits"];
  declare busy: boolean;
  declare stopping: boolean;
  /** Whether this site has a model that solves problems. */
  declare solves: boolean;

  constructor() {
    super();
    this.trouble = null;
    this.problems = [];
    this.busy = false;
    this.stopping = false;
    this.solves = true;
    this.addEventListener("keydown", this.onKey);
  }

  /** What is refused may be out of sight: the field that it is about comes back into it. */
  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has("trouble") || !this.trouble?.field) return;
    this.querySelector<HTMLElement>(`#${this.trouble.field}.field`)?.focus();
  }

  protected override render(): TemplateResult {
    const { question, trouble } = this;
    return html`
      <div class="solve-form-head">
        <h2>Problem</h2>
        <examples-menu .examples=${this.menu}></examples-menu>
      </div>
      <label class="visually-hidden" for="problem">Problem in words</label>
      <textarea id="problem" class="field" rows="5" .value=${question.problem}
        placeholder="Write a function that …" aria-describedby="problem-problem"
        aria-invalid=${trouble?.field === "problem"}
        @input=${(event: Event) => this.set("problem", event)}></textarea>
      ${renderFieldTrouble("problem", trouble)}
      <div class="field-row">
        <label for="form">What to write</label>
        <select id="form" class="field" @change=${(event: Event) => this.set("form", event)}>
          ${FORMS.map(
            ([value, word]) =>
              html`<option value=${value} .selected=${question.form === value}>${word}</option>`,
          )}
        </select>
      </div>
      ${question.form === "program" ? null : this.renderSignature()}
      <label for="tests">Tests <span class="soft">(optional, but the best help)</span></label>
      <textarea id="tests" class="field mono" rows="4" spellcheck="false" autocapitalize="off"
        .value=${question.tests} placeholder=${TEST_HINTS[question.form]}
        aria-describedby="tests-problem tests-note" aria-invalid=${trouble?.field === "tests"}
        @input=${(event: Event) => this.set("tests", event)}></textarea>
      ${renderFieldTrouble("tests", trouble)} ${this.renderLeftOver()}
      <p id="tests-note" class="soft small">Lines with <code>assert</code>, or pairs of
        <code>Input:</code> and <code>Output:</code>. Without any, the model makes up tests to check itself by.</p>
      ${this.renderSwitches()} ${this.renderNumbers()} ${this.renderRun()}`;
  }

  private renderSignature(): TemplateResult {
    return html`<label for="signature">Signature <span class="soft">(optional)</span></label>
      <input id="signature" class="field mono" type="text" autocomplete="off" autocapitalize="off"
        spellcheck="false" .value=${this.question.signature}
        placeholder="def add(a, b)" aria-describedby="signature-problem"
        aria-invalid=${this.trouble?.field === "signature"}
        @input=${(event: Event) => this.set("signature", event)} />
      ${renderFieldTrouble("signature", this.trouble)}`;
  }

  /** Who writes a problem of their own over an example would be judged by the example's tests. */
  private renderLeftOver(): TemplateResult | null {
    const { problem, tests } = this.question;
    const example = this.problems.find((each) => tests !== "" && tests === each.tests.trim());
    if (!example || problem.trim() === "" || problem === example.text) return null;
    return html`<p class="solve-note tests-left-over">${icon("dash")}<span>These are the tests of the
      example “${example.title}”. <button type="button" class="link"
        @click=${() => this.removeLeftOver(example)}>Remove them</button></span></p>`;
  }

  private removeLeftOver({ signature }: ExampleProblem): void {
    const isOwn = this.question.signature !== signature;
    const change: Partial<Question> = isOwn ? {} : { signature: "", form: "free" };
    this.emit<Partial<Question>>("question-change", { tests: "", ...change });
    this.querySelector<HTMLElement>("#tests")?.focus();
  }

  private renderSwitches(): TemplateResult {
    const { reasoning, mode } = this.question.options;
    return html`<fieldset class="solve-options">
      <legend class="visually-hidden">How to answer</legend>
      <label><input type="checkbox" .checked=${reasoning} ?disabled=${mode === "hint"}
        @change=${(event: Event) => this.choose({ reasoning: isChecked(event) })} />
        Think before answering</label>
      <label><input type="checkbox" .checked=${mode === "hint"}
        @change=${(event: Event) => this.choose({ mode: isChecked(event) ? "hint" : "solve" })} />
        Only a hint, no solution</label>
    </fieldset>`;
  }

  private renderNumbers(): TemplateResult {
    const { options } = this.question;
    const isHint = options.mode === "hint";
    const { problem_bytes, tests_bytes, given_tests } = this.limits;
    return html`<details class="solve-budget-box">
      <summary>${icon("chevron")}Budget <span class="soft small">${optionsText(options)}</span></summary>
      <div class="solve-numbers">${NUMBERS.map(
        ([name, label, word]) => html`<div><label for=${name}>${label}</label>
          <select id=${name} class="field"
            ?disabled=${isHint && (name === "candidates" || name === "attempts")}
            @change=${(event: Event) =>
              this.choose({ [name]: Number((event.target as HTMLSelectElement).value) })}>
            ${choicesOf(name, this.limits, options[name]).map(
              (value) =>
                html`<option value=${value} .selected=${options[name] === value}>${word(value)}</option>`,
            )}
          </select></div>`,
      )}</div>
      <p class="soft small">${
        isHint
          ? "A hint is one answer, so there are neither paths nor further attempts."
          : "Paths begin side by side; each goes on from its own mistakes. Attempts count the answers of all paths. The run ends with the first code that passes every test, or when attempts, tokens or time are used up; the best attempt is kept."
      }</p>
      <p class="soft small">A problem may have ${grouped(problem_bytes / 1024)} KiB, its tests
        ${grouped(tests_bytes / 1024)} KiB, and ${given_tests} of them are run.</p>
    </details>`;
  }

  /** One button that changes its word: replacing it would take the focus away. */
  private renderRun(): TemplateResult {
    const { busy, stopping } = this;
    const start = this.question.options.mode === "hint" ? "Give me a hint" : "Solve";
    return html`<button type="button" class="button-primary solve-run ${busy ? "button-stop" : ""}"
      aria-keyshortcuts=${busy ? "Escape" : "Control+Enter Meta+Enter"} aria-disabled=${stopping}
      @click=${() => this.emit(busy ? "stop-request" : "run-request")}>
      ${icon(busy ? "square" : "play")}<span>${busy ? (stopping ? "Stopping…" : "Stop") : start}</span>
      <kbd aria-hidden="true">${busy ? "Esc" : RUN_KEYS}</kbd>
    </button>
    ${this.solves ? null : html`<p class="solve-note solve-none">${icon("alert")}<span>No model on this server can solve problems. Traces of programs work all the same.</span></p>`}`;
  }

  /** The menu shows what a problem asks where it shows what a program does elsewhere. */
  private get menu(): readonly (ExampleProblem & { description: string })[] {
    return this.problems.map((problem) => ({ ...problem, description: problem.text }));
  }

  private set(name: "problem" | "form" | "signature" | "tests", event: Event): void {
    const { value } = event.target as HTMLInputElement;
    this.emit<Partial<Question>>("question-change", { [name]: value });
  }

  private choose(change: Partial<Options>): void {
    this.emit("options-change", change);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.emit("run-request");
    }
  }
}

function isChecked(event: Event): boolean {
  return (event.target as HTMLInputElement).checked;
}

define("problem-form", ProblemForm);
