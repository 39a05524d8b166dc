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
import { withDeadline } from "./deadline.js";
import type { KeyedSemaphore } from "./keyed-semaphore.js";
import { redactUserInfo } from "./redact-user-info.js";
import { redactError, summarizeFailure } from "./summarize-failure.js";

/** What calling write-back targets needs. */
export interface TargetCallSettings {
  readonly targets: readonly WriteBackTarget[];
  readonly clock: Clock;
  /** Time for one call, in milliseconds. */
  readonly readTimeoutMs: number;
  readonly writeTimeoutMs: number;
  /** Bounds the calls to one host at the same time. */
  readonly turns: KeyedSemaphore;
  readonly signal: CancelSignal | undefined;
}

/** A call that takes longer than this lets the next of its host begin, in milliseconds. */
export const LEND_TARGET_AFTER_MS = 10_000;

/**
 * Reads through the first target that accepts each entry; one call per repository. Each answer comes
 * when its call ends, whatever the others do. None of them rejects.
 */
export function readTargets(
  reads: readonly WriteBackRead[],
  settings: TargetCallSettings,
): readonly Promise<ReadResult>[] {
  const { signal, clock, readTimeoutMs: ms } = settings;
  return callTargets(reads, settings, repositoryOf, async (target, entries, name) => {
    const failure = failureOf(name, ms);
    const answers = await withDeadline({ clock, ms, signal, failure }, (call) =>
      target.read(entries, { signal: call.signal }),
    );
    return entries.map((entry, index) => checkRead(entry, answers[index]));
  });
}

/**
 * Writes through the first target that accepts each change; one call per {@link branchOf}. Each answer
 * comes when its call ends, whatever the others do. None of them rejects.
 *
 * A write that has begun is waited for even when the cycle is cancelled: only the target knows what
 * was written.
 */
export function writeTargets(
  changes: readonly WriteBackChange[],
  settings: TargetCallSettings,
): readonly Promise<WriteResult>[] {
  const { signal, clock, writeTimeoutMs: ms } = settings;
  return callTargets(changes, settings, branchOf, async (target, entries, name) => {
    const failure = failureOf(name, ms);
    if (signal?.aborted === true) throw failure("cancelled");
    const answers = await withDeadline({ clock, ms, signal, onAbort: "wait", failure }, (call) =>
      target.write(entries, { signal: call.signal }),
    );
    return entries.map((entry, index) => checkWrite(entry, answers[index]));
  });
}

/** What tells where an entry is read or written. */
export type Addressed = Pick<WriteBackRead, "application" | "settings" | "location">;

/**
 * What is written with one push: a branch of a repository. Branches that are made for the occasion, of
 * pull requests and of templates, count as one with their base, so that it is read once for all of them.
 */
export function branchOf(entry: Addressed): string {
  const { location, settings } = entry;
  if (location === undefined) return nameOf(entry);
  const isOwn = settings.pullRequest !== undefined || settings.branchTemplate !== undefined;
  return JSON.stringify([repositoryOf(entry), location.base ?? "", isOwn]);
}

/** The repository, whatever its spelling, else the Application itself. */
function repositoryOf(entry: Addressed): string {
  if (entry.location === undefined) return nameOf(entry);
  return withoutEnding(redactUserInfo(entry.location.repository));
}

/** Without slashes and `.git` at the end; a URL is as long as its author likes. */
function withoutEnding(url: string): string {
  const bare = withoutSlashes(url);
  return withoutSlashes(bare.endsWith(".git") ? bare.slice(0, -4) : bare);
}

function withoutSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === "/") end -= 1;
  return text.slice(0, end);
}

/** Who answers: calls to one host wait for each other's turn, and for nobody else's. */
function hostOf(entry: Addressed): string {
  if (entry.location === undefined) return "";
  const url = redactUserInfo(entry.location.repository);
  const start = url.indexOf("://");
  const rest = start < 0 ? url.slice(url.indexOf("@") + 1) : url.slice(start + 3);
  return /^[^/:]*/u.exec(rest)?.[0] ?? "";
}

