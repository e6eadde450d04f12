// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { copyText, setVisibility, stepLink } from "../src/share.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

function answer(status: number): ReturnType<typeof vi.fn> {
  const fetched = vi.fn(async (_path: string, _init: RequestInit) => ({
    ok: status < 400,
    status,
  }));
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

describe("a link to a step", () => {
  it("counts steps from one and names the lane", () => {
    const link = new URL(stepLink("/r/abc?step=3#x", { step: 11, view: "predicted" }));
    expect(link.pathname + link.search + link.hash).toBe("/r/abc?step=12&view=predicted");
  });

  it("is the run's own address before there are steps", () => {
    expect(new URL(stepLink("/r/abc?step=3", null)).search).toBe("");
  });
});

describe("opening a run to others", () => {
  it("sends the wish with the token of the cookie", async () => {
    // biome-ignore lint/suspicious/noDocumentCookie: the token arrives in a cookie.
    document.cookie = "csrftoken=a%20token";
    const fetched = answer(200);
    await setVisibility("abc", "link");
    expect(fetched).toHaveBeenCalledWith(
      "/api/v1/runs/abc/visibility",
      expect.objectContaining({
        method: "POST",
        body: '{"visibility":"link"}',
        headers: expect.objectContaining({ "X-CSRFToken": "a token" }),
      }),
    );
  });

  it.each([
    [404, "no longer exists"],
    [403, "Only the person"],
    [500, "refused (500)"],
  ])("answered with %i says what to do", async (status, words) => {
    answer(status);
    await expect(setVisibility("abc", "link")).rejects.toThrow(words);
  });

  it("without a connection says so", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("failed");
    });
    await expect(setVisibility("abc", "private")).rejects.toThrow("could not be reached");
  });
});

describe("copying", () => {
  it("reports when the browser has no clipboard to give", async () => {
    vi.stubGlobal("navigator", {});
    expect(await copyText("x")).toBe(false);
  });
});
