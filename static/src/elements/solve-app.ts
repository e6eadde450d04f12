/** `<solve-app>`: the page for problems. Puts the state on screen and the person's wishes into it. */

import { html, nothing, type TemplateResult } from "lit";
import { Address } from "../address.js";
import { type ExampleProblem, readConfig, type Visibility } from "../config.js";
import { browserStorage, Drafts } from "../drafts.js";
import { icon } from "../icons.js";
import { takesText } from "../keys.js";
import type { Place } from "../player.js";
import { readSetting, writeSetting } from "../preferences.js";
import { browserEnvironment, type SessionEnvironment } from "../run-session.js";
import { EMPTY, type Question, SolveState } from "../solve-state.js";
import type { Attempt, SolveStore } from "../solve-store.js";
import { attemptStatus, budgetText, solveAnnouncement, solveStatus } from "../solve-words.js";
import type { StepCommand } from "../stepper.js";
import type { LaneName } from "../trace-store.js";
import { define, LightElement } from "./light.js";
import type { ShareDialog } from "./share-dialog.js";
import "./attempt-view.js";
import "./examples-menu.js";
import "./problem-form.js";
import "./share-dialog.js";
import "./trace-player.js";

const DRAFT = "problem";

export class SolveApp extends LightElement {
  private readonly config = readConfig();
  private readonly address = new Address();
  private readonly state: SolveState;
  private frame = 0;
  private revision = 0;

