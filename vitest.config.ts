import { randomInt } from "node:crypto";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { pureTests } from "./test/setup/pure-tests.js";

// Properties take their seed from here, so that a run can be had again: PROPERTY_SEED=1 npm test.
const seed = env["PROPERTY_SEED"] ?? String(randomInt(2 ** 31));
const pure = pureTests(fileURLToPath(new URL(".", import.meta.url)));

// What all projects share; the root's own settings are not theirs.
const shared = {
  // Tests see the sources, never a stale build.
  ssr: { resolve: { conditions: ["@image-updater/source"] } },
  test: {
    env: { PROPERTY_SEED: seed },
    setupFiles: ["test/setup/property-seed.ts"],
    // Modules hold no state, so that they are imported once for many files.
    isolate: false,
    // No machine is too busy for these: what ends sooner is not waited for. Tests set none of their own.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000, interval: 20 } },
  },
};

export default defineConfig({
  test: {
    globalSetup: ["test/setup/say-seed.ts"],
    env: { PROPERTY_SEED: seed },
    maxWorkers: "100%",
    coverage: { include: ["packages/*/src/**/*.ts"], reporter: ["text-summary"] },
    projects: [
      { ...shared, test: { ...shared.test, name: "unit", include: [...pure] } },
      {
        ...shared,
        test: {
          ...shared.test,
          name: "servers",
          include: [
            "packages/*/test/**/*.test.ts",
            "tools/*/test/**/*.test.ts",
            "test/**/*.test.ts",
          ],
          exclude: ["**/node_modules/**", ...pure],
        },
      },
    ],
  },
});