type Failed = { readonly kind: "failed"; readonly error: ErrorSummary };

/** Entries of one place, each with its position in the caller's list. */
interface Group<T> {
  readonly target: WriteBackTarget;
  /** How errors name the place. */
  readonly name: string;
  readonly turn: string;
  readonly entries: { readonly entry: T; readonly index: number }[];
}

/** One call per place, so that one which never answers takes no other with it. */
function callTargets<T extends Addressed, R extends ReadResult | WriteResult>(
  entries: readonly T[],
  { targets, turns }: TargetCallSettings,
  placeOf: (entry: T) => string,
  call: (target: WriteBackTarget, entries: readonly T[], name: string) => Promise<readonly R[]>,
): readonly Promise<R | Failed>[] {
  const results: Promise<R | Failed>[] = [];
  const groups = groupByPlace(entries, targets, placeOf, (index, error) => {
    results[index] = Promise.resolve(failed(error));
  });
  for (const { target, name, turn, entries: group } of groups) {
    const asked = group.map(({ entry }) => entry);
    const called = turns
      .run(turn, () => call(target, asked, name))
      .catch((error: unknown) => asked.map(() => failed(error)));
    for (const [position, { entry, index }] of group.entries()) {
      results[index] = called.then((answers) => answers[position] ?? failed(missingResult(entry)));
    }
  }
  return results;
}

function groupByPlace<T extends Addressed>(
  entries: readonly T[],
  targets: readonly WriteBackTarget[],
  placeOf: (entry: T) => string,
  onError: (index: number, error: unknown) => void,
): readonly Group<T>[] {
  const groups = new Map<string, Group<T>>();
  for (const [index, entry] of entries.entries()) {
    try {
      const target = findTarget(entry, targets);
      const number = targets.indexOf(target);
      const key = JSON.stringify([number, placeOf(entry)]);
      const turn = JSON.stringify([number, hostOf(entry)]);
      const group = groups.get(key) ?? { target, name: repositoryOf(entry), turn, entries: [] };
      group.entries.push({ entry, index });
      groups.set(key, group);
    } catch (error) {
      onError(index, error);
    }
  }
  return [...groups.values()];
}

function findTarget(entry: Addressed, targets: readonly WriteBackTarget[]): WriteBackTarget {
  const target = targets.find((candidate) => candidate.accepts(entry.settings));
  if (target !== undefined) return target;
  const message = `no write-back target accepts method "${entry.settings.method}"; pass one in the updater's writeBack setting`;
  throw new WriteBackError("no-target", message, { target: nameOf(entry) });
}

function failureOf(name: string, ms: number): (code: "timeout" | "cancelled") => WriteBackError {
  return (code) => {
    const message =
      code === "timeout"
        ? `${name} did not answer within ${ms / 1000} s`
        : `the cycle was cancelled before ${name} answered`;
    return new WriteBackError(code, message, { target: name });
  };
}

/** A target is somebody else's program: its answer is looked at before anybody counts on it. */
function checkRead(entry: Addressed, answer: ReadResult | undefined): ReadResult {
  if (isFailed(answer)) return { kind: "failed", error: redactError(answer.error) };
  if (answer?.kind === "read" && typeof answer.files.get === "function") return answer;
  return failed(missingResult(entry));
}

function checkWrite(entry: Addressed, answer: WriteResult | undefined): WriteResult {
  if (isFailed(answer)) return { kind: "failed", error: redactError(answer.error) };
  if (answer?.kind === "written" || answer?.kind === "unchanged") return answer;
  return failed(missingResult(entry));
}

function missingResult(entry: Addressed): WriteBackError {
  const message = `the write-back target gave no result for ${nameOf(entry)}`;
  return new WriteBackError("invalid-response", message, { target: nameOf(entry) });
}

function failed(error: unknown): Failed {
  return { kind: "failed", error: summarizeFailure(error) };
}

function isFailed(answer: ReadResult | WriteResult | undefined): answer is Failed {
  return answer?.kind === "failed" && typeof answer.error.message === "string";
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
