/** What the page says about who made a lane and what it took: names, tokens, speed. */

import type { LaneTrace } from "./trace-store.js";

export interface Fact {
  text: string;
  /** The tooltip: what the number is. */
  meaning: string;
}

function grouped(count: number): string {
  return Math.round(count).toLocaleString("en");
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** The facts about a prediction in the order in which they are shown; absent numbers are left out. */
export function modelFacts({ started, finished }: LaneTrace): Fact[] {
  const usage = finished?.usage ?? {};
  const { output_tokens, prompt_tokens, cached_tokens, tokens_per_s, first_token_ms } = usage;
  const facts: Fact[] = [];
  if (started?.engine)
    facts.push({ text: started.engine, meaning: "The engine that ran the model" });
  if (output_tokens !== undefined) {
    facts.push({
      text: `${grouped(output_tokens)} tokens`,
      meaning: "Tokens that the model wrote",
    });
  }
  if (prompt_tokens !== undefined && cached_tokens) {
    facts.push({
      text: `prompt ${grouped(prompt_tokens)}, ${grouped(cached_tokens)} cached`,
      meaning: "Tokens of the prompt, and how many of them the engine had read before",
    });
  } else if (prompt_tokens !== undefined) {
    facts.push({
      text: `${grouped(prompt_tokens)} prompt tokens`,
      meaning: "Length of the prompt",
    });
  }
  if (tokens_per_s) {
    facts.push({
      text: `${grouped(tokens_per_s)} tokens/s`,
      meaning: "Speed, from the first token on",
    });
  }
  if (first_token_ms !== undefined) {
    const text = `first token ${seconds(first_token_ms)}`;
    facts.push({ text, meaning: "Time until the model wrote its first token" });
  }
  return facts;
}
