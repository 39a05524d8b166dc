import {
  summarizeError,
  type CallOptions,
  type Clock,
  type CommitAuthor,
  type CredentialProvider,
  type GitCredential,
  type GitCredentialRequest,
  type WriteBackTarget,
} from "@image-updater/core";
import type { Dispatcher } from "undici";
import { createConnections, type Connections } from "./access/connections.js";
import {
  createInstallationTokens,
  type InstallationTokens,
} from "./access/github-app/installation-tokens.js";
import { openAccess, type AccessRequest } from "./access/open-access.js";
import { hostClock } from "./host-clock.js";
import { nameProtocolError } from "./protocol-error.js";
import { readRepository } from "./read-repository.js";
import { openGitRemote } from "./repository/git-remote.js";
import {
  groupByRepository,
  type Located,
  type RepositoryGroup,
} from "./repository/group-by-repository.js";
import { joinGroups } from "./repository/join-groups.js";
import { createRepositoryMemories } from "./repository/repository-memory.js";
import { retryUntilDeadline } from "./retry.js";
import { runLimited } from "./run-limited.js";
import type { Signer } from "./signing/signer.js";
import { cancelledError } from "./transport/http-transport.js";
import {
  workWithCredential,
  type AttemptResults,
  type Failed,
  type Login,
} from "./work-with-credential.js";
import {
  writeRepository,
  type PullRequestOptions,
  type RepositoryWork,
} from "./write-repository.js";

