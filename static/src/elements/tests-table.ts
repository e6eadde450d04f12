/** `<tests-table>`: the tests of one attempt, row by row: expected, predicted, got, verdict. */

import { html, nothing, type TemplateResult } from "lit";
import { confidenceOf, confidenceText } from "../confidence.js";
import { icon } from "../icons.js";
import type { ResultPredicted } from "../protocol.gen.js";
import type { Attempt, TestLine } from "../solve-store.js";
import { memoryText, predictionWord, testStatus, timeText } from "../solve-words.js";
import { define, LightElement } from "./light.js";

/** Longer values are shortened in the table; the row unfolds to all of them. */
const SHOWN = 60;

export class TestsTable extends LightElement {
  static override properties = {
    attempt: { attribute: false },
    revision: { attribute: false },
    over: { attribute: false },
  };

  declare attempt: Attempt;
  declare revision: number;
  declare over: boolean;
  private readonly unfolded = new Set<string>();

  constructor() {
    super();
    this.revision = 0;
    this.over = false;
  }

  protected override render(): TemplateResult {
    const { lines, tests, results } = this.attempt;
    const isPredicting = this.attempt.stages.get("predict_results") === "running" && !this.over;
    const predicts = isPredicting || results.started !== null || results.byId.size > 0;
    const hasOwn = lines.some(({ row }) => row.origin === "own");
    const { message = "", violation = "" } = tests.finished ?? {};
    return html`
      ${violation ? note("alert", `The program interfered with the judge: ${violation}`) : nothing}
      ${message ? note("alert", message) : nothing}
      ${tests.unavailable ? note("alert", `${tests.unavailable.reason} ${tests.unavailable.fix ?? ""}`) : nothing}
      ${results.unavailable ? note("dash", results.unavailable.reason) : nothing}
      <div class="tests-scroll" role="region" tabindex="0" aria-label="Table of tests">
        <table class="tests">
          <thead><tr>
            <th scope="col">Test</th><th scope="col">Expected</th>
            ${predicts ? html`<th scope="col" class="of-predicted">Predicted, not executed</th>` : nothing}
            <th scope="col" class="of-actual">Got</th><th scope="col">Verdict</th>
            <th scope="col">Time</th><th scope="col">Memory</th><th scope="col"><span class="visually-hidden">Details</span></th>
          </tr></thead>
          <tbody>${lines.map((line, index) => this.renderLine(line, index + 1, predicts, isPredicting))}</tbody>
        </table>
      </div>
      ${hasOwn ? html`<p class="soft small">The model’s own tests are its guesses: what they expect can be wrong as well.</p>` : nothing}
      ${results.finished?.message ? html`<p class="soft small">${results.finished.message}</p>` : nothing}`;
  }

  private renderLine(
    line: TestLine,
    number: number,
    predicts: boolean,
    isPredicting: boolean,
  ): TemplateResult {
    const { row, finished } = line;
    const {
      icon: sign,
      word,
      tone,
    } = testStatus(line, this.over || this.attempt.finished !== null);
    const isOpen = this.unfolded.has(row.id);
    return html`<tr data-verdict=${finished?.verdict ?? "none"}>
        <th scope="row"><code>${shorten(row.input)}</code>
          <span class="test-origin">${row.origin === "given" ? "given" : "model’s own"}${row.id === this.attempt.traced.test ? ", traced below" : ""}</span></th>
        <td data-name="Expected"><code>${shorten(row.expected)}</code></td>
        ${predicts ? html`<td data-name="Predicted, not executed">${line.predicted ? renderPrediction(line, line.predicted) : isPredicting ? html`<span class="status status-busy">${icon("spinner")}<span class="visually-hidden">Predicting…</span></span>` : nothing}</td>` : nothing}
        <td data-name="Got"><code>${shorten(got(line))}</code></td>
        <td data-name="Verdict"><span class="status status-${tone}">${icon(sign)}${word}</span></td>
        <td data-name="Time" class="number">${timeText(finished?.wall_ms)}</td>
        <td data-name="Memory" class="number">${memoryText(finished?.max_rss_bytes)}</td>
        <td><button type="button" class="link" aria-expanded=${isOpen}
          aria-label="${isOpen ? "Hide" : "Show"} all of test ${number}"
          @click=${() => this.toggle(row.id)}>${isOpen ? "Hide" : "Show all"}</button></td>
      </tr>
      ${isOpen ? html`<tr class="test-details"><td colspan=${predicts ? 8 : 7}>${renderDetails(line)}</td></tr>` : nothing}`;
  }

  private toggle(id: string): void {
    if (!this.unfolded.delete(id)) this.unfolded.add(id);
    this.requestUpdate();
  }
}

function note(sign: "alert" | "dash", text: string): TemplateResult {
  return html`<p class="solve-note">${icon(sign)}<span>${text}</span></p>`;
}

function got({ finished }: TestLine): string {
  return finished?.got || (finished?.verdict === "error" ? (finished.message ?? "") : "");
}

function renderPrediction(line: TestLine, predicted: ResultPredicted): TemplateResult {
  const word = predictionWord(line);
  const value = `${predicted.raises ? "raises " : ""}${predicted.value ?? ""}`;
  const sure = confidenceOf(predicted.probability);
  const isRight = line.finished?.predicted_right;
  const sign = isRight === true ? icon("check") : isRight === false ? icon("differs") : nothing;
  return html`<div><code title=${sure ? confidenceText(sure) : (predicted.message ?? "")}>${shorten(value)}</code>
    ${word ? html`<span class="test-origin">${sign}${word}</span>` : nothing}</div>`;
}

/** The first line of a value, as far as a cell has room for it. */
function shorten(text: string): string {
  const [first = ""] = text.split("\n", 1);
  const isCut = first.length > SHOWN || first.length < text.trimEnd().length;
  return isCut ? `${first.slice(0, SHOWN)}…` : first;
}

function renderDetails({ row, finished, predicted }: TestLine): TemplateResult {
  const cut = new Set(finished?.truncated ?? []);
  const parts: [string, string, string][] = [
    ["Test", finished?.input || row.input, "input"],
    ["Expected", finished?.expected || row.expected, "expected"],
    ["Predicted, not executed", predicted?.value ?? "", ""],
    ["Got", finished?.got ?? "", "got"],
    ["Message", finished?.message || predicted?.message || "", "message"],
    ["Printed", finished?.stdout ?? "", "stdout"],
    ["Printed as errors", finished?.stderr ?? "", "stderr"],
  ];
  return html`<dl>${parts
    .filter(([, text]) => text !== "")
    .map(
      ([name, text, field]) => html`<div><dt>${name}${cut.has(field) ? " (cut off)" : ""}</dt>
        <dd><pre>${text}</pre></dd></div>`,
    )}</dl>`;
}

define("tests-table", TestsTable);
