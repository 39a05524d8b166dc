import {
  summarizeError,
  type CallOptions,
  type Clock,
  type CommitAuthor,
  type CredentialProvider,
  type ErrorSummary,
  type GitCredential,
  type GitCredentialRequest,
  type WriteBackTarget,
} from "@image-updater/core";
import type { Dispatcher } from "undici";
import { openAccess } from "./access/open-access.js";
import { hostClock } from "./host-clock.js";
import { nameProtocolError } from "./protocol-error.js";
import { readRepository } from "./read-repository.js";
import { openGitRemote } from "./repository/git-remote.js";
import {
  groupByRepository,
  type Located,
  type RepositoryGroup,
} from "./repository/group-by-repository.js";
import { createRepositoryMemories } from "./repository/repository-memory.js";
import { runLimited } from "./run-limited.js";
import { cancelledError } from "./transport/http-transport.js";
import { writeRepository, type RepositoryWork } from "./write-repository.js";

/** Settings of {@link createGitWriteBack}. All are optional; a public server needs none. */
export interface GitWriteBackSettings {
  /** Asked once per repository and call. Without it, access is anonymous or as the URL says. */
  readonly credentials?: Pick<CredentialProvider, "forGit"> | undefined;
  /** Replaces undici's global dispatcher: proxies, private CAs, tests. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Who commits where a change names nobody. Default: `argocd-image-updater <noreply@argoproj.io>`. */
  readonly author?: CommitAuthor | undefined;
  /** Whether plain `http://` URLs are written to, credentials unprotected. Default: false. */
  readonly allowHttp?: boolean | undefined;
  /** How long lost races are tried again. Default: 60 000. */
  readonly deadlineMs?: number | undefined;
  /** For one HTTP request, from beginning to end. Default: 90 000. */
  readonly requestTimeoutMs?: number | undefined;
  /** The largest pack that is downloaded; it is held in memory. Default: 512 MiB. */
  readonly maxPackBytes?: number | undefined;
  /**
   * What costs more where this runs, when a server lets us choose: bytes, or the time of a request.
   * Default: `fewer-bytes`.
   */
  readonly prefer?: "fewer-bytes" | "fewer-requests" | undefined;
  /** For folders and files that are remembered between calls, in memory. Default: 32 MiB. */
  readonly cacheBytes?: number | undefined;
  /** Dates commits and times pauses. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Spreads the pauses between attempts, from 0 to 1. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

const DEFAULT_AUTHOR: CommitAuthor = {
  name: "argocd-image-updater",
  email: "noreply@argoproj.io",
};
const REPOSITORIES_AT_ONCE = 4;

/**
 * A {@link WriteBackTarget} that commits to Git repositories over HTTP(S), without a checkout.
 *
 * ```ts
 * const git = createGitWriteBack({ credentials });
 * ```
 *
 * One commit per change, one push per branch, never a forced one: edits are applied again to what
 * somebody else pushed in between. Only what the edits touch is downloaded, where the server lets us
 * choose. It leaves nothing on disk, and remembers a bounded part of what it has seen in memory.
 */
export function createGitWriteBack(settings: GitWriteBackSettings = {}): WriteBackTarget {
  const { cacheBytes = 32 * 1024 * 1024, clock = hostClock() } = settings;
  const memories = createRepositoryMemories({ cacheBytes, clock });
  const context: Context = { settings, clock, memories };
  return {
    contract: "write-back-target/1",
    accepts: ({ method }) => method === "git",
    read: (reads, options) =>
      forEachRepository(context, reads, options, (work, { entries }) =>
        readRepository(work, entries),
      ),
    write: (changes, options) =>
      forEachRepository(context, changes, options, (work, { entries }) =>
        writeRepository(work, entries),
      ),
  };
}

/** What all calls of one write-back share. */
interface Context {
  readonly settings: GitWriteBackSettings;
  readonly clock: Clock;
  readonly memories: ReturnType<typeof createRepositoryMemories>;
}

interface Failed {
  readonly kind: "failed";
  readonly error: ErrorSummary;
}

async function forEachRepository<T extends Located, R>(
  context: Context,
  items: readonly T[],
  options: CallOptions | undefined,
  run: (work: RepositoryWork, group: RepositoryGroup<T>) => Promise<ReadonlyMap<number, R>>,
): Promise<readonly (R | Failed)[]> {
  const rules = { allowHttp: context.settings.allowHttp ?? false };
  const { groups, failures } = groupByRepository(items, rules);
  const results = new Map<number, R | Failed>();
  for (const [index, error] of failures) results.set(index, failure(error));
  await runLimited(groups, REPOSITORIES_AT_ONCE, async (group) => {
    try {
      const work = await openRepository(context, group, options?.signal);
      try {
        for (const [index, result] of await run(work, group)) results.set(index, result);
      } finally {
        work.close?.();
      }
    } catch (cause) {
      const error = nameProtocolError(cause, group.address.url);
      for (const { index } of group.entries) results.set(index, failure(error));
    }
  });
  return items.map((_, index) => results.get(index) ?? failure(new TypeError("no result")));
}

function failure(error: unknown): Failed {
  return { kind: "failed", error: summarizeError(error) };
}

async function openRepository(
  { settings, clock, memories }: Context,
  { address, credential }: Pick<RepositoryGroup<unknown>, "address" | "credential">,
  signal: AbortSignal | undefined,
): Promise<RepositoryWork> {
  if (signal?.aborted === true) throw cancelledError(address.url);
  const { dispatcher, author = DEFAULT_AUTHOR, random = Math.random } = settings;
  const { requestTimeoutMs = 90_000, deadlineMs = 60_000 } = settings;
  const { maxPackBytes = 512 * 1024 * 1024, prefer = "fewer-bytes" } = settings;
  const given = await askCredential(settings, { ...credential, signal });
  const { transport, identity, forge, close } = await openAccess(
    { dispatcher, requestTimeoutMs },
    {
      address,
      credential: given,
      greeting: {
        base: (identity) => memories(address.key, identity).server().base,
        found: (identity, base) => memories(address.key, identity).learn({ base }),
      },
      signal,
    },
  );
  const memory = memories(address.key, identity);
  return {
    remote: openGitRemote({ transport, memory, preferences: { maxPackBytes, prefer } }),
    author,
    limits: { target: address.url, clock, random, deadlineMs, signal },
    forge,
    close,
  };
}

async function askCredential(
  { credentials }: GitWriteBackSettings,
  request: GitCredentialRequest,
): Promise<GitCredential> {
  return (await credentials?.forGit(request)) ?? { kind: "anonymous" };
}
