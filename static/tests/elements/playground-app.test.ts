// @vitest-environment happy-dom
import { undo } from "@codemirror/commands";
import { EditorView } from "@codemirror/view";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PageConfig } from "../../src/config.js";
import { PlaygroundApp } from "../../src/elements/playground-app.js";
import {
  call,
  drawn,
  entries,
  FakeEnvironment,
  frames,
  line,
  mounted,
  one,
  pageConfig,
  RUN_ID,
  raised,
  returned,
  storedRun,
  TWO_CALLS,
  textOf,
} from "../helpers.js";

let env: FakeEnvironment;

beforeEach(() => {
  localStorage.clear();
  env = new FakeEnvironment();
});

afterEach(() => document.body.replaceChildren());

async function open(change: Partial<PageConfig> = {}): Promise<PlaygroundApp> {
  return mounted(PlaygroundApp, env, pageConfig(change));
}

/** A run on a site without a model, or one whose prediction the test still sends. */
async function openRun(events = [...TWO_CALLS], hasModel = false): Promise<PlaygroundApp> {
  const app = await open({ run: storedRun() });
  env.socket.ready();
  if (!hasModel) {
    env.socket.receive(entries("predicted", "1-1", { type: "lane.unavailable", reason: "None." }));
  }
  env.socket.receive(entries("actual", "1-1", frames(events)));
  await drawn(app);
  return app;
}

