import {
  summarizeError,
  WriteBackError,
  type ApplicationClient,
  type CallOptions,
  type Clock,
  type ReadResult,
  type WriteBackChange,
  type WriteBackRead,
  type WriteBackTarget,
  type WriteResult,
} from "@image-updater/core";
import { createRevertMemory, type RevertSettings } from "./reverts/revert-memory.js";
import { createLanes } from "./write/lanes.js";
import { nameOf } from "./write/manifest.js";
import { writeApplication } from "./write/write-application.js";

/** Settings of {@link createArgoCdWriteBack}. */
export interface ArgoCdWriteBackSettings {
  /** Reads and patches: of a cluster, of the Argo CD API server, or one of your own. */
  readonly applications: ApplicationClient;
  /** Times pauses and calls, and tells how long ago a value was put back. */
  readonly clock: Clock;
  /** Spreads the pauses between attempts, from 0 to 1. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** How long lost races are tried again, and how long one call may take. Default: 60 000. */
  readonly deadlineMs?: number | undefined;
  /** When to stop writing what others put back. Default: after two times, for a day. */
  readonly reverts?: RevertSettings | undefined;
}

/** Default of `deadlineMs`, in milliseconds. docs/deadlines.md has it, too. */
export const DEFAULT_DEADLINE_MS = 60_000;

const APPLICATIONS_AT_ONCE = 8;

/**
 * A {@link WriteBackTarget} that patches Argo CD Applications.
 *
 * ```ts
 * const argocd = createArgoCdWriteBack({ applications, clock: systemClock() });
 * ```
 *
 * A patch holds what changes and nothing else, behind tests that it is still what was read; a lost race
 * is read and rendered again. One Application is written by one change at a time, eight at once. What
 * others put back again and again is reported as `reverted` and left alone.
 */
export function createArgoCdWriteBack(settings: ArgoCdWriteBackSettings): WriteBackTarget {
  const {
    applications: client,
    clock,
    random = Math.random,
    deadlineMs = DEFAULT_DEADLINE_MS,
  } = settings;
  const reverts = createRevertMemory({ ...settings.reverts, clock });
  const runInLane = createLanes(APPLICATIONS_AT_ONCE);

  async function write(
    change: WriteBackChange,
    options: CallOptions | undefined,
  ): Promise<WriteResult> {
    try {
      const limits = { clock, random, deadlineMs, signal: options?.signal };
      return await runInLane(nameOf(change.application), () =>
        writeApplication({ client, reverts, limits }, change),
      );
    } catch (error) {
      return { kind: "failed", error: summarizeError(error) };
    }
  }

  return {
    contract: "write-back-target/1",
    accepts: ({ method }) => method === "argocd",
    read: async (reads) => reads.map(readNothing),
    write: (changes, options) => Promise.all(changes.map((change) => write(change, options))),
  };
}

/** An Application has no files: a preview of its change is made from the manifest. */
function readNothing({ application, paths }: WriteBackRead): ReadResult {
  if (paths.length === 0) return { kind: "read", files: new Map() };
  const target = nameOf(application);
  const message = `${target}: there are no files in an Application; ${paths.join(", ")} can only be read for the write-back method git`;
  return {
    kind: "failed",
    error: summarizeError(new WriteBackError("unsupported", message, { target })),
  };
}
