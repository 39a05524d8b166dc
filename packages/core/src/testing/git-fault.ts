import { WriteBackError, type WriteBackErrorCode } from "../errors/write-back-error.js";
import type { CancelSignal } from "../ports/cancel-signal.js";
import { redactUserInfo } from "../update/redact-user-info.js";
import { hang } from "./hang.js";

/** Something that goes wrong with a repository, until `times` is used up. */
export interface GitFault {
  /** A write fails before anything is changed, and only where something would be. */
  readonly on: "read" | "write";
  /** Default: every repository. */
  readonly repository?: string | undefined;
  readonly behave: WriteBackErrorCode | "hang";
  /** How often; default for ever. */
  readonly times?: number | undefined;
}

/** Counts the faults down; the function it answers throws or hangs where one applies. */
export function createGitFaults(
  faults: readonly GitFault[],
): (on: GitFault["on"], repository: string, signal: CancelSignal | undefined) => Promise<void> {
  const remaining = faults.map((fault) => ({ fault, left: fault.times ?? Infinity }));
  return async (on, repository, signal) => {
    const target = redactUserInfo(repository);
    const fail = (code: Exclude<GitFault["behave"], "hang">): WriteBackError =>
      new WriteBackError(code, `${target} refuses the ${on}: ${code}`, { target });
    if (signal?.aborted === true) throw fail("cancelled");
    const entry = remaining.find(
      ({ fault, left }) =>
        left > 0 && fault.on === on && (fault.repository ?? repository) === repository,
    );
    if (entry === undefined) return;
    entry.left -= 1;
    const { behave } = entry.fault;
    if (behave === "hang") await hang(signal, () => fail("cancelled"));
    else throw fail(behave);
  };
}
