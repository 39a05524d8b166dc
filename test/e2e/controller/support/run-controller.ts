import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { env, execPath } from "node:process";
import { fileURLToPath } from "node:url";

/** The built controller as a process. */
export interface ControllerProcess {
  /** What it wrote so far, on both outputs. */
  output(): string;
  signal(name: "SIGTERM" | "SIGINT"): void;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
}

const PROGRAM = fileURLToPath(
  new URL("../../../../examples/controller/dist/main.js", import.meta.url),
);
/** Not even a test that was given up leaves it behind. */
const PATIENCE_MS = 600_000;

/** Starts the built controller, with no environment but the one given. */
export function runController(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ControllerProcess {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: run "npm run build" first`);
  const child = spawn(execPath, [PROGRAM, ...args], {
    env: { PATH: env["PATH"] ?? "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: PATIENCE_MS,
    killSignal: "SIGKILL",
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  }
  return {
    output: () => said,
    signal: (name) => child.kill(name),
    ended: new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve(signal ?? code));
    }),
  };
}
