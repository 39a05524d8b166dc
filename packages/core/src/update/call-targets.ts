import { utf8 } from "@scure/base";
import { summarizeError } from "../errors/image-updater-error.js";
import { WriteBackError } from "../errors/write-back-error.js";
import type { CancelSignal } from "../ports/cancel-signal.js";
import type { Clock } from "../ports/clock.js";
import type { WriteBackSettings } from "../ports/write-back-settings.js";
import type {
  ReadResult,
  WriteBackChange,
  WriteBackRead,
  WriteBackTarget,
  WriteResult,
} from "../ports/write-back-target.js";
import { withDeadline } from "./deadline.js";

/** What calling write-back targets needs. */
export interface TargetCallSettings {
  readonly targets: readonly WriteBackTarget[];
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: CancelSignal | undefined;
}

/** Reads through the first target that accepts each entry; one call per target. Never throws. */
export function readTargets(
  reads: readonly WriteBackRead[],
  settings: TargetCallSettings,
): Promise<readonly ReadResult[]> {
  return callTargets(reads, settings, (target, entries) =>
    target.read(entries, { signal: settings.signal }),
  );
}

/** Writes through the first target that accepts each change; one call per target. Never throws. */
export function writeTargets(
  changes: readonly WriteBackChange[],
  settings: TargetCallSettings,
): Promise<readonly WriteResult[]> {
  return callTargets(changes, settings, (target, entries) =>
    target.write(entries, { signal: settings.signal }),
  );
}

interface Addressed {
  readonly application: { readonly name: string; readonly namespace: string };
  readonly settings: WriteBackSettings;
}

async function callTargets<T extends Addressed, R>(
  entries: readonly T[],
  settings: TargetCallSettings,
  call: (target: WriteBackTarget, entries: readonly T[]) => Promise<readonly R[]>,
): Promise<
  readonly (R | { readonly kind: "failed"; readonly error: ReturnType<typeof summarizeError> })[]
> {
  const groups = groupByTarget(entries, settings.targets);
  const results = new Map<T, R>();
  const failures = new Map<T, unknown>();
  await Promise.all(
    [...groups].map(async ([target, group]) => {
      try {
        if (target === undefined) throw noTarget(group);
        const answers = await withDeadline(
          settings.clock,
          settings.timeoutMs,
          call(target, group),
          () => noAnswer(group, settings.timeoutMs),
        );
        for (const [index, entry] of group.entries()) {
          const answer = answers[index];
          if (answer === undefined) failures.set(entry, missingResult(entry));
          else results.set(entry, answer);
        }
      } catch (error) {
        for (const entry of group) failures.set(entry, error);
      }
    }),
  );
  return entries.map(
    (entry) => results.get(entry) ?? { kind: "failed", error: summarizeError(failures.get(entry)) },
  );
}

function groupByTarget<T extends Addressed>(
  entries: readonly T[],
  targets: readonly WriteBackTarget[],
): ReadonlyMap<WriteBackTarget | undefined, readonly T[]> {
  const groups = new Map<WriteBackTarget | undefined, T[]>();
  for (const entry of entries) {
    const target = targets.find((candidate) => candidate.accepts(entry.settings));
    const group = groups.get(target);
    if (group === undefined) groups.set(target, [entry]);
    else group.push(entry);
  }
  return groups;
}

function noTarget(group: readonly Addressed[]): WriteBackError {
  const [entry] = group;
  const message = `no write-back target accepts method "${entry?.settings.method ?? ""}"; pass one in the updater's writeBack setting`;
  return new WriteBackError("no-target", message, { target: nameOf(entry) });
}

function noAnswer(group: readonly Addressed[], ms: number): WriteBackError {
  const message = `the write-back target did not answer within ${ms / 1000} s`;
  return new WriteBackError("timeout", message, { target: nameOf(group[0]) });
}

function missingResult(entry: Addressed): WriteBackError {
  const message = `the write-back target gave no result for ${nameOf(entry)}`;
  return new WriteBackError("invalid-response", message, { target: nameOf(entry) });
}

function nameOf(entry: Addressed | undefined): string {
  return entry === undefined ? "" : `${entry.application.namespace}/${entry.application.name}`;
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
