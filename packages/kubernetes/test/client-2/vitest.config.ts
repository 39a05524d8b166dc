import { defineConfig } from "vitest/config";

// All tests of this package but the one that starts this, with the other client library.
export default defineConfig({
  root: new URL("../..", import.meta.url).pathname,
  ssr: { resolve: { conditions: ["@image-updater/source"] } },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/client-2/**", "test/cluster/**"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000, interval: 20 } },
  },
});
