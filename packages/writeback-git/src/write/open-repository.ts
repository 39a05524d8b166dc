import { repositoryPathProblem, type Clock, type CommitAuthor } from "@image-updater/core";
import {
  type createRepositoryMemories,
  openGitRemote,
  type RepositoryUrl,
} from "@image-updater/git-remote";
import type { Connections } from "../access/connections.js";
import type { InstallationTokens } from "../access/github-app/installation-tokens.js";
import { openAccess, type AccessRequest } from "../access/open-access.js";
import type { GitWriteBackSettings } from "../git-write-back-settings.js";
import { DEFAULT_DEADLINE_MS, retryUntilDeadline } from "../retry.js";
import type { PullRequestOptions, RepositoryWork } from "./repository-work.js";
import type { Login } from "./work-with-credential.js";

/** What all calls of one write-back share. */
export interface WriteBackContext {
  readonly settings: GitWriteBackSettings;
  readonly clock: Clock;
  readonly memories: ReturnType<typeof createRepositoryMemories>;
  readonly connections: Connections;
  readonly installations: InstallationTokens;
}

/** Default of `requestTimeoutMs`, in milliseconds. docs/deadlines.md has it, too. */
export const DEFAULT_REQUEST_TIMEOUT_MS = 90_000;

const DEFAULT_AUTHOR: CommitAuthor = {
  name: "argocd-image-updater",
  email: "noreply@argoproj.io",
};

/**
 * Opens a repository with a credential, and as the settings say; more than once if that is what a busy
 * server needs. Whoever has it calls its `close` in the end.
 */
export async function openRepository(
  { settings, clock, memories, connections, installations }: WriteBackContext,
  address: RepositoryUrl,
  { credential, refusedToken }: Login,
  signal: AbortSignal | undefined,
): Promise<RepositoryWork> {
  const { dispatcher, knownHosts, author = DEFAULT_AUTHOR, random = Math.random } = settings;
  const {
    requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS,
    deadlineMs = DEFAULT_DEADLINE_MS,
    allowHttp = false,
  } = settings;
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
    remote: openGitRemote({
      transport,
      memory,
      preferences: { maxPackBytes, prefer },
      pathProblem: repositoryPathProblem,
    }),
    author,
    signer: settings.signer,
    signOff: settings.signOff,
    commits: settings.commits,
    commitMethod: settings.commitMethod,
    limits,
    forge,
    pullRequests: pullRequestOptions(settings, requestTimeoutMs),
    close,
  };
}

function pullRequestOptions(
  {
    pullRequests: { supersede = "close", apiUrls = {} } = {},
    allowHttp = false,
  }: GitWriteBackSettings,
  requestTimeoutMs: number,
): PullRequestOptions {
  return { supersede, apiUrls, allowHttp, requestTimeoutMs };
}
