// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Address } from "../src/address.js";

beforeEach(() => {
  vi.useFakeTimers();
  window.history.replaceState(null, "", "/");
});

afterEach(() => vi.useRealTimers());

const here = () => window.location.pathname + window.location.search;

describe("the address bar", () => {
  it("shows the latest of many quick steps, once", () => {
    const address = new Address();
    const replace = vi.spyOn(window.history, "replaceState");
    for (let step = 0; step < 30; step++) address.show("/r/abc", { step, view: "actual" });
    vi.advanceTimersByTime(1000);
    expect(here()).toBe("/r/abc?step=30&view=actual");
    expect(replace).toHaveBeenCalledTimes(1);
  });

  it("forgets a waiting step when another run is shown", () => {
    const address = new Address();
    address.show("/r/abc", { step: 3, view: "actual" });
    address.push("/r/def");
    vi.advanceTimersByTime(1000);
    expect(here()).toBe("/r/def");
  });

  it("tells Back to another page from a link within this one", () => {
    const address = new Address();
    address.push("/r/abc");
    window.history.pushState(null, "", "/r/abc#content");
    expect(address.isCurrent).toBe(true);
    window.history.pushState(null, "", "/");
    expect(address.isCurrent).toBe(false);
  });
});
