import { describe, expect, it } from "vitest";
import lock from "../../package-lock.json" with { type: "json" };

const packages: Record<string, object> = lock.packages;

describe("the locked dependencies", () => {
  it("hold one copy of CodeMirror's state; two would not recognise each other's objects", () => {
    const copies = Object.keys(packages).filter((path) => path.endsWith("@codemirror/state"));
    expect(copies).toHaveLength(1);
  });

  it("do not hold the package `codemirror`, which is version 5", () => {
    expect(packages).not.toHaveProperty("node_modules/codemirror");
  });

  it("name no registry host", () => {
    const hosts = Object.values(packages).filter(
      (entry) => "resolved" in entry && String(entry.resolved).includes("://"),
    );
    expect(hosts).toEqual([]);
  });
});