function press(target: HTMLElement, key: string): void {
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

describe("the player page", () => {
  it("shows the program and what to do first, with a button that does it", async () => {
    const app = await open();
    expect(textOf(app, ".main-editor .cm-content")).toContain("a = 1");
    expect(textOf(app, ".welcome")).toContain("Predicted, not executed");
    expect(textOf(app, ".welcome")).toContain("Actual");
    expect(env.sockets).toHaveLength(0);
    one<HTMLButtonElement>(app, ".welcome-run").click();
    env.socket.ready();
    expect(env.socket.sent[0]).toMatchObject({ type: "run.start", source: "a = 1\n" });
  });

  it("runs the program and shows the steps as they come", async () => {
    const app = await open();
    one<HTMLButtonElement>(app, ".run").click();
    env.socket.ready();
    const ref = String(env.socket.sent[0]?.ref);
    expect(env.socket.sent[0]).toMatchObject({ type: "run.start", source: "a = 1\n" });
    env.socket.receive({ type: "run.accepted", ref, run_id: RUN_ID, url: `/r/${RUN_ID}` });
    env.socket.receive(entries("actual", "1-1", frames(TWO_CALLS.slice(0, 3))));
    await drawn(app);
    expect(textOf(app, ".step-count")).toBe("Step 3 of 3");
    expect(textOf(app, ".run")).toContain("Stop");
    env.socket.receive(entries("actual", "1-2", frames(TWO_CALLS.slice(3), 3)));
    await drawn(app);
    expect(textOf(app, ".step-count")).toBe("Step 8 of 8");
    expect(textOf(app, ".now-of-actual .now")).toBe("outer returned 2");
    expect(window.location.pathname).toBe(`/r/${RUN_ID}`);
  });

  it("draws once for many messages within a frame of the screen", async () => {
    const app = await open({ run: storedRun() });
    env.socket.ready();
    const drawing = vi.spyOn(app, "requestUpdate");
    for (let seq = 0; seq < TWO_CALLS.length; seq++) {
      env.socket.receive(
        entries("actual", `1-${seq + 1}`, frames(TWO_CALLS.slice(seq, seq + 1), seq)),
      );
    }
    await drawn(app);
    expect(drawing.mock.calls.length).toBe(1);
    expect(textOf(app, ".step-count")).toBe("Step 8 of 8");
  });

  it("steps with keys and buttons and shows the state at that step", async () => {
    const app = await openRun();
    const player = one(app, ".player");
    press(player, "Home");
    await drawn(app);
    expect(textOf(app, ".step-count")).toBe("Step 1 of 8");
    press(player, "s");
    press(player, "s");
    await drawn(app);
    expect(textOf(app, ".variables tbody")).toBe("x 1 new");
    press(player, "n");
    await drawn(app);
    expect(textOf(app, ".step-count")).toBe("Step 7 of 8");
    one<HTMLButtonElement>(app, ".step-back").click();
    await drawn(app);
    expect(textOf(app, ".now")).toBe("inner returned 2");
    expect(textOf(app, "stack-pane")).toBe("inner(1) line 2 outer line 6");
  });

  it("says that a finished run is at its end, and leads to the start and to the keys", async () => {
    const app = await openRun();
    expect(app.querySelector(".from-start")).toBeNull();
    env.socket.receive(
      entries("actual", "1-2", { type: "trace.finished", status: "ok", steps: 8 }),
      { type: "run.complete", run_id: RUN_ID },
    );
    await drawn(app);
    expect(textOf(app, ".now-end")).toBe("End of the run From the start");
    one<HTMLButtonElement>(app, ".from-start").click();
    await drawn(app);
    expect(textOf(app, ".step-count")).toBe("Step 1 of 8");
    expect(document.activeElement?.localName).toBe("trace-player");
    expect(app.querySelector(".from-start")).toBeNull();
    expect(app.querySelector(".now-end")).toBeNull();
  });

  it("steps with the arrow keys wherever nothing else wants them", async () => {
    const app = await openRun();
    press(one(app, ".run"), "ArrowLeft");
    await drawn(app);
    expect(textOf(app, ".step-count")).toBe("Step 7 of 8");
    for (const other of ["#entry", "shortcut-dialog dialog", ".menu summary", "split-handle"]) {
      press(one(app, other), "ArrowLeft");
    }
    press(one(app, ".run"), "Home");
    await drawn(app);
    expect(textOf(app, ".step-count")).toBe("Step 7 of 8");
  });

  it("tells a screen reader the steps that a person makes, not those that stream in", async () => {
    const app = await openRun();
    expect(textOf(app, ".spoken-step")).toBe("");
    press(one(app, ".player"), "ArrowLeft");
    await drawn(app);
    expect(textOf(app, ".spoken-step")).toContain("Step 7 of 8.");
  });

  it("stops the run with Esc, except where Esc leaves the editor", async () => {
    const app = await openRun();
    press(one(app, ".main-editor .cm-content"), "Escape");
    expect(env.socket.sent.map(({ type }) => type)).toEqual(["run.resume"]);
    press(document.body, "Escape");
    expect(env.socket.sent.map(({ type }) => type)).toEqual(["run.resume", "run.cancel"]);
  });

  it("names the keys until one was used or the hint was closed", async () => {
    let app = await openRun();
    expect(textOf(app, ".key-hint")).toContain("next step");
    press(one(app, ".player"), "ArrowLeft");
    await drawn(app);
    expect(app.querySelector(".key-hint")).not.toBeNull();
    document.body.replaceChildren();
    app = await openRun();
    expect(app.querySelector(".key-hint")).toBeNull();
    localStorage.clear();
    document.body.replaceChildren();
    app = await openRun();
    one<HTMLButtonElement>(app, ".key-hint button").click();
    await drawn(app);
    expect(app.querySelector(".key-hint")).toBeNull();
  });

  it("says at once that there is no prediction, and why when asked", async () => {
    const app = await openRun(undefined, true);
    const reason = "No model is configured.";
    env.socket.receive(entries("predicted", "1-1", { type: "lane.unavailable", reason }));
    await drawn(app);
    expect(textOf(app, ".lane-predicted .status")).toBe("No predictionWhy?");
    expect(one(app, "#detail-predicted").hidden).toBe(true);
    one<HTMLButtonElement>(app, ".lane-predicted .link").click();
    await drawn(app);
    expect(one(app, "#detail-predicted").hidden).toBe(false);
    expect(textOf(app, "#detail-predicted")).toBe(reason);
  });

  it("leads to the step at which the program's exception was raised", async () => {
    const app = await openRun([
      call("outer", 1, 1),
      line("outer", 2, 1),
      raised("outer", 2, 1, "ValueError: bad"),
      returned("outer", 2, 1),
    ]);
    const end = { type: "trace.finished", status: "exception", steps: 4 } as const;
    const why = { error_type: "ValueError", error_line: 2, message: "Bad." };
    env.socket.receive(entries("actual", "1-2", { ...end, ...why }));
    await drawn(app);
    one<HTMLButtonElement>(app, "#detail-actual .link").click();
    await drawn(app);
    expect(textOf(app, ".step-count")).toBe("Step 3 of 4");
  });

  it("marks the lines in the editor in words", async () => {
    const app = await openRun([call("outer", 1, 1), line("outer", 1, 1), line("outer", 2, 1)]);
    expect(textOf(app, ".main-editor .line-ran")).toContain("just ran");
    expect(textOf(app, ".main-editor .line-next")).toContain("next");
  });

  it("shows the variables of the chosen call", async () => {
    const app = await openRun(TWO_CALLS.slice(0, 5));
    expect(textOf(app, ".variables tbody")).toBe("n 1");
    const calls = app.querySelectorAll<HTMLButtonElement>(".stack-call");
    calls[1]?.click();
    await drawn(app);
    expect(textOf(app, ".variables tbody")).toBe("x 1");
  });

  it("leaves letters alone where the person types or has switched them off", async () => {
    const app = await openRun();
    press(one(app, "#entry"), "b");
    await drawn(app);
    expect(textOf(app, ".step-count")).toBe("Step 8 of 8");
    one<HTMLInputElement>(app, "shortcut-dialog input").click();
    await drawn(app);
    press(one(app, ".player"), "b");
    await drawn(app);
    expect(textOf(app, ".step-count")).toBe("Step 8 of 8");
    press(one(app, ".player"), "ArrowLeft");
    await drawn(app);
    expect(textOf(app, ".step-count")).toBe("Step 7 of 8");
  });

  it("shows values of programs as text, never as markup", async () => {
    const hostile = "<img src=x onerror=alert(1)>";
    const app = await openRun([
      call(hostile, 1, 1, { [hostile]: hostile }),
      returned(hostile, 1, 1, hostile),
    ]);
    env.socket.receive(
      entries("actual", "1-2", { type: "trace.output", step: 0, stream: "stdout", text: hostile }),
      entries("predicted", "1-2", { type: "lane.unavailable", reason: hostile }),
    );
    await drawn(app);
    expect(app.querySelector("[onerror]")).toBeNull();
    for (const pane of [".variables", ".stack", ".console", ".now", ".lane-predicted"]) {
      expect(textOf(app, pane)).toContain(hostile);
    }
  });

  it("keeps the trace with its own text when the program is edited", async () => {
    const app = await openRun();
    app
      .querySelector("run-bar")
      ?.dispatchEvent(
        new CustomEvent("program-change", { detail: { source: "z = 1\n" }, bubbles: true }),
      );
    await drawn(app);
    expect(textOf(app, ".own-source .cm-content")).toContain("def outer");
    expect(textOf(app, ".main-editor .cm-content")).toContain("z = 1");
    one<HTMLButtonElement>(app, ".own-source button").click();
    await drawn(app);
    expect(app.querySelector(".own-source")).toBeNull();
    expect(textOf(app, ".main-editor .cm-content")).toContain("def outer");
  });

  it("puts an error beside the field that it is about", async () => {
    const app = await open();
    one<HTMLButtonElement>(app, ".run").click();
    env.socket.ready();
    const ref = String(env.socket.sent[0]?.ref);
    const error = { type: "error", code: "entry", message: "No such function.", ref } as const;
    env.socket.receive({ ...error, field: "entry", fix: "Check the name." });
    await drawn(app);
    expect(textOf(app, "#entry-problem")).toBe("No such function. Check the name.");
    expect(one(app, "#entry").getAttribute("aria-invalid")).toBe("true");
    expect(textOf(app, ".run")).toContain("Predict and run");
  });

  it("says when it reconnects and when it is too old for the server", async () => {
    const app = await openRun();
    env.socket.drop(1006);
    await drawn(app);
    expect(textOf(app, ".banner")).toContain("Reconnecting…");
    env.elapse();
    env.socket.drop(4426);
    await drawn(app);
    expect(textOf(app, ".banner")).toContain("This page is older than the server");
  });

  it("puts the step on screen into the address, so that a link leads back to it", async () => {
    const app = await openRun();
    press(one(app, ".player"), "Home");
    await vi.waitFor(() => expect(window.location.search).toBe("?step=1&view=actual"));
  });

  it("opens at the step of a link", async () => {
    const initial = { step: 3, view: "actual", example: null };
    const app = await open({ run: storedRun(), initial });
    env.socket.ready();
    env.socket.receive(entries("actual", "1-1", frames(TWO_CALLS)));
    await drawn(app);
    expect(textOf(app, ".step-count")).toBe("Step 3 of 8");
  });

  it("loads an example into the editor, where undo brings the old text back", async () => {
    const app = await open();
    app.querySelectorAll<HTMLButtonElement>(".menu-list button")[1]?.click();
    await drawn(app);
    expect(textOf(app, ".main-editor .cm-content")).toContain("b = 2");
    expect(one<HTMLInputElement>(app, "#entry").value).toBe("f()");
    expect(one<HTMLTextAreaElement>(app, "#stdin").value).toBe("x\n");
    const view = EditorView.findFromDOM(one(app, ".main-editor .cm-editor"));
    if (view) undo(view);
    await drawn(app);
    expect(textOf(app, ".main-editor .cm-content")).toContain("a = 1");
  });

  it("unfolds the input box when there is input, and never folds it while it is used", async () => {
    const app = await open();
    const box = one<HTMLDetailsElement>(app, ".inputs");
    expect(box.open).toBe(false);
    const field = one<HTMLTextAreaElement>(app, "#stdin");
    for (const text of ["4\n", ""]) {
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      await drawn(app);
      expect(box.open).toBe(true);
    }
  });

  it("offers a stranger to run the program, not to stop somebody else's run", async () => {
    const app = await open({ run: storedRun({ is_owner: false }) });
    env.socket.ready();
    one<HTMLButtonElement>(app, ".run").click();
    expect(env.socket.sent.map(({ type }) => type)).toEqual(["run.resume", "run.start"]);
  });
});