  constructor(env?: SessionEnvironment) {
    super();
    this.state = new SolveState(
      this.config,
      env ?? browserEnvironment(this.config.ws_path),
      { load: loadQuestion, save: (question) => writeSetting(DRAFT, JSON.stringify(question)) },
      { changed: () => this.schedule(), navigated: ({ url }) => this.address.push(url) },
    );
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.onDocumentKey);
    window.addEventListener("online", this.onOnline);
    window.addEventListener("popstate", this.onHistory);
    this.state.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.onDocumentKey);
    window.removeEventListener("online", this.onOnline);
    window.removeEventListener("popstate", this.onHistory);
  }

  /** However many messages arrive, the page is drawn once per frame of the screen. */
  private schedule(): void {
    if (this.frame) return;
    this.frame = window.requestAnimationFrame(() => {
      this.frame = 0;
      this.revision++;
      this.requestUpdate();
    });
  }

  protected override render(): TemplateResult {
    const { state, config } = this;
    const { run, store } = state;
    return html`
      ${this.renderBanner()}
      <div class="solve-bench"
        @run-request=${() => state.start()} @stop-request=${() => state.stop()}
        @question-change=${(event: CustomEvent<Partial<Question>>) => state.edit(event.detail)}
        @example-choice=${(event: CustomEvent<ExampleProblem>) => this.chooseExample(event.detail)}
        @open-in-trace=${(event: CustomEvent<Attempt>) => openInTrace(event.detail)}
        @step-command=${(event: CustomEvent<StepCommand>) =>
          state.play((player, trace) => player.command(event.detail, trace))}
        @row-to=${(event: CustomEvent<number>) =>
          state.play((player, trace) => player.moveTo(event.detail, trace))}
        @step-of=${({ detail }: CustomEvent<Place>) =>
          state.play((player, trace) => player.moveToStep(detail.view, detail.step, trace))}
        @lane-choice=${(event: CustomEvent<LaneName>) =>
          state.play((player, trace) => player.choose(event.detail, trace))}
        @follow-request=${() => state.play((player, trace) => player.follow(trace))}>
        <problem-form class="solve-form" role="form" aria-label="Problem" .question=${state.question} .trouble=${state.trouble}
          .problems=${config.problems ?? []} .busy=${state.isBusy} .stopping=${state.isStopping}
          .solves=${config.solves ?? true} .fixed=${run !== null && !run.isOwner}></problem-form>
        <section class="solution" aria-label="Solution">
          ${store ? this.renderRun(store) : this.renderWelcome()}
        </section>
      </div>
      <p class="visually-hidden" aria-live="polite">${solveAnnouncement(store)}</p>
      <share-dialog .run=${run && { ...run, program: { source: "", entry: "", stdin: "" } }} .at=${null}
        @visibility-change=${(event: CustomEvent<Visibility>) => state.setVisibility(event.detail)}
      ></share-dialog>`;
  }

  private renderBanner(): TemplateResult | typeof nothing {
    const { connection, trouble } = this.state;
    if (connection === "outdated") {
      return html`<div class="banner banner-warn" role="alert">${icon("alert")}
        <p>This page is older than the server. Reload it to go on; your problem is kept.</p>
        <button type="button" class="button-quiet" @click=${reload}>Reload</button></div>`;
    }
    if (connection === "reconnecting") {
      return html`<div class="banner" role="status">${icon("spinner")}
        <p>Reconnecting… Nothing is lost; the page continues where it was.</p></div>`;
    }
    // What is about a field of the form stands below that field.
    if (!trouble || ["problem", "signature", "tests"].includes(trouble.field)) return nothing;
    return html`<div class="banner banner-error" role="alert">${icon("alert")}
      <p>${trouble.message} ${trouble.fix}</p>
      <button type="button" class="button-icon" aria-label="Close this message"
        @click=${() => this.state.dismiss()}>${icon("close")}</button></div>`;
  }

  private renderRun(store: SolveStore): TemplateResult {
    const { word, detail, icon: sign, tone } = solveStatus(store);
    const { attempt } = this.state;
    return html`
      <div class="solve-head">
        <p class="status status-${tone}">${icon(sign)}${word}</p>
        ${detail ? html`<p class="solve-reason">${detail}</p>` : nothing}
        <span class="toolbar-space"></span>
        <p class="soft small">${budgetText(store)}</p>
        <button type="button" class="button-quiet" @click=${this.share}>${icon("share")}Share</button>
      </div>
      ${this.renderStrip(store)}
      ${attempt ? this.renderAttempt(store, attempt) : nothing}`;
  }

  private renderStrip(store: SolveStore): TemplateResult | typeof nothing {
    if (store.numbers.length < 2) return nothing;
    const shown = this.state.attempt?.number;
    return html`<ol class="attempts" aria-label="Attempts">${store.numbers.map((number) => {
      const attempt = store.attempts.get(number);
      if (!attempt) return nothing;
      const { icon: sign, word, tone } = attemptStatus(attempt, store.isOver);
      const parent = attempt.answer.started?.parent;
      const isBest = store.solved?.best === number;
      return html`<li><button type="button" aria-pressed=${number === shown}
        @click=${() => this.state.choose(number)}>
        <span>Attempt ${number}${parent ? html` <span class="soft">repairs ${parent}</span>` : nothing}${isBest ? html` <span class="soft">(best)</span>` : nothing}</span>
        <span class="status status-${tone}">${icon(sign)}${word}</span></button></li>`;
    })}</ol>`;
  }

  private renderAttempt(store: SolveStore, attempt: Attempt): TemplateResult {
    const parent = store.attempts.get(attempt.answer.started?.parent ?? 0) ?? null;
    return html`<attempt-view .attempt=${attempt} .parent=${parent} .revision=${this.revision}
        .over=${store.isOver} .cspNonce=${this.nonce ?? ""}></attempt-view>
      ${attempt.hasTrace ? this.renderTrace(attempt) : nothing}`;
  }

  private renderTrace(attempt: Attempt): TemplateResult {
    const { entry } = attempt.traced;
    const { trace } = attempt;
    return html`<section class="solve-trace" aria-label="Trace">
      <h3>Trace${entry ? html` of <code>${entry}</code>` : nothing}</h3>
      <trace-player .store=${trace} .revision=${this.revision} .player=${this.state.player(attempt.number)}
        .running=${!trace.isOver} .source=${attempt.code} .cspNonce=${this.nonce ?? ""}
        .predicts=${this.config.predicts}></trace-player>
    </section>`;
  }

  private renderWelcome(): TemplateResult {
    const { config } = this;
    return html`<div class="solve-welcome">
      <h2>A model writes code, predicts what it will do, and a sandbox tests it.</h2>
      <p>Code that fails a test goes back to the model, which repairs it. Models make mistakes:
        trust the tests, not the words.</p>
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

  private chooseExample({ text, form, signature, tests }: ExampleProblem): void {
    this.state.edit({ text, form, signature, tests: tests.trim() });
    if (window.matchMedia("(pointer: fine)").matches) {
      this.querySelector<HTMLTextAreaElement>("#problem")?.focus();
    }
  }

  private share = (): void => {
    void this.querySelector<ShareDialog>("share-dialog")?.open();
  };

  private onHistory = (): void => {
    if (!this.address.isCurrent) reload();
  };

  private onOnline = (): void => this.state.session.retryNow();

  private onDocumentKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") this.state.start();
    else if (event.key === "Escape" && this.state.isBusy && !takesText(event.target)) {
      this.state.stop();
    } else return;
    event.preventDefault();
  };
}

/** The player page takes up the program as its draft. */
function openInTrace(attempt: Attempt): void {
  const entry = attempt.traced.entry || (attempt.lines[0]?.row.input ?? "");
  const program = { source: `${attempt.code.trimEnd()}\n`, entry, stdin: "" };
  new Drafts(browserStorage()).save("new", program);
  window.location.assign("/");
}

function loadQuestion(): Question | null {
  try {
    const value = JSON.parse(readSetting(DRAFT) ?? "null") as Partial<Question> | null;
    return value && typeof value.text === "string" ? { ...EMPTY, ...value } : null;
  } catch {
    return null;
  }
}

function reload(): void {
  window.location.reload();
}

define("solve-app", SolveApp);