/** Settings of {@link createGitWriteBack}. All are optional; a public server needs none. */
export interface GitWriteBackSettings {
  /**
   * Asked once per repository and call, and once more when what it answered is refused. Without it,
   * access is anonymous or as the URL says.
   */
  readonly credentials?: Pick<CredentialProvider, "forGit"> | undefined;
  /**
   * Replaces undici's global dispatcher: proxies, private CAs, tests. A credential that has `connection`
   * settings of its own is used with these alone, and not with this dispatcher.
   */
  readonly dispatcher?: Dispatcher | undefined;
  /** Who commits where a change names nobody. Default: `argocd-image-updater <noreply@argoproj.io>`. */
  readonly author?: CommitAuthor | undefined;
  /** Signs every commit that is pushed; GitHub signs those made by its API. Default: none is signed. */
  readonly signer?: Signer | undefined;
  /** Whether commit messages end in a `Signed-off-by` of whoever commits. Default: false. */
  readonly signOff?: boolean | undefined;
  /**
   * What shares a commit: the changes of one application, as upstream, or all changes of a branch.
   * Default: `per-application`.
   */
  readonly commits?: "per-application" | "one" | undefined;
  /**
   * What makes commits: a push, or the API of GitHub, whose commits are those of the GitHub App and
   * verified. Other credentials push all the same, and a note of the results says so. Default: `git`.
   */
  readonly commitMethod?: "git" | "api" | undefined;
  /**
   * Lines as in `known_hosts`, for SSH credentials that bring none. Default: none, and an SSH server is
   * refused.
   */
  readonly knownHosts?: string | undefined;
  /** Pull requests, for applications that ask for them; HTTPS credentials with a token are needed. */
  readonly pullRequests?: GitPullRequestSettings | undefined;
  /** Whether plain `http://` URLs are written to, credentials unprotected. Default: false. */
  readonly allowHttp?: boolean | undefined;
  /** How long lost races are tried again. Default: 60 000. */
  readonly deadlineMs?: number | undefined;
  /** For one HTTP request, or one over SSH with its connection, to the end. Default: 90 000. */
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

/** How pull requests are opened where an application's settings ask for them. */
export interface GitPullRequestSettings {
  /**
   * What becomes of open pull requests for the same files that a newer one takes the place of: they are
   * closed with a comment, unless somebody else committed to them, or kept. Default: `close`.
   */
  readonly supersede?: "close" | "keep" | undefined;
  /**
   * URL of a forge's API by the host of the repository, with the port if its URL has one:
   * `{ "git.example.com": "https://api.example.com/v4" }`. Default: where GitHub, GitLab and Gitea have
   * it by themselves, or as the credential of a GitHub App says.
   */
  readonly apiUrls?: Readonly<Record<string, string>> | undefined;
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
  const connections = createConnections();
  const installations = createInstallationTokens(clock);
  const context: Context = { settings, clock, memories, connections, installations };
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
  readonly connections: Connections;
  readonly installations: InstallationTokens;
}

type OpenGroup<T> = Pick<RepositoryGroup<T>, "address" | "entries">;

type Run<T, R> = (work: RepositoryWork, group: OpenGroup<T>) => Promise<ReadonlyMap<number, R>>;

async function forEachRepository<T extends Located, R>(
  context: Context,
  items: readonly T[],
  options: CallOptions | undefined,
  run: Run<T, R>,
): Promise<readonly (R | Failed)[]> {
  const rules = { allowHttp: context.settings.allowHttp ?? false };
  const { groups, failures } = groupByRepository(items, rules);
  const results = new Map<number, R | Failed>();
  for (const [index, error] of failures) results.set(index, failure(error));
  const signal = options?.signal;
  const ask = (
    group: RepositoryGroup<T>,
    more: Pick<GitCredentialRequest, "rejected">,
  ): Promise<GitCredential> =>
    askCredential(context.settings, { ...group.credential, ...more, signal });
  const answered = await runLimited(groups, REPOSITORIES_AT_ONCE, async (group) => {
    try {
      if (signal?.aborted === true) throw cancelledError(group.address.url);
      return [{ ...group, given: await ask(group, {}) }];
    } catch (error) {
      for (const { index } of group.entries) results.set(index, failure(error));
      return [];
    }
  });
  await runLimited(joinGroups(answered.flat()), REPOSITORIES_AT_ONCE, async (group) => {
    const worked = await workWithCredential<T, R>(group, {
      askAgain: (member) => ask(member, { rejected: true }),
      attempt: (entries, login) =>
        workOnEntries(context, { address: group.address, entries }, login, signal, run),
    });
    for (const [index, result] of worked) results.set(index, result);
  });
  return items.map((_, index) => results.get(index) ?? failure(new TypeError("no result")));
}

function failure(error: unknown): Failed {
  return { kind: "failed", error: summarizeError(error) };
}

async function workOnEntries<T, R>(
  context: Context,
  group: OpenGroup<T>,
  login: Login,
  signal: AbortSignal | undefined,
  run: Run<T, R>,
): Promise<AttemptResults<R>> {
  let work: RepositoryWork | undefined;
  try {
    work = await openRepository(context, group, login, signal);
    return { results: await run(work, group), token: work.forge?.token };
  } catch (cause) {
    const failed = failure(nameProtocolError(cause, group.address.url));
    const results = new Map(group.entries.map(({ index }) => [index, failed]));
    return { results, token: work?.forge?.token };
  } finally {
    work?.close?.();
  }
}

async function openRepository(
  { settings, clock, memories, connections, installations }: Context,
  { address }: Pick<RepositoryGroup<unknown>, "address">,
  { credential, refusedToken }: Login,
  signal: AbortSignal | undefined,
): Promise<RepositoryWork> {
  const { dispatcher, author = DEFAULT_AUTHOR, random = Math.random } = settings;
  const { requestTimeoutMs = 90_000, deadlineMs = 60_000, knownHosts } = settings;
  const { allowHttp = false } = settings;
  const { maxPackBytes = 512 * 1024 * 1024, prefer = "fewer-bytes" } = settings;
  const limits = { target: address.url, clock, random, deadlineMs, signal };
  const access = {
    dispatcher,
    requestTimeoutMs,
    knownHosts,
    allowHttp,
    connections,
    installations,
  };
  const greeting: AccessRequest["greeting"] = {
    base: (identity) => memories(address.key, identity).server().base,
    found: (identity, base) => memories(address.key, identity).learn({ base }),
  };
  const { transport, identity, forge, close } = await retryUntilDeadline(limits, async () => ({
    kind: "done",
    value: await openAccess(access, { address, credential, greeting, refusedToken, signal }),
  }));
  const memory = memories(address.key, identity);
  return {
    remote: openGitRemote({ transport, memory, preferences: { maxPackBytes, prefer } }),
    author,
    signer: settings.signer,
    signOff: settings.signOff,
    commits: settings.commits,
    commitMethod: settings.commitMethod,
    limits,
    forge,
    pullRequests: pullRequestOptions(settings.pullRequests, requestTimeoutMs),
    close,
  };
}

async function askCredential(
  { credentials }: GitWriteBackSettings,
  request: GitCredentialRequest,
): Promise<GitCredential> {
  return (await credentials?.forGit(request)) ?? { kind: "anonymous" };
}

function pullRequestOptions(
  { supersede = "close", apiUrls = {} }: GitPullRequestSettings = {},
  requestTimeoutMs: number,
): PullRequestOptions {
  return { supersede, apiUrls, requestTimeoutMs };
}
