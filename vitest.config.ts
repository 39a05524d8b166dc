import { randomInt } from "node:crypto";
import { env } from "node:process";
import { defineConfig } from "vitest/config";

// Properties take their seed from here, so that a run can be had again: PROPERTY_SEED=1 npm test.
const seed = env["PROPERTY_SEED"] ?? String(randomInt(2 ** 31));

export default defineConfig({
  // Tests see the sources, never a stale build.
  ssr: { resolve: { conditions: ["@image-updater/source"] } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "tools/*/test/**/*.test.ts", "test/**/*.test.ts"],
    env: { PROPERTY_SEED: seed },
    globalSetup: ["test/setup/say-seed.ts"],
    setupFiles: ["test/setup/property-seed.ts"],
    // Half of the time is spent waiting for servers and disks.
    maxWorkers: "100%",
    // No machine is too busy for these: what ends sooner is not waited for. Tests set none of their own.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000, interval: 20 } },
    coverage: { include: ["packages/*/src/**/*.ts"], reporter: ["text-summary"] },
  },
});
