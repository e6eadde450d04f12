/** `<solve-app>`: the page for problems. Puts the state on screen and the person's wishes into it. */

import { html, nothing, type TemplateResult } from "lit";
import type { ExampleProblem, Program } from "../config.js";
import { browserStorage } from "../drafts.js";
import { handOver } from "../handover.js";
import { icon } from "../icons.js";
import { exampleQuestion, type Options, type Question, questionDrafts } from "../question.js";
import type { SessionEnvironment } from "../run-session.js";
import type { StateEvents } from "../run-state.js";
import { SolveState } from "../solve-state.js";
import type { Attempt, SolveStore } from "../solve-store.js";
import {
  attemptStatus,
  budgetText,
  modelsText,
  originText,
  solveAnnouncement,
  solveStatus,
  usedText,
} from "../solve-words.js";
import { define } from "./light.js";
import { RunApp } from "./run-app.js";
import "./attempt-view.js";
import "./examples-menu.js";
import "./problem-form.js";

/** From here on the solution stands beside the form, as in the style sheet. */
const WIDE = "(min-width: 900px)";

export class SolveApp extends RunApp<Question, SolveState> {
  /** The attempt that was scrolled to last. */
  private shownTab: HTMLElement | null = null;

  protected override newState(env: SessionEnvironment, events: StateEvents<Question>): SolveState {
    return new SolveState(this.config, env, questionDrafts(browserStorage()), events);
  }

  protected override render(): TemplateResult {
    const { state, config } = this;
    const { store } = state;
    return html`
      ${this.renderTrouble(["problem", "signature", "tests"])}
      <div class="solve-bench"
        @question-change=${(event: CustomEvent<Partial<Question>>) => state.edit(event.detail)}
        @options-change=${(event: CustomEvent<Partial<Options>>) => state.setOptions(event.detail)}
        @example-choice=${(event: CustomEvent<ExampleProblem>) => this.chooseExample(event.detail)}
        @open-in-trace=${(event: CustomEvent<Attempt>) => openInTrace(event.detail)}>
        <problem-form class="solve-form" role="form" aria-label="Problem" .question=${state.input}
          .trouble=${state.trouble} .problems=${config.problems ?? []} .limits=${config.limits}
          .busy=${state.isBusy} .stopping=${state.isStopping} .solves=${config.solves ?? true}></problem-form>
        <section class="solution" aria-label="Solution">
          ${store ? this.renderRun(store) : this.renderWelcome()}
        </section>
      </div>
      ${this.renderAside(solveAnnouncement(store), null)}`;
  }

  private renderRun(store: SolveStore): TemplateResult {
    const { state } = this;
    const { word, detail, icon: sign, tone } = solveStatus(store);
    return html`
      <div class="solve-head">
        <p class="status status-${tone}">${icon(sign)}${word}</p>
        <span class="toolbar-space"></span>
        ${
          state.isBusy
            ? html`<button type="button" class="button-quiet solve-stop" aria-disabled=${state.isStopping}
                @click=${() => state.stop()}>${icon("square")}${state.isStopping ? "Stopping…" : "Stop"}</button>`
            : nothing
        }
        <button type="button" class="button-quiet" @click=${this.share}>${icon("share")}Share</button>
      </div>
      ${detail ? html`<p class="solve-reason">${detail}</p>` : nothing}
      <p class="soft small solve-budget">${[modelsText(store), usedText(store), budgetText(store)].filter(Boolean).join(" · ")}</p>
      ${this.renderStrip(store)}
      ${state.attempt ? this.renderAttempt(store, state.attempt) : nothing}`;
  }

  private renderStrip(store: SolveStore): TemplateResult | typeof nothing {
    if (store.numbers.length < 2) return nothing;
    const shown = this.state.attempt?.number;
    const models = new Set([...store.attempts.values()].map(({ answer }) => answer.started?.model));
    return html`<ol class="attempts" aria-label="Attempts" @focusin=${showWhole}>${store.numbers.map(
      (number) => {
        const attempt = store.attempts.get(number);
        if (!attempt) return nothing;
        const { icon: sign, word, tone } = attemptStatus(attempt, store.isOver);
        const model = attempt.answer.started?.model;
        const isBest = store.solved?.best === number;
        // Every word has to fit where six attempts stand in a row.
        const [counts = "", pass] = word.split(" tests ");
        return html`<li><button type="button" aria-pressed=${number === shown}
        @click=${() => this.state.choose(number)}>
        <span class="attempt-name">Attempt ${number}${isBest ? html` <span class="attempt-best">best</span>` : nothing}</span>
        <span class="attempt-origin soft">${originText(attempt)}</span>
        ${models.size > 1 && model ? html`<span class="attempt-model soft">${model}</span>` : nothing}
        <span class="status status-${tone}">${icon(sign)}<span>${counts}${pass ? html` <span class="visually-hidden">tests </span>${pass}` : nothing}</span></span></button></li>`;
      },
    )}</ol>`;
  }

