import { sha256 } from "@noble/hashes/sha2.js";
import { hex, utf8 } from "@scure/base";
import { summarizeError, type ErrorSummary } from "../errors/image-updater-error.js";
import { WriteBackError } from "../errors/write-back-error.js";
import { applyEdit } from "../overrides/apply-edit.js";
import type { CallOptions, CancelSignal } from "../ports/cancel-signal.js";
import type { FileEdit } from "../ports/edits.js";
import type {
  ReadResult,
  WriteBackChange,
  WriteBackLocation,
  WriteBackRead,
  WriteBackTarget,
  WriteResult,
} from "../ports/write-back-target.js";
import { redactUserInfo } from "../update/redact-user-info.js";
import { createGitFaults, type GitFault } from "./git-fault.js";

/** Repositories of a test: URL to branch to path to text. */
export type GitFixture = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>
>;

/** Settings of {@link inMemoryGit}. */
export interface InMemoryGitSettings {
  readonly repositories: GitFixture;
  /** What `HEAD` means. Default `main`. */
  readonly defaultBranch?: string | undefined;
  readonly faults?: readonly GitFault[] | undefined;
}

/** A commit of {@link inMemoryGit}. */
export interface MemoryCommit {
  readonly repository: string;
  readonly branch: string;
  readonly message: string;
  readonly author: string;
  readonly paths: readonly string[];
}

/** A `WriteBackTarget` whose repositories a test can look into. */
export interface InMemoryGit extends WriteBackTarget {
  /** What was committed, oldest first. */
  readonly commits: readonly MemoryCommit[];
  /** What was asked for, in order: one line per repository of a call, `read <url>`, `write <url>`. */
  readonly calls: readonly string[];
  /** Text of a file; undefined when it does not exist. */
  file(repository: string, branch: string, path: string): string | undefined;
}

type Branch = ReadonlyMap<string, Uint8Array>;

/** A `WriteBackTarget` for the `git` method, in memory. Keeps the contract of the port. */
export function inMemoryGit(settings: InMemoryGitSettings): InMemoryGit {
  const repositories = openFixture(settings.repositories);
  const step = createGitFaults(settings.faults ?? []);
  const commits: MemoryCommit[] = [];
  const calls: string[] = [];

  function open(location: WriteBackLocation): { readonly name: string; readonly files: Branch } {
    const { repository, base = settings.defaultBranch ?? "main", branch = base } = location;
    const branches = repositories.get(repository);
    const files = branches?.get(branch) ?? branches?.get(base);
    if (files !== undefined) return { name: branch, files };
    const target = redactUserInfo(repository);
    throw branches === undefined
      ? new WriteBackError("not-found", `there is no repository ${target}`, { target })
      : new WriteBackError("branch-not-found", `${target} has no branch "${base}"`, {
          target,
          branch: base,
        });
  }

  async function readOne(
    read: WriteBackRead,
    signal: CancelSignal | undefined,
  ): Promise<ReadResult> {
    const location = locationOf(read);
    await step("read", location.repository, signal);
    const { files } = open(location);
    return { kind: "read", files: new Map(read.paths.map((path) => [path, files.get(path)])) };
  }

  async function writeOne(
    change: WriteBackChange,
    signal: CancelSignal | undefined,
  ): Promise<WriteResult> {
    const { repository, ...branch } = locationOf(change);
    if (editFiles(open({ repository, ...branch }).files, change).paths.length === 0) {
      return { kind: "unchanged" };
    }
    await step("write", repository, signal);
    // Others may have written meanwhile: the edits run on what is there now.
    const { name, files } = open({ repository, ...branch });
    const { next, paths } = editFiles(files, change);
    repositories.get(repository)?.set(name, next);
    commits.push({
      repository,
      branch: name,
      message: change.message,
      author: authorOf(change),
      paths,
    });
    const revision = hex.encode(sha256(utf8.decode(JSON.stringify(commits)))).slice(0, 40);
    return { kind: "written", revision, branch: name, paths };
  }

  return {
    contract: "write-back-target/1",
    commits,
    calls,
    accepts: ({ method }) => method === "git",
    file(repository, branch, path): string | undefined {
      const bytes = repositories.get(repository)?.get(branch)?.get(path);
      return bytes === undefined ? undefined : utf8.encode(bytes);
    },
    read(reads, options): Promise<readonly ReadResult[]> {
      calls.push(...repositoriesOf(reads).map((repository) => `read ${repository}`));
      return settleEach(reads, options, readOne);
    },
    write(changes, options): Promise<readonly WriteResult[]> {
      calls.push(...repositoriesOf(changes).map((repository) => `write ${repository}`));
      return settleEach(changes, options, writeOne);
    },
  };
}

function openFixture(fixture: GitFixture): ReadonlyMap<string, Map<string, Branch>> {
  return new Map(
    Object.entries(fixture).map(([repository, branches]) => [
      repository,
      new Map(Object.entries(branches).map(([branch, files]) => [branch, openBranch(files)])),
    ]),
  );
}

function openBranch(files: Readonly<Record<string, string>>): Branch {
  return new Map(Object.entries(files).map(([path, text]) => [path, utf8.decode(text)]));
}

/** One after the other, as on one branch; a failure is the entry's own. */
async function settleEach<T, R>(
  entries: readonly T[],
  options: CallOptions | undefined,
  work: (entry: T, signal: CancelSignal | undefined) => Promise<R>,
): Promise<readonly (R | { readonly kind: "failed"; readonly error: ErrorSummary })[]> {
  const results: (R | { readonly kind: "failed"; readonly error: ErrorSummary })[] = [];
  for (const entry of entries) {
    try {
      results.push(await work(entry, options?.signal));
    } catch (error) {
      results.push({ kind: "failed", error: summarizeError(error) });
    }
  }
  return results;
}

function editFiles(
  files: Branch,
  { edits }: WriteBackChange,
): { readonly next: Branch; readonly paths: readonly string[] } {
  const next = new Map(files);
  const paths = edits
    .filter((edit) => edit.kind !== "application-patch")
    .flatMap((edit) => editFile(next, edit));
  return { next, paths };
}

function editFile(files: Map<string, Uint8Array>, edit: FileEdit): readonly string[] {
  const candidates = edit.kind === "kustomization" ? edit.candidates : [edit.path];
  const path = candidates.find((candidate) => files.has(candidate)) ?? edit.path;
  const bytes = applyEdit(edit, files.get(path));
  if (bytes === "unchanged") return [];
  files.set(path, bytes);
  return [path];
}

function authorOf({ author }: WriteBackChange): string {
  const { name, email } = author ?? {
    name: "argocd-image-updater",
    email: "noreply@argoproj.io",
  };
  return `${name} <${email}>`;
}

function repositoriesOf(entries: readonly Pick<WriteBackRead, "location">[]): readonly string[] {
  return [...new Set(entries.map(({ location }) => location?.repository ?? ""))];
}

function locationOf({
  location,
  application,
}: Pick<WriteBackRead, "location" | "application">): WriteBackLocation {
  if (location !== undefined) return location;
  const message = `application ${application.name} has no repository to write to`;
  throw new WriteBackError("unsupported", message, { target: application.name });
}
