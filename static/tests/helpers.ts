/** Builders for traces and log entries, a socket that a test holds in its hand, and mounted pages. */

import type { LitElement } from "lit";
import type { PageConfig, StoredRun } from "../src/config.js";
import type { LaneEntries, LogEvent, ServerMessage, TraceEvent } from "../src/protocol.gen.js";
import type { SessionEnvironment, SocketLike } from "../src/run-session.js";
import type { TraceStore } from "../src/trace-store.js";

export function call(name: string, line: number, depth: number, args = {}): TraceEvent {
  return { kind: "call", func_name: name, line, depth, changed: args };
}

export function line(name: string, number: number, depth: number, changed = {}): TraceEvent {
  return { kind: "line", func_name: name, line: number, depth, changed };
}

export function returned(name: string, number: number, depth: number, value = "None"): TraceEvent {
  return { kind: "return", func_name: name, line: number, depth, value };
}

export function raised(name: string, number: number, depth: number, value: string): TraceEvent {
  return { kind: "exception", func_name: name, line: number, depth, value };
}

/** `outer` sets x, calls `inner(1)` on line 6, sets y from it and returns it. */
export const TWO_CALLS: readonly TraceEvent[] = [
  call("outer", 4, 1), //                      0
  line("outer", 5, 1), //                      1
  line("outer", 6, 1, { x: "1" }), //          2
  call("inner", 1, 2, { n: "1" }), //          3
  line("inner", 2, 2), //                      4
  returned("inner", 2, 2, "2"), //             5
  line("outer", 7, 1, { y: "2" }), //          6
  returned("outer", 7, 1, "2"), //             7
];

/** A recursion down to `depth` and back: 3 events an activation. */
export function recursion(depth: number): TraceEvent[] {
  const down = Array.from({ length: depth }, (_, index) => [
    call("f", 1, index + 1, { n: String(depth - index) }),
    line("f", 2, index + 1, { [`local${index}`]: "0" }),
  ]).flat();
  const up = Array.from({ length: depth }, (_, index) =>
    returned("f", 2, depth - index, String(index)),
  );
  return [...down, ...up];
}

export const RUN_ID = "abcdefghjk";

export function entries(lane: string, id: string, ...events: LogEvent[]): LaneEntries {
  return { type: "lane.entries", run_id: RUN_ID, lane, id, events };
}

export function frames(events: readonly TraceEvent[], first = 0): LogEvent {
  return { type: "trace.frames", first, frames: [...events] };
}

/** Fills one lane of a store with a trace, as one entry. */
export function fill(store: TraceStore, lane: string, events: readonly TraceEvent[]): void {
  store.apply(entries(lane, "1-1", frames(events)));
}

export class FakeSocket implements SocketLike {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  close(): void {
    this.drop(1000);
  }

  receive(...messages: ServerMessage[]): void {
    for (const message of messages) this.onmessage?.({ data: JSON.stringify(message) });
  }

  ready(): void {
    this.receive({ type: "socket.ready", protocol: 1, version: "0.1.0" });
  }

  drop(code: number): void {
    this.onclose?.({ code });
  }
}

/** Hands out fake sockets and collects what should happen later. */
export class FakeEnvironment implements SessionEnvironment {
  readonly sockets: FakeSocket[] = [];
  readonly timers: { run: () => void; delayMs: number }[] = [];
  randomValue = 0;

  open(): SocketLike {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  }

  later(run: () => void, delayMs: number): () => void {
    const timer = { run, delayMs };
    this.timers.push(timer);
    return () => {
      const index = this.timers.indexOf(timer);
      if (index >= 0) this.timers.splice(index, 1);
    };
  }

  random(): number {
    return this.randomValue;
  }

  get socket(): FakeSocket {
    const socket = this.sockets[this.sockets.length - 1];
    if (!socket) throw new Error("No socket was opened.");
    return socket;
  }

  /** Runs the oldest timer and says how long it would have waited. */
  elapse(): number {
    const timer = this.timers.shift();
    if (!timer) throw new Error("Nothing waits.");
    timer.run();
    return timer.delayMs;
  }
}

export const PROGRAM = {
  source: "def outer():\n    return 2\n",
  entry: "outer()",
  stdin: "",
};

export function storedRun(change: Partial<StoredRun> = {}): StoredRun {
  return {
    ...PROGRAM,
    id: RUN_ID,
    url: `/r/${RUN_ID}`,
    kind: "trace",
    status: "running",
    visibility: "private",
    is_owner: true,
    created_at: "2026-11-23T12:00:00Z",
    ...change,
  };
}

export function pageConfig(change: Partial<PageConfig> = {}): PageConfig {
  return {
    protocol: 1,
    ws_path: "/ws/",
    version: "0.1.0",
    predicts: true,
    examples: [
      {
        slug: "first",
        title: "First",
        description: "One.",
        source: "a = 1\n",
        entry: "",
        stdin: "",
      },
      {
        slug: "second",
        title: "Second",
        description: "Two.",
        source: "b = 2\n",
        entry: "f()",
        stdin: "x\n",
      },
    ],
    limits: {
      source_bytes: 65536,
      stdin_bytes: 262144,
      entry_chars: 1000,
      problem_bytes: 32768,
      signature_chars: 500,
      tests_bytes: 65536,
      given_tests: 50,
      candidates: 4,
      solve_attempts: 12,
      solve_tokens: 131072,
      solve_seconds: 1800,
    },
    run: null,
    initial: { step: null, view: null, example: null },
    ...change,
  };
}

// --- pages -----------------------------------------------------------------------------------

/** Waits until a page's element and the elements inside it are drawn. */
export async function drawn(app: LitElement): Promise<void> {
  await new Promise((resolve) => requestAnimationFrame(resolve));
  await app.updateComplete;
  // Nested elements are drawn after the one that holds them.
  await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Puts a page's element into the document, with the configuration that the server would send. */
export async function mounted<T extends LitElement>(
  Page: new (environment: SessionEnvironment) => T,
  environment: SessionEnvironment,
  config: PageConfig = pageConfig(),
): Promise<T> {
  const script = Object.assign(document.createElement("script"), {
    id: "page-config",
    type: "application/json",
    textContent: JSON.stringify(config),
  });
  document.body.append(script);
  const app = new Page(environment);
  document.body.append(app);
  await drawn(app);
  return app;
}

/** The first element that matches, or an error that names the selector. */
export function one<T extends HTMLElement>(app: HTMLElement, selector: string): T {
  const found = app.querySelector<T>(selector);
  if (!found) throw new Error(`Nothing matches ${selector}`);
  return found;
}

/** Its text, with every run of white space as one blank. */
export function textOf(app: HTMLElement, selector: string): string {
  return one(app, selector).textContent?.replace(/\s+/g, " ").trim() ?? "";
}
