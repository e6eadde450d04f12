/** What the server put into the page: the JSON of `<script id="page-config">`. */

import type { Problem, RunStart } from "./protocol.gen.js";

export interface Program {
  source: string;
  entry: string;
  stdin: string;
}

export interface Example extends Program {
  slug: string;
  title: string;
  description: string;
}

export type Visibility = "private" | "link";

export interface StoredRun extends Program {
  id: string;
  url: string;
  kind: RunStart["kind"];
  status: string;
  visibility: Visibility;
  is_owner: boolean;
  created_at: string;
  /** What to solve, in a solve run. */
  problem?: Problem | null;
}

/** A problem of the menu on the solve page. */
export interface ExampleProblem {
  slug: string;
  title: string;
  text: string;
  form: NonNullable<Problem["form"]>;
  signature: string;
  tests: string;
}

export interface PageConfig {
  protocol: number;
  ws_path: string;
  version: string;
  examples: Example[];
  /** Whether this site has a model that predicts. */
  predicts: boolean;
  /** Whether this site has a model that solves problems. */
  solves?: boolean;
  /** On the solve page only. */
  problems?: ExampleProblem[];
  limits: {
    source_bytes: number;
    stdin_bytes: number;
    entry_chars: number;
    problem_bytes: number;
    signature_chars: number;
    tests_bytes: number;
    given_tests: number;
    candidates: number;
    solve_attempts: number;
    solve_tokens: number;
    solve_seconds: number;
  };
  run: StoredRun | null;
  initial: { step: number | null; view: string | null; example: string | null };
}

export function readConfig(root: ParentNode = document): PageConfig {
  const text = root.querySelector("#page-config")?.textContent;
  if (!text) throw new Error("The page has no configuration (#page-config).");
  return JSON.parse(text) as PageConfig;
}
