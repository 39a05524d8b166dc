import { sha256 } from "@noble/hashes/sha2.js";
import { hex, utf8 } from "@scure/base";
import { summarizeError } from "../errors/image-updater-error.js";
import { WriteBackError, type WriteBackErrorCode } from "../errors/write-back-error.js";
import { applyEdit } from "../overrides/apply-edit.js";
import type { FileEdit } from "../ports/edits.js";
import type {
  ReadResult,
  WriteBackChange,
  WriteBackLocation,
  WriteBackTarget,
  WriteResult,
} from "../ports/write-back-target.js";

/** Repositories of a test: URL to branch to path to text. */
export type GitFixture = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>
>;

/** Settings of {@link inMemoryGit}. */
export interface InMemoryGitSettings {
  readonly repositories: GitFixture;
  /** What `HEAD` means. Default `main`. */
  readonly defaultBranch?: string | undefined;
  /** Makes every write fail with this code. */
  readonly failWrites?: WriteBackErrorCode | undefined;
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
  readonly commits: readonly MemoryCommit[];
  /** Text of a file; undefined when it does not exist. */
  file(repository: string, branch: string, path: string): string | undefined;
}

type Branch = Map<string, Uint8Array>;

/** A `WriteBackTarget` for the `git` method, in memory. Keeps the contract of the port. */
export function inMemoryGit(settings: InMemoryGitSettings): InMemoryGit {
  const branches = new Map<string, Branch>();
  const commits: MemoryCommit[] = [];
  for (const [repository, byBranch] of Object.entries(settings.repositories)) {
    for (const [branch, files] of Object.entries(byBranch)) {
      const entries = Object.entries(files).map(
        ([path, text]) => [path, utf8.decode(text)] as const,
      );
      branches.set(keyOf(repository, branch), new Map(entries));
    }
  }

  function open(location: WriteBackLocation): { readonly name: string; readonly files: Branch } {
    const base = location.base ?? settings.defaultBranch ?? "main";
    const name = location.branch ?? base;
    const found =
      branches.get(keyOf(location.repository, name)) ??
      branches.get(keyOf(location.repository, base));
    if (found !== undefined) return { name, files: found };
    const known = settings.repositories[location.repository] !== undefined;
    const code = known ? "branch-not-found" : "not-found";
    const message = known
      ? `${location.repository} has no branch "${base}"`
      : `there is no repository ${location.repository}`;
    throw new WriteBackError(code, message, { target: location.repository, branch: base });
  }

  function writeOne(change: WriteBackChange): WriteResult {
    const location = locationOf(change);
    const { name, files } = open(location);
    const next = new Map(files);
    const edited = change.edits.filter((edit) => edit.kind !== "application-patch");
    const paths = edited.flatMap((edit) => editFile(next, edit));
    if (paths.length === 0) return { kind: "unchanged" };
    if (settings.failWrites !== undefined) {
      const message = `${location.repository} refuses the push`;
      throw new WriteBackError(settings.failWrites, message, { target: location.repository });
    }
    branches.set(keyOf(location.repository, name), next);
    const author = change.author ?? {
      name: "argocd-image-updater",
      email: "noreply@argoproj.io",
    };
    commits.push({
      repository: location.repository,
      branch: name,
      message: change.message,
      author: `${author.name} <${author.email}>`,
      paths,
    });
    const revision = hex.encode(sha256(utf8.decode(JSON.stringify(commits)))).slice(0, 40);
    return { kind: "written", revision, branch: name, paths };
  }

  return {
    contract: "write-back-target/1",
    commits,
    accepts: ({ method }) => method === "git",
    file(repository, branch, path): string | undefined {
      const bytes = branches.get(keyOf(repository, branch))?.get(path);
      return bytes === undefined ? undefined : utf8.encode(bytes);
    },
    read(reads): Promise<readonly ReadResult[]> {
      return settleEach(reads, (read): ReadResult => {
        const { files } = open(locationOf(read));
        return { kind: "read", files: new Map(read.paths.map((path) => [path, files.get(path)])) };
      });
    },
    write(changes): Promise<readonly WriteResult[]> {
      return settleEach(changes, writeOne);
    },
  };
}

function settleEach<T, R>(
  entries: readonly T[],
  work: (entry: T) => R,
): Promise<
  readonly (R | { readonly kind: "failed"; readonly error: ReturnType<typeof summarizeError> })[]
> {
  return Promise.resolve(
    entries.map((entry) => {
      try {
        return work(entry);
      } catch (error) {
        return { kind: "failed", error: summarizeError(error) };
      }
    }),
  );
}

function editFile(files: Branch, edit: FileEdit): readonly string[] {
  const candidates = edit.kind === "kustomization" ? edit.candidates : [edit.path];
  const path = candidates.find((candidate) => files.has(candidate)) ?? edit.path;
  const bytes = applyEdit(edit, files.get(path));
  if (bytes === "unchanged") return [];
  files.set(path, bytes);
  return [path];
}

function locationOf(entry: {
  readonly location?: WriteBackLocation | undefined;
  readonly application: { readonly name: string };
}): WriteBackLocation {
  if (entry.location !== undefined) return entry.location;
  const message = `application ${entry.application.name} has no repository to write to`;
  throw new WriteBackError("unsupported", message, { target: entry.application.name });
}

function keyOf(repository: string, branch: string): string {
  return JSON.stringify([repository, branch]);
}
