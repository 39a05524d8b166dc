import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";

/** Runs the git program in a folder, apart from the user's own configuration. */
export interface GitProgram {
  readonly environment: Readonly<Record<string, string>>;
  /** Starts git; the child is killed by `close` if it still runs. */
  start(args: readonly string[], environment?: Readonly<Record<string, string>>): ChildProcess;
  /** Starts a program that git keeps for itself, `http-backend` say, without git in front of it. */
  startBehind(
    command: string,
    environment: Readonly<Record<string, string>>,
  ): Promise<ChildProcess>;
  /** Runs git to its end and answers what it printed. Throws with its errors when it fails. */
  run(args: readonly string[], input?: Uint8Array | string): Promise<Buffer>;
  close(): Promise<void>;
}

/** The git program with a home folder of its own: no system, user or signing configuration. */
export function createGitProgram(home: string): GitProgram {
  const environment = cleanEnvironment(home);
  const children = new Set<ChildProcess>();
  const spawnChild = (
    program: string,
    args: readonly string[],
    extra: Readonly<Record<string, string>>,
  ): ChildProcess => {
    const env = { ...environment, ...extra };
    // A group of its own, so that the programs git starts can be ended with it.
    const child = spawn(program, args, { cwd: home, env, detached: true });
    children.add(child);
    child.once("close", () => children.delete(child));
    return child;
  };
  const start: GitProgram["start"] = (args, extra = {}) => spawnChild("git", args, extra);
  let folder: Promise<string> | undefined;
  return {
    environment,
    start,
    startBehind: async (command, extra) => {
      folder ??= finish(start(["--exec-path"]), [], undefined).then((text) =>
        text.toString("utf8").trim(),
      );
      return spawnChild(join(await folder, `git-${command}`), [], extra);
    },
    run: (args, input) => finish(start(args), args, input),
    close: async () => {
      const ended = [...children].map(
        (child) => new Promise((resolve) => child.once("close", resolve)),
      );
      for (const child of children) {
        killGroup(child);
        // It ends only when nothing is left to be read of it.
        for (const stream of child.stdio) stream?.destroy();
      }
      await Promise.all(ended);
    },
  };
}

/** Waits for a child and answers its output, whatever its exit code. */
async function outputOf(
  child: ChildProcess,
  input: Uint8Array | string | undefined,
): Promise<{ readonly code: number | null; readonly stdout: Buffer; readonly stderr: Buffer }> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
  // A child may end without reading all of its input.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(input ?? "");
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
}

async function finish(
  child: ChildProcess,
  args: readonly string[],
  input: Uint8Array | string | undefined,
): Promise<Buffer> {
  const { code, stdout, stderr } = await outputOf(child, input);
  if (code === 0) return stdout;
  throw new Error(`git ${args.join(" ")} ended with ${String(code)}: ${stderr.toString("utf8")}`);
}

function cleanEnvironment(home: string): Readonly<Record<string, string>> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    XDG_CONFIG_HOME: home,
    LC_ALL: "C",
    TZ: "UTC",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
  };
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}
