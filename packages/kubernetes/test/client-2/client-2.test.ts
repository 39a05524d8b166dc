import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { env, stderr } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { IS_WHOLE } from "../../../../test/setup/whole.js";

/** The oldest Node.js that @kubernetes/client-node 2.x runs on is newer than the oldest of this package. */
const NODE = "node@24";

describe.skipIf(!IS_WHOLE)("all tests of this package", () => {
  it(
    "pass with @kubernetes/client-node 2.x, on a Node.js that it runs on",
    { timeout: 1_800_000 },
    async () => {
      const probe = await run(["-p", "process.version"]);
      if (probe.code !== 0) return skip(probe.text);
      const vitest = fileURLToPath(new URL("vitest.mjs", packageOf("vitest")));
      const config = fileURLToPath(new URL("vitest.config.ts", import.meta.url));
      const tests = await run([vitest, "run", "--config", config, "--maxWorkers=1"]);
      const text: unknown = expect.stringMatching(/Tests\s+\d+ passed/);
      expect(tests).toEqual({ code: 0, text });
      return undefined;
    },
  );
});

/** With `REQUIRE_REAL_SERVERS=1`, as in `.ci/run`, a skip is a failure. */
function skip(reason: string): void {
  const message = `npx could not get ${NODE}, so nothing was tested with @kubernetes/client-node 2.x`;
  if (env["REQUIRE_REAL_SERVERS"] === "1") throw new Error(`${message}:\n${reason}`);
  stderr.write(`skipped: ${message}\n`);
}

function packageOf(name: string): URL {
  return pathToFileURL(createRequire(import.meta.url).resolve(`${name}/package.json`));
}

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

/** Runs a newer Node.js, from its npm package. */
function run(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const { NODE_OPTIONS: _options, VITEST: _vitest, ...rest } = env;
    const child = spawn("npx", ["--yes", "-p", NODE, "--", "node", ...args], {
      env: { ...rest, KUBERNETES_CLIENT: "kubernetes-client-2", NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    child.stdout.on("data", (chunk) => (text += String(chunk)));
    child.stderr.on("data", (chunk) => (text += String(chunk)));
    child.on("error", (error) => resolve({ code: null, text: error.message }));
    child.on("close", (code) => resolve({ code, text }));
  });
}
