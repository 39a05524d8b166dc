import { utf8 } from "@scure/base";
import type { ErrorSummary } from "../errors/image-updater-error.js";
import { WriteBackError } from "../errors/write-back-error.js";
import type { CancelSignal } from "../ports/cancel-signal.js";
import type { Clock } from "../ports/clock.js";
import type {
  ReadResult,
  WriteBackChange,
  WriteBackRead,
  WriteBackTarget,
  WriteResult,
} from "../ports/write-back-target.js";
import { mapBounded } from "./bounded.js";
import { withDeadline } from "./deadline.js";
import { redactUserInfo } from "./redact-user-info.js";
import { redactError, summarizeFailure } from "./summarize-failure.js";

/** What calling write-back targets needs. */
export interface TargetCallSettings {
  readonly targets: readonly WriteBackTarget[];
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Repositories at the same time. */
  readonly concurrency: number;
  readonly signal: CancelSignal | undefined;
}

/** Reads through the first target that accepts each entry; one call per repository. Never throws. */
export function readTargets(
  reads: readonly WriteBackRead[],
  settings: TargetCallSettings,
): Promise<readonly ReadResult[]> {
  const { signal } = settings;
  return callTargets(reads, settings, async (target, entries, deadline) =>
    withDeadline({ ...deadline, signal }, () => target.read(entries, { signal })),
  );
}

/**
 * Writes through the first target that accepts each change; one call per repository. Never throws.
 *
 * A write that has begun is waited for even when the cycle is cancelled: only the target knows what
 * was written.
 */
export function writeTargets(
  changes: readonly WriteBackChange[],
  settings: TargetCallSettings,
): Promise<readonly WriteResult[]> {
  const { signal } = settings;
  return callTargets(changes, settings, async (target, entries, deadline) => {
    if (signal?.aborted === true) throw deadline.failure("cancelled");
    return withDeadline(deadline, () => target.write(entries, { signal }));
  });
}

type Addressed = Pick<WriteBackRead, "application" | "settings" | "location">;
type Failed = { readonly kind: "failed"; readonly error: ErrorSummary };
type CallDeadline = Parameters<typeof withDeadline>[0];

/** Entries of one place, each with its position in the caller's list. */
interface Group<T> {
  readonly target: WriteBackTarget;
  /** How errors name the place. */
  readonly name: string;
  readonly entries: { readonly entry: T; readonly index: number }[];
}

/** One call per place, so that one which never answers takes no other with it. */
async function callTargets<T extends Addressed, R extends ReadResult | WriteResult>(
  entries: readonly T[],
  settings: TargetCallSettings,
  call: (
    target: WriteBackTarget,
    entries: readonly T[],
    deadline: CallDeadline,
  ) => Promise<readonly R[]>,
): Promise<readonly (R | Failed)[]> {
  const results: (R | Failed)[] = [];
  const groups = groupByPlace(entries, settings.targets, (index, error) => {
    results[index] = failed(error);
  });
  await mapBounded(groups, settings.concurrency, async ({ target, name, entries: group }) => {
    try {
      const asked = group.map(({ entry }) => entry);
      const answers = await call(target, asked, deadlineOf(name, settings));
      for (const [position, { entry, index }] of group.entries()) {
        const answer = answers[position];
        if (answer === undefined) results[index] = failed(missingResult(entry));
        else results[index] = answer.kind === "failed" ? redacted(answer) : answer;
      }
    } catch (error) {
      for (const { index } of group) results[index] = failed(error);
    }
  });
  return results;
}

function groupByPlace<T extends Addressed>(
  entries: readonly T[],
  targets: readonly WriteBackTarget[],
  onError: (index: number, error: unknown) => void,
): readonly Group<T>[] {
  const groups = new Map<WriteBackTarget, Map<string, Group<T>>>();
  for (const [index, entry] of entries.entries()) {
    try {
      const target = findTarget(entry, targets);
      const name = placeOf(entry);
      const byPlace = groups.get(target) ?? new Map<string, Group<T>>();
      const group = byPlace.get(name) ?? { target, name, entries: [] };
      group.entries.push({ entry, index });
      groups.set(target, byPlace.set(name, group));
    } catch (error) {
      onError(index, error);
    }
  }
  return [...groups.values()].flatMap((byPlace) => [...byPlace.values()]);
}

function findTarget(entry: Addressed, targets: readonly WriteBackTarget[]): WriteBackTarget {
  const target = targets.find((candidate) => candidate.accepts(entry.settings));
  if (target !== undefined) return target;
  const message = `no write-back target accepts method "${entry.settings.method}"; pass one in the updater's writeBack setting`;
  throw new WriteBackError("no-target", message, { target: nameOf(entry) });
}

/** The repository, whatever its spelling, else the Application itself. */
function placeOf(entry: Addressed): string {
  if (entry.location === undefined) return nameOf(entry);
  return redactUserInfo(entry.location.repository).replace(/\/*(?:\.git)?\/*$/u, "");
}

function deadlineOf(name: string, { clock, timeoutMs }: TargetCallSettings): CallDeadline {
  return {
    clock,
    ms: timeoutMs,
    failure(code): WriteBackError {
      const message =
        code === "timeout"
          ? `${name} did not answer within ${timeoutMs / 1000} s`
          : `the cycle was cancelled before ${name} answered`;
      return new WriteBackError(code, message, { target: name });
    },
  };
}

function missingResult(entry: Addressed): WriteBackError {
  const message = `the write-back target gave no result for ${nameOf(entry)}`;
  return new WriteBackError("invalid-response", message, { target: nameOf(entry) });
}

function failed(error: unknown): Failed {
  return { kind: "failed", error: summarizeFailure(error) };
}

function redacted({ error }: Failed): Failed {
  return { kind: "failed", error: redactError(error) };
}

function nameOf({ application }: Addressed): string {
  return `${application.namespace}/${application.name}`;
}

/** The text of a file, without a byte order mark; undefined when it is missing or not UTF-8. */
export function textOfFile(
  files: ReadonlyMap<string, Uint8Array | undefined>,
  path: string,
): string | undefined {
  const bytes = files.get(path);
  if (bytes === undefined) return undefined;
  try {
    return utf8.encode(bytes).replace(/^\uFEFF/u, "");
  } catch {
    return undefined;
  }
}
