import { defineConfig } from "vitest/config";

// `site` is on every page (styles, theme switch); `playground` and `solve` are one page each.
// Django reads the names of the built files from static/dist/.vite/manifest.json (webapp/vite.py).
export default defineConfig({
  base: "/static/dist/",
  publicDir: false,
  build: {
    outDir: "static/dist",
    emptyOutDir: true,
    manifest: true,
    target: "es2022",
    // A data: URL would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        site: "static/src/site.ts",
        playground: "static/src/playground.ts",
        solve: "static/src/solve.ts",
      },
    },
  },
  test: {
    // Tests that need a document say so in their first line; starting one costs half a second.
    environment: "node",
    include: ["static/tests/**/*.test.ts"],
    setupFiles: ["static/tests/setup.ts"],
    testTimeout: 20_000,
  },
});
