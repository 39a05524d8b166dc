import { execFile } from "node:child_process";
import type { CancelSignal } from "@image-updater/core";

/** For how long a program that knows credentials may run. docs/deadlines.md has it, too. */
export const PROGRAM_TIMEOUT_MS = 10_000;

const MOST_OUTPUT = 64 * 1024;

/** What became of a program. */
export type ProgramOutcome =
  | { readonly kind: "done"; readonly output: string }
  | { readonly kind: "missing" | "cancelled" }
  | {
      readonly kind: "failed";
      /** May be a secret. */
      readonly output: string;
      /** Holds nothing the program wrote. */
      readonly reason: string;
    };

/** A program and what it is given. */
export interface ProgramCall {
  /** A path, or a name that is looked up on the `PATH`. */
  readonly program: string;
  readonly programArguments?: readonly string[] | undefined;
  /** What it reads from its standard input; default nothing. */
  readonly input?: string | undefined;
  /** Default the process's own. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Runs a program without a shell, for at most 10 seconds and 64 KiB of output. */
export function runProgram(
  { program, programArguments = [], input = "", environment }: ProgramCall,
  signal: CancelSignal,
): Promise<ProgramOutcome> {
  const limits = {
    timeout: PROGRAM_TIMEOUT_MS,
    killSignal: "SIGKILL",
    maxBuffer: MOST_OUTPUT,
  } as const;
  const env = environment === undefined ? {} : { env: { ...environment } };
  const options = { ...limits, ...env, signal, encoding: "utf8" } as const;
  return new Promise((resolve) => {
    const child = execFile(program, programArguments, options, (error, output) => {
      if (error === null) resolve({ kind: "done", output });
      else resolve(outcomeOf(error, output));
    });
    // A program that does not read its input has closed it before we wrote.
    child.stdin?.on("error", ignore);
    child.stdin?.end(input);
  });
}

/** The rest of the error is left behind: it quotes what the program printed. */
function outcomeOf(error: Error, output: string): ProgramOutcome {
  const code = "code" in error ? String(error.code) : "unknown";
  if (code === "ABORT_ERR") return { kind: "cancelled" };
  if (code === "ENOENT") return { kind: "missing" };
  const isKilled = "killed" in error && error.killed === true;
  const isEnded = isKilled || code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER";
  const limits = `it took over ${PROGRAM_TIMEOUT_MS / 1000} s, or printed too much`;
  return { kind: "failed", output, reason: isEnded ? limits : `code ${code}` };
}

function ignore(): void {}
