import { describe, expect, it } from "vitest";
import { Player } from "../src/player.js";
import { TraceStore } from "../src/trace-store.js";
import { entries, fill, frames, TWO_CALLS } from "./helpers.js";

function grown(store: TraceStore, from: number, to: number): void {
  const id = `1-${to}`;
  store.apply(entries("actual", id, frames(TWO_CALLS.slice(from, to), from)));
}

describe("the cursor", () => {
  it("follows the newest step of a new run", () => {
    const [player, store] = [new Player(), new TraceStore()];
    grown(store, 0, 3);
    player.sync(store);
    expect(player.row).toBe(2);
    grown(store, 3, 6);
    player.sync(store);
    expect(player.row).toBe(5);
  });

  it("stays where a person stepped while more steps arrive", () => {
    const [player, store] = [new Player(), new TraceStore()];
    grown(store, 0, 3);
    player.sync(store);
    player.command("back", store);
    grown(store, 3, 6);
    player.sync(store);
    expect(player.row).toBe(1);
    player.follow(store);
    expect([player.row, player.following]).toEqual([5, true]);
  });

  it("goes to the step of a link as soon as it has arrived", () => {
    const [player, store] = [new Player({ step: 5 }), new TraceStore()];
    grown(store, 0, 2);
    player.sync(store);
    expect(player.row).toBe(1);
    grown(store, 2, 8);
    player.sync(store);
    expect(player.row).toBe(4);
  });

  it("stops at the last step when a link names a later one", () => {
    const [player, store] = [new Player({ step: 999 }), new TraceStore()];
    grown(store, 0, 8);
    player.sync(store);
    expect(player.row).toBe(7);
  });

  it.each([0, -3, Number.NaN, null])("ignores the step %j of a link", (step) => {
    expect(new Player({ step }).following).toBe(true);
  });

  it("never leaves the trace", () => {
    const [player, store] = [new Player(), new TraceStore()];
    grown(store, 0, 3);
    player.moveTo(99, store);
    expect(player.row).toBe(2);
    player.moveTo(-5, store);
    expect(player.row).toBe(0);
  });

  it("comes back into a lane that began again", () => {
    const [player, store] = [new Player(), new TraceStore()];
    grown(store, 0, 8);
    player.moveTo(6, store);
    store.apply(entries("actual", "2-1", { type: "lane.reset", attempt: 2, reason: "" }));
    player.sync(store);
    expect(player.row).toBe(0);
  });
});

describe("the lane on screen", () => {
  it("is the one that has steps, until a person chooses", () => {
    const [player, store] = [new Player(), new TraceStore()];
    fill(store, "predicted", TWO_CALLS);
    player.sync(store);
    expect(player.view).toBe("predicted");
    fill(store, "actual", TWO_CALLS);
    player.sync(store);
    expect(player.view).toBe("actual");
    player.choose("predicted", store);
    player.sync(store);
    expect(player.view).toBe("predicted");
  });

  it("is the one that a link names", () => {
    const [player, store] = [new Player({ view: "predicted" }), new TraceStore()];
    fill(store, "actual", TWO_CALLS);
    player.sync(store);
    expect(player.view).toBe("predicted");
  });

  it("may be the shorter one: it then shows its own last step", () => {
    const [player, store] = [new Player(), new TraceStore()];
    fill(store, "actual", TWO_CALLS);
    fill(store, "predicted", TWO_CALLS.slice(0, 3));
    player.sync(store);
    expect(player.stepIn("actual", store)).toBe(7);
    expect(player.stepIn("predicted", store)).toBe(2);
  });
});
