import { GitRemoteError } from "../git-remote-error.js";
import { ProtocolError } from "../protocol-error.js";
import type { GitTransport } from "../transport/git-transport.js";
import { readGreeting } from "../wire/greeting.js";
import { encodeLsRefs, readLsRefs } from "../wire/ls-refs.js";
import type { RefAdvertisement } from "../wire/ref-advertisement.js";
import type { ServerFeatures } from "../wire/server-features.js";
import { branchRef, isBranchName, shortName, tagRef, type BranchNames } from "./branch.js";
import type { RepositoryMemory } from "./repository-memory.js";

/** Whom to ask, and what is known already. */
export interface LookUp {
  readonly transport: GitTransport;
  readonly memory: RepositoryMemory;
}

const MAX_REFS_BYTES = 64 * 1024 * 1024;

/**
 * Asks for the references that locations name, in one request where the server is known.
 *
 * A known server that does not answer as it did before is greeted anew. Before protocol version 2,
 * the answer holds all references there are.
 */
export async function lookUpRefs(
  { transport, memory }: LookUp,
  locations: readonly BranchNames[],
  signal: AbortSignal | undefined,
): Promise<RefAdvertisement> {
  transport.renew?.();
  const { features } = memory.server();
  if (features !== undefined) {
    try {
      return await listBranches(transport, features, locations, signal);
    } catch (error) {
      if (!mayHaveChanged(error)) throw error;
      memory.forget();
    }
  }
  const greeting = await readGreeting(transport.greeting(signal));
  if (greeting.version === 0) return greeting.advertisement;
  // Of other objects it would say nothing that makes sense here.
  if (greeting.features.objectFormat !== "sha1") return emptyAdvertisement(greeting.features);
  memory.learn({ features: greeting.features });
  return listBranches(transport, greeting.features, locations, signal);
}

async function listBranches(
  transport: GitTransport,
  features: ServerFeatures,
  locations: readonly BranchNames[],
  signal: AbortSignal | undefined,
): Promise<RefAdvertisement> {
  const list = async (prefixes: readonly string[]): ReturnType<typeof readLsRefs> => {
    const request = encodeLsRefs(features, prefixes);
    return readLsRefs(transport.uploadPack(request, { maxBytes: MAX_REFS_BYTES, signal }));
  };
  const { refs, head } = await list(["HEAD", ...namedBranches(locations)]);
  const tags = missingBases(locations, refs);
  if (tags.length === 0) return { refs, head, features };
  // Only to say what is there instead of a branch.
  const more = await list(tags);
  return { refs: new Map([...refs, ...more.refs]), head, features };
}

function namedBranches(locations: readonly BranchNames[]): readonly string[] {
  const names = locations.flatMap(({ base, branch }) => [shortName(base), shortName(branch)]);
  const branches = names.flatMap((name) =>
    name !== undefined && isBranchName(name) ? [branchRef(name)] : [],
  );
  return [...new Set(branches)];
}

/** Names to read from that are not branch, as tags, where there is no branch to push either. */
function missingBases(
  locations: readonly BranchNames[],
  refs: ReadonlyMap<string, string>,
): readonly string[] {
  const isMissing = (name: string | undefined): boolean =>
    name === undefined || !refs.has(branchRef(name));
  return locations.flatMap(({ base, branch }) => {
    const name = shortName(base);
    const isWanted = name !== undefined && isBranchName(name);
    return isWanted && isMissing(name) && isMissing(shortName(branch)) ? [tagRef(name)] : [];
  });
}

function mayHaveChanged(error: unknown): boolean {
  if (error instanceof ProtocolError) return true;
  return (
    GitRemoteError.is(error) && (error.kind === "invalid-response" || error.kind === "not-found")
  );
}

function emptyAdvertisement(features: ServerFeatures): RefAdvertisement {
  return { refs: new Map(), head: undefined, features };
}