  private renderAttempt(store: SolveStore, attempt: Attempt): TemplateResult {
    const parent = store.attempts.get(attempt.answer.started?.parent ?? 0) ?? null;
    const { reasoning, mode } = this.state.run?.input.options ?? {};
    return html`<attempt-view .attempt=${attempt} .parent=${parent} .revision=${this.revision}
        .over=${store.isOver} .cspNonce=${this.nonce ?? ""}
        .thinks=${reasoning !== false && mode !== "hint"}></attempt-view>
      ${attempt.hasTrace ? this.renderTrace(attempt) : nothing}`;
  }

  private renderTrace(attempt: Attempt): TemplateResult {
    const { entry } = attempt.traced;
    const { trace } = attempt;
    return html`<section class="solve-trace" aria-label="Trace">
      <h3>Trace${entry ? html` of <code>${entry}</code>` : nothing}</h3>
      <trace-player .store=${trace} .revision=${this.revision} .player=${this.state.player(attempt.number)}
        .running=${!trace.isOver} .source=${attempt.code} .cspNonce=${this.nonce ?? ""}
        .letterKeys=${this.letterKeys} .predicts=${this.config.predicts}></trace-player>
    </section>`;
  }

  private renderWelcome(): TemplateResult {
    const { config } = this;
    return html`<div class="solve-welcome">
      <h2>A model writes code, predicts what it will do, and a sandbox tests it.</h2>
      <p>Code that fails a test goes back to the model, which tries again. Models make mistakes:
        trust the tests, most of all your own.</p>
      ${config.predicts ? nothing : html`<p class="soft">No model that predicts is set up on this site: code is tested, nothing is predicted.</p>`}
      <h3>Start from an example</h3>
      <ul class="welcome-examples">${(config.problems ?? []).map(
        (problem) => html`<li><button type="button" class="link" title=${problem.text}
          @click=${() => this.chooseExample(problem)}>${problem.title}</button></li>`,
      )}</ul>
      <dl>
        <div><dt>Predicted, not executed</dt><dd>What a language model expects a test to return. It can be wrong.</dd></div>
        <div><dt>Got</dt><dd>What Python really returned, compared where the model’s code never runs.</dd></div>
      </dl>
    </div>`;
  }

  /** The attempt on screen is in sight among the others, however many there are. */
  protected override updated(): void {
    const strip = this.querySelector<HTMLElement>(".attempts");
    const shown = strip?.querySelector<HTMLElement>('[aria-pressed="true"]');
    if (!strip || !shown || shown === this.shownTab) return;
    this.shownTab = shown;
    strip.scrollLeft = Math.max(0, shown.offsetLeft - 24);
  }

  private chooseExample(example: ExampleProblem): void {
    const { options: _, ...question } = exampleQuestion(example);
    this.state.edit(question);
    this.focusField("#problem");
  }

  /** Where the solution stands below the form, it comes into sight when there is one. */
  protected override arrived(): void {
    if (window.matchMedia(WIDE).matches) return;
    this.querySelector(".solution")?.scrollIntoView({ block: "start" });
  }
}

/** A browser leaves a focused card cut off that it shows in part. */
function showWhole({ target }: FocusEvent): void {
  (target as Element).scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** The player page takes up the program, with the test that was traced or else the first one. */
function openInTrace(attempt: Attempt): void {
  const { lines, traced, answer } = attempt;
  const line = lines.find(({ row }) => row.id === traced.test) ?? lines[0];
  const input = line?.finished?.input || line?.row.input || "";
  const source = `${attempt.code.trimEnd()}\n`;
  const program: Program = answer.finished?.function
    ? { source, entry: traced.entry || input, stdin: "" }
    : { source, entry: "", stdin: input };
  if (handOver(program)) window.location.assign("/");
}

define("solve-app", SolveApp);
