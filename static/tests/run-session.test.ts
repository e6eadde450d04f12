import { beforeEach, describe, expect, it } from "vitest";
import type { RunStart, ServerMessage } from "../src/protocol.gen.js";
import { type Connection, RunSession, type SessionEvents } from "../src/run-session.js";
import { entries, FakeEnvironment, PROGRAM, RUN_ID } from "./helpers.js";

class Log implements SessionEvents {
  readonly connections: Connection[] = [];
  readonly seen: unknown[] = [];
  connection = (state: Connection) => this.connections.push(state);
  accepted = (message: { runId: string }) => this.seen.push(["accepted", message.runId]);
  entries = (message: { id: string }) => this.seen.push(["entries", message.id]);
  complete = (runId: string) => this.seen.push(["complete", runId]);
  error = (message: { code: string }) => this.seen.push(["error", message.code]);
}

const START: RunStart = { type: "run.start", ref: "r1", kind: "trace", ...PROGRAM };
const ACCEPTED: ServerMessage = {
  type: "run.accepted",
  ref: "r1",
  run_id: RUN_ID,
  url: `/r/${RUN_ID}`,
};

let env: FakeEnvironment;
let log: Log;
let session: RunSession;
let ids: Map<string, string>;

beforeEach(() => {
  env = new FakeEnvironment();
  log = new Log();
  session = new RunSession(env, log);
  ids = new Map();
});

function follow(): void {
  session.follow(RUN_ID, () => ids);
}

describe("starting a run", () => {
  it("waits for the server's greeting before it sends anything", () => {
    session.start(START);
    expect(env.socket.sent).toEqual([]);
    env.socket.ready();
    expect(env.socket.sent).toEqual([START]);
  });

  it("follows the accepted run without asking", () => {
    session.start(START);
    env.socket.ready();
    env.socket.receive(ACCEPTED, entries("main", "1-1"));
    expect(log.seen).toEqual([
      ["accepted", RUN_ID],
      ["entries", "1-1"],
    ]);
    expect(env.socket.sent).toHaveLength(1);
  });

  it("uses the open connection for the next run", () => {
    session.start(START);
    env.socket.ready();
    env.socket.receive(ACCEPTED, { type: "run.complete", run_id: RUN_ID });
    session.start({ ...START, ref: "r2" });
    expect(env.sockets).toHaveLength(1);
    expect(env.socket.sent[1]).toMatchObject({ ref: "r2" });
  });

  it("ignores the answer to a start that was given up", () => {
    session.start(START);
    env.socket.ready();
    session.start({ ...START, ref: "r2" });
    env.socket.receive(ACCEPTED);
    expect(log.seen).toEqual([]);
  });

  it("is sent once the connection comes back when it never went out", () => {
    session.start(START);
    env.socket.drop(1006);
    env.elapse();
    env.socket.ready();
    expect(env.socket.sent).toEqual([START]);
  });

  it("is not sent twice when the connection breaks before the answer", () => {
    session.start(START);
    env.socket.ready();
    env.socket.drop(1006);
    expect(log.seen).toEqual([["error", "connection_lost"]]);
    expect(env.timers).toEqual([]);
  });

  it("can be taken back before it was sent", () => {
    session.start(START);
    session.cancel("");
    env.socket.ready();
    expect(env.socket.sent).toEqual([]);
  });
});

describe("following a run", () => {
  it("asks for everything at first", () => {
    follow();
    env.socket.ready();
    expect(env.socket.sent).toEqual([{ type: "run.resume", run_id: RUN_ID, after: {} }]);
  });

  it("asks after a break only for what is missing", () => {
    follow();
    env.socket.ready();
    ids.set("main", "1-2");
    ids.set("actual", "1-14");
    env.socket.drop(1012);
    env.elapse();
    env.socket.ready();
    expect(env.socket.sent).toEqual([
      { type: "run.resume", run_id: RUN_ID, after: { main: "1-2", actual: "1-14" } },
    ]);
  });

  it.each([1000, 1001, 1006, 1011, 1012, 1013])("comes back after close code %i", (code) => {
    follow();
    env.socket.ready();
    env.socket.drop(code);
    expect(log.connections).toEqual(["connecting", "open", "reconnecting"]);
    env.elapse();
    env.socket.ready();
    expect(log.connections[log.connections.length - 1]).toBe("open");
  });

  it("waits longer after every failure, up to five seconds, and starts over after success", () => {
    env.randomValue = 1;
    follow();
    const delays = [];
    for (let failure = 0; failure < 7; failure++) {
      env.socket.drop(1006);
      delays.push(env.elapse());
    }
    expect(delays).toEqual([200, 400, 800, 1600, 3200, 5000, 5000]);
    env.socket.ready();
    env.socket.drop(1006);
    expect(env.elapse()).toBe(200);
  });

  it("spreads reconnections by chance", () => {
    env.randomValue = 0;
    follow();
    env.socket.drop(1006);
    expect(env.elapse()).toBe(100);
  });

  it("does not wait when the browser is online again", () => {
    follow();
    env.socket.drop(1006);
    session.retryNow();
    expect(env.sockets).toHaveLength(2);
    expect(env.timers).toEqual([]);
    session.retryNow();
    expect(env.sockets).toHaveLength(2);
  });

  it("stops at a server of another version", () => {
    follow();
    env.socket.drop(4426);
    expect(log.connections).toEqual(["connecting", "outdated"]);
    expect(env.timers).toEqual([]);
    session.start(START);
    expect(env.sockets).toHaveLength(1);
  });

  it("does not come back when the run is complete", () => {
    follow();
    env.socket.ready();
    env.socket.receive({ type: "run.complete", run_id: RUN_ID });
    env.socket.drop(1001);
    expect(log.connections).toEqual(["connecting", "open", "idle"]);
    expect(env.timers).toEqual([]);
  });

  it("does not ask again for a run that does not exist", () => {
    follow();
    env.socket.ready();
    env.socket.receive({ type: "error", code: "run.not_found", message: "", run_id: RUN_ID });
    env.socket.drop(1001);
    expect(env.timers).toEqual([]);
  });

  it("hears nothing of other runs and of closed sockets", () => {
    follow();
    const old = env.socket;
    old.ready();
    old.receive({ ...entries("main", "1-1"), run_id: "another" });
    old.drop(1006);
    env.elapse();
    old.receive(entries("main", "1-1"));
    expect(log.seen).toEqual([]);
  });

  it("survives messages that it does not know", () => {
    follow();
    env.socket.ready();
    env.socket.onmessage?.({ data: '{"type":"later.version"}' });
    env.socket.onmessage?.({ data: "null" });
    env.socket.onmessage?.({ data: new ArrayBuffer(1) });
    env.socket.receive(entries("main", "1-1"));
    expect(log.seen).toEqual([["entries", "1-1"]]);
  });

  it("stops a run of one's own", () => {
    follow();
    env.socket.ready();
    session.cancel(RUN_ID);
    expect(env.socket.sent[1]).toEqual({ type: "run.cancel", run_id: RUN_ID });
  });
});
