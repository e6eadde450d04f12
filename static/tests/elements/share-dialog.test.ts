// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ShareDialog } from "../../src/elements/share-dialog.js";
import { RUN_ID } from "../helpers.js";

let copied: string[];
let answers: number[];
let wishes: unknown[];

beforeEach(() => {
  copied = [];
  answers = [];
  wishes = [];
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
    wishes.push(JSON.parse(String(init.body)));
    const status = answers.shift() ?? 200;
    return { ok: status < 400, status };
  });
  vi.stubGlobal("navigator", {
    clipboard: { writeText: async (text: string) => copied.push(text) },
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

async function open(change: object = {}): Promise<ShareDialog> {
  const dialog = new ShareDialog();
  dialog.run = {
    id: RUN_ID,
    url: `/r/${RUN_ID}`,
    isOwner: true,
    visibility: "private",
    ...change,
  };
  dialog.at = { step: 11, view: "actual" };
  dialog.addEventListener("visibility-change", (event) => {
    const visibility = (event as CustomEvent<"private" | "link">).detail;
    if (dialog.run) dialog.run = { ...dialog.run, visibility };
  });
  document.body.append(dialog);
  await dialog.open();
  await dialog.updateComplete;
  return dialog;
}

describe("sharing a run", () => {
  it("opens it to others, copies the link to the step and says so", async () => {
    const dialog = await open();
    expect(wishes).toEqual([{ visibility: "link" }]);
    expect(copied).toHaveLength(1);
    expect(copied[0]).toMatch(/\/r\/abcdefghjk\?step=12&view=actual$/);
    expect(dialog.textContent).toContain("Link copied.");
    expect(dialog.textContent).toContain("Anyone with this link can see");
  });

  it("can be taken back", async () => {
    const dialog = await open();
    const button = [...dialog.querySelectorAll("button")].find((found) =>
      found.textContent?.includes("private again"),
    );
    button?.click();
    await vi.waitFor(() => expect(dialog.textContent).toContain("Only you can open this run."));
    expect(wishes).toEqual([{ visibility: "link" }, { visibility: "private" }]);
  });

  it("of somebody else only copies the link", async () => {
    const dialog = await open({ isOwner: false, visibility: "link" });
    expect(wishes).toEqual([]);
    expect(copied).toHaveLength(1);
    expect(dialog.textContent).not.toContain("private again");
  });

  it("offers the link for selection where there is no clipboard", async () => {
    vi.stubGlobal("navigator", {});
    const dialog = await open();
    expect(dialog.textContent).toContain("Press Ctrl+C");
    expect(dialog.querySelector<HTMLInputElement>(".share-row input")?.value).toContain("step=12");
  });

  it("says why it failed and does not claim a copied link", async () => {
    answers = [404];
    const dialog = await open();
    expect(copied).toEqual([]);
    expect(dialog.textContent).toContain("This run no longer exists");
    expect(dialog.textContent).not.toContain("Link copied");
  });
});
