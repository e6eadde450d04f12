/**
 * The page's end of the socket: connect, start or resume a run, follow it, survive interruptions.
 *
 * Theory of operation. A session follows at most one run. It connects when there is something to
 * ask and reconnects only while something is outstanding, so an idle page holds no connection
 * open by force. After every (re)connection it waits for `socket.ready` and then sends, in this
 * order, a start that was never sent and a resume of the run it follows; the resume carries the
 * newest id per lane, so nothing arrives twice and nothing is missed.
 *
 * A `run.start` that was sent but not answered before the connection broke is not sent again: the
 * run may exist already, and running a program twice by accident is worse than asking the person.
 */

import type {
  ClientMessage,
  Error as ErrorMessage,
  RunStart,
  ServerMessage,
} from "./protocol.gen.js";
import { PROTOCOL_VERSION } from "./protocol.gen.js";

/** The part of `WebSocket` that a session uses. */
export interface SocketLike {
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(data: string): void;
  close(): void;
}

export interface SessionEnvironment {
  open(): SocketLike;
  later(run: () => void, delayMs: number): () => void;
  /** Uniform in [0, 1). */
  random(): number;
}

export type Connection = "idle" | "connecting" | "open" | "reconnecting" | "outdated";

export interface SessionEvents {
  connection(state: Connection): void;
  accepted(message: { ref: string; runId: string; url: string }): void;
  entries(message: Extract<ServerMessage, { type: "lane.entries" }>): void;
  complete(runId: string): void;
  error(message: ErrorMessage): void;
}

/** First and largest wait before a reconnection. */
const BACKOFF_MIN_MS = 200;
const BACKOFF_MAX_MS = 5_000;

/** Sent by the server when the page was built for another protocol version. */
const CLOSE_OUTDATED = 4426;

/** Errors after which following the run again would get the same answer. */
export const LOST_RUN: ReadonlySet<string> = new Set(["run.not_found", "run.gone"]);

export class RunSession {
  private socket: SocketLike | null = null;
  private ready = false;
  private attempt = 0;
  private cancelTimer: (() => void) | null = null;
  private unsent: RunStart | null = null;
  private unanswered: RunStart | null = null;
  private runId: string | null = null;
  private after: () => ReadonlyMap<string, string> = () => new Map();
  private state: Connection = "idle";

  constructor(
    private readonly env: SessionEnvironment,
    private readonly events: SessionEvents,
  ) {}

  /** Starts a new run; the run followed so far is let go. */
  start(message: RunStart): void {
    this.runId = null;
    this.unanswered = null;
    this.unsent = message;
    this.flush();
  }

  /** Follows a run. `after` is asked again at every reconnection. */
  follow(runId: string, after: () => ReadonlyMap<string, string>): void {
    this.runId = runId;
    this.after = after;
    if (this.ready) this.sendResume();
    else this.connect();
  }

  /** Names the resume tokens of the run that was just accepted. */
  adopt(after: () => ReadonlyMap<string, string>): void {
    this.after = after;
  }

  /** Stops a run, or takes back a start that was not sent yet. */
  cancel(runId: string): void {
    this.unsent = null;
    if (runId && this.ready) this.send({ type: "run.cancel", run_id: runId });
  }

  /** Tries again at once, for instance when the browser is back online. */
  retryNow(): void {
    if (this.state !== "reconnecting" || this.socket) return;
    this.cancelTimer?.();
    this.connect();
  }

  private get outstanding(): boolean {
    return this.unsent !== null || this.unanswered !== null || this.runId !== null;
  }

  private flush(): void {
    if (!this.ready) {
      this.connect();
    } else if (this.unsent) {
      this.unanswered = this.unsent;
      this.unsent = null;
      this.send(this.unanswered);
    }
  }

  private connect(): void {
    if (this.socket || this.state === "outdated") return;
    this.cancelTimer?.();
    this.cancelTimer = null;
    if (this.state !== "reconnecting") this.setState("connecting");
    const socket = this.env.open();
    this.socket = socket;
    socket.onmessage = ({ data }) => {
      if (this.socket === socket) this.receive(data);
    };
    socket.onclose = ({ code }) => {
      if (this.socket === socket) this.closed(code);
    };
  }

  private receive(data: unknown): void {
    const message = parseMessage(data);
    switch (message?.type) {
      case "socket.ready":
        this.opened();
        break;
      case "run.accepted":
        this.accepted(message);
        break;
      case "lane.entries":
        if (message.run_id === this.runId) this.events.entries(message);
        break;
      case "run.complete":
        if (message.run_id === this.runId) {
          this.runId = null;
          this.events.complete(message.run_id);
        }
        break;
      case "error":
        this.refused(message);
        break;
    }
  }

  private opened(): void {
    this.ready = true;
    this.attempt = 0;
    this.setState("open");
    if (this.runId !== null) this.sendResume();
    this.flush();
  }

  private accepted(message: Extract<ServerMessage, { type: "run.accepted" }>): void {
    if (message.ref !== this.unanswered?.ref) return;
    this.unanswered = null;
    this.runId = message.run_id;
    this.after = () => new Map();
    this.events.accepted({ ref: message.ref, runId: message.run_id, url: message.url });
  }

  private refused(message: ErrorMessage): void {
    if (message.ref && message.ref === this.unanswered?.ref) this.unanswered = null;
    if (message.run_id === this.runId && LOST_RUN.has(message.code)) this.runId = null;
    this.events.error(message);
  }

  private closed(code: number): void {
    this.socket = null;
    this.ready = false;
    if (code === CLOSE_OUTDATED) {
      this.setState("outdated");
      return;
    }
    if (this.unanswered) {
      const { ref } = this.unanswered;
      this.unanswered = null;
      this.events.error({
        type: "error",
        code: "connection_lost",
        ref,
        message: "The connection broke before the server took the run.",
        fix: "Start it again. What you typed is still here.",
      });
    }
    if (!this.outstanding) {
      this.setState("idle");
      return;
    }
    this.setState("reconnecting");
    this.cancelTimer = this.env.later(() => this.connect(), this.nextDelay());
  }

  /** Exponential with full jitter in its upper half, so that many pages do not come back at once. */
  private nextDelay(): number {
    const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** this.attempt++);
    return ceiling * (0.5 + this.env.random() / 2);
  }

  private sendResume(): void {
    if (this.runId === null) return;
    this.send({
      type: "run.resume",
      run_id: this.runId,
      after: Object.fromEntries(this.after()),
    });
  }

  private send(message: ClientMessage): void {
    this.socket?.send(JSON.stringify(message));
  }

  private setState(state: Connection): void {
    if (state === this.state) return;
    this.state = state;
    this.events.connection(state);
  }
}

/** A message of this protocol, or null for anything else: an unknown type is no reason to fail. */
function parseMessage(data: unknown): ServerMessage | null {
  if (typeof data !== "string") return null;
  const value: unknown = JSON.parse(data);
  if (typeof value !== "object" || value === null || !("type" in value)) return null;
  return value as ServerMessage;
}

/** The environment of a real page. */
export function browserEnvironment(path: string): SessionEnvironment {
  return {
    open() {
      const url = new URL(path, window.location.href);
      url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
      url.searchParams.set("protocol", String(PROTOCOL_VERSION));
      return new WebSocket(url) as SocketLike;
    },
    later(run, delayMs) {
      const timer = window.setTimeout(run, delayMs);
      return () => window.clearTimeout(timer);
    },
    random: Math.random,
  };
}
