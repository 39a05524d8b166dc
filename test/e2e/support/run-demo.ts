import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { env, execPath } from "node:process";
import { fileURLToPath } from "node:url";

/** How a program ended, and what it said. */
export interface DemoOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const PROGRAM = fileURLToPath(new URL("../../../examples/demo/dist/main.js", import.meta.url));
/** Not even a test that was given up leaves it behind. */
const PATIENCE_MS = 600_000;

/** Runs the built demo, with no environment but the one given. */
export async function runDemo(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<DemoOutcome> {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: run "npm run build" first`);
  const demo = spawn(execPath, [PROGRAM, ...args], {
    env: { PATH: env["PATH"] ?? "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: PATIENCE_MS,
    killSignal: "SIGKILL",
  });
  const said = { stdout: "", stderr: "" };
  demo.stdout.setEncoding("utf8").on("data", (text: string) => (said.stdout += text));
  demo.stderr.setEncoding("utf8").on("data", (text: string) => (said.stderr += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    demo.once("error", reject);
    demo.once("close", resolve);
  });
  return { code, ...said };
}
