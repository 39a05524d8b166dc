import { GitRemoteError } from "../git-remote-error.js";
import { loadPaths } from "../objects/load-paths.js";
import { createObjectStore, type ObjectStore } from "../objects/object-store.js";
import type { PathProblem } from "../objects/walk-path.js";
import { nameProtocolError, ProtocolError } from "../protocol-error.js";
import type { GitTransport } from "../transport/git-transport.js";
import { cancelledError } from "../transport/http-transport.js";
import type { PushReport } from "../wire/receive-pack.js";
import type { RefAdvertisement } from "../wire/ref-advertisement.js";
import type { ServerFeatures } from "../wire/server-features.js";
import type { BranchNames } from "./branch.js";
import { createObjectSource, type CommitHistory, type FetchPreferences } from "./fetch-objects.js";
import { listCommits, type CommitRange, type ListedCommit } from "./list-commits.js";
import { lookUpRefs } from "./look-up-refs.js";
import { pushPack, type PushRequest } from "./push-pack.js";
import type { RepositoryMemory } from "./repository-memory.js";

/** One repository on a server: what can be asked of it, with errors that name it. */
export interface GitRemote {
  /** The repository's URL for messages. */
  readonly target: string;
  /** As it was given. */
  readonly pathProblem: PathProblem;
  /** The branches that locations name, and what they point to now. */
  advertise(locations: readonly BranchNames[], signal?: AbortSignal): Promise<RefAdvertisement>;
  /** Downloads what some paths of one commit need; the store fetches what else is read. */
  fetch(request: RemoteFetch, signal?: AbortSignal): Promise<ObjectStore>;
  /**
   * The commits that a tip has beyond a base; `undefined` when there are very many, or the server does
   * not list them.
   */
  commitsBeyond(
    range: CommitRange,
    signal?: AbortSignal,
  ): Promise<readonly ListedCommit[] | undefined>;
  /**
   * Moves one reference, only if it is still where it was expected.
   *
   * When it throws `unavailable`, `timeout` or `invalid-response`, the outcome is unknown.
   */
  push(request: PushRequest, signal?: AbortSignal): Promise<PushReport>;
}

/** What to fetch: a commit, as an advertisement showed it or with its history, and the files to look at. */
export interface RemoteFetch {
  readonly oid: string;
  /** Needed for a commit that no branch points to. */
  readonly history?: CommitHistory | undefined;
  readonly paths: readonly string[];
  readonly features: ServerFeatures;
}

/** What a {@link GitRemote} is made of. */
export interface RemoteParts {
  readonly transport: GitTransport;
  readonly memory: RepositoryMemory;
  readonly preferences: FetchPreferences;
  /** Which paths must not be used, whatever is there. */
  readonly pathProblem: PathProblem;
}

/** A {@link GitRemote} that speaks protocol version 2, or 0 where the server does not, over a transport. */
export function openGitRemote({
  transport,
  memory,
  preferences,
  pathProblem,
}: RemoteParts): GitRemote {
  const { target } = transport;
  return {
    target,
    pathProblem,
    advertise: (locations, signal) =>
      named(transport, signal, async () => {
        const advertisement = await lookUpRefs({ transport, memory }, locations, signal);
        requireSha1(target, advertisement.features);
        return advertisement;
      }),
    fetch: async ({ oid, history, paths, features }, signal) => {
      requireShallow(target, features);
      const commit = { commit: oid, history, paths };
      const source = createObjectSource({
        transport,
        memory,
        features,
        preferences,
        ...commit,
        signal,
      });
      const objects = createObjectStore(memory.objects, (oids) =>
        named(transport, signal, () => source(oids)),
      );
      await named(transport, signal, () => loadPaths(objects, oid, paths, pathProblem));
      return objects;
    },
    commitsBeyond: (range, signal) =>
      named(transport, signal, () =>
        listCommits({ transport, known: memory.objects }, range, signal).catch((error: unknown) => {
          if (error instanceof ProtocolError || isTooLarge(error)) return undefined;
          throw error;
        }),
      ),
    push: (request, signal) =>
      named(transport, signal, () => pushPack({ transport, memory }, request, signal)),
  };
}

async function named<T>(
  transport: GitTransport,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted === true) throw cancelledError(transport.target);
    throw nameProtocolError(error, transport.target, (text) => transport.clean(text));
  }
}

/** Too much is told by the transport, or by whoever reads the answer. */
function isTooLarge(error: unknown): boolean {
  return GitRemoteError.is(error) && error.kind === "too-large";
}

/** Throws `unsupported` for a repository whose objects have other ids than this package can make. */
function requireSha1(target: string, { objectFormat }: ServerFeatures): void {
  if (objectFormat === "sha1") return;
  const message = `${target} has ${objectFormat} objects; only sha1 repositories are supported`;
  throw new GitRemoteError("unsupported", message, { target });
}

function requireShallow(target: string, { shallow }: ServerFeatures): void {
  if (shallow) return;
  const message = `the server of ${target} cannot send a single commit (no shallow fetch)`;
  throw new GitRemoteError("unsupported", message, { target });
}
