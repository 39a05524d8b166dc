import { defineConfig } from "vitest/config";

export default defineConfig({
  // Tests see the sources, never a stale build.
  ssr: { resolve: { conditions: ["@image-updater/source"] } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "tools/*/test/**/*.test.ts", "test/**/*.test.ts"],
    // Half of the time is spent waiting for servers and disks.
    maxWorkers: "100%",
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: { include: ["packages/*/src/**/*.ts"], reporter: ["text-summary"] },
  },
});
