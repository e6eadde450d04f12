// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { chooseTheme, currentTheme, setUpThemeSwitch } from "../src/theme.js";

beforeEach(() => {
  delete document.documentElement.dataset.theme;
});

describe("the theme", () => {
  it("is the chosen one, whatever the system says", () => {
    chooseTheme("dark");
    expect(currentTheme()).toBe("dark");
    chooseTheme("light");
    expect(currentTheme()).toBe("light");
  });

  it("is told to the server, so that the next page starts in it", () => {
    chooseTheme("dark");
    expect(document.cookie).toContain("theme=dark");
  });

  it("switches with its button, which says whether dark is on", () => {
    const button = document.createElement("button");
    button.hidden = true;
    setUpThemeSwitch(button);
    expect(button.hidden).toBe(false);
    const before = currentTheme();
    button.click();
    expect(currentTheme()).not.toBe(before);
    expect(button.getAttribute("aria-pressed")).toBe(String(currentTheme() === "dark"));
  });
});
