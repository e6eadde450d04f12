// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import "../../src/elements/split-handle.js";

beforeEach(() => {
  localStorage.clear();
  document.body.replaceChildren();
});

function open(): { handle: HTMLElement; share: () => string } {
  const parent = document.createElement("div");
  const handle = document.createElement("split-handle");
  parent.append(handle);
  document.body.append(parent);
  return { handle, share: () => parent.style.getPropertyValue("--split") };
}

function press(handle: HTMLElement, key: string): void {
  handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

describe("the border between program and trace", () => {
  it("moves with the arrow keys and says where it is", () => {
    const { handle, share } = open();
    press(handle, "ArrowRight");
    expect(share()).toBe("46%");
    expect(handle.getAttribute("aria-valuenow")).toBe("46");
  });

  it("is where it was left at the next visit", () => {
    press(open().handle, "ArrowLeft");
    expect(open().share()).toBe("42%");
  });

  it("leaves room for both halves", () => {
    const { handle, share } = open();
    for (let times = 0; times < 40; times++) press(handle, "ArrowRight");
    expect(share()).toBe("70%");
  });

  it("takes a damaged setting for none", () => {
    localStorage.setItem("setting:split", "wide");
    expect(open().share()).toBe("44%");
  });
});
