import { decodeCommit, type CommitFacts } from "../objects/commit-object.js";
import type { ObjectCache } from "../objects/object-cache.js";
import { openPack } from "../objects/open-pack.js";
import type { PackLimits } from "../objects/pack-meter.js";
import type { GitTransport } from "../transport/git-transport.js";
import { encodeFetch, readFetchedPack } from "../wire/fetch-pack.js";
import type { ServerFeatures } from "../wire/server-features.js";

/** Which commits to list: those of a tip that are not in the history of a base. */
export interface CommitRange {
  readonly tip: string;
  readonly base: string;
  readonly features: ServerFeatures;
}

/** A commit by its id. */
export interface ListedCommit extends CommitFacts {
  readonly oid: string;
}

/** A write branch holds few commits; a history of its own is not downloaded. */
const MAX_BYTES = 4 * 1024 * 1024;
const LIMITS: PackLimits = {
  objects: 10_000,
  objectBytes: MAX_BYTES,
  totalBytes: 8 * MAX_BYTES,
};

/** Where to look for commits: among those at hand, then on the server. */
export interface CommitSources {
  readonly transport: GitTransport;
  /** What is found goes into it. */
  readonly known: ObjectCache;
}

/**
 * Lists the commits that a tip has beyond a base, the tip first; without their files where the server
 * lets us choose, and without asking it where all of them are known and follow each other.
 *
 * Throws `ProtocolError`: `too-large` when there are more than a branch of ours would have.
 */
export async function listCommits(
  { transport, known }: CommitSources,
  { tip, base, features }: CommitRange,
  signal: AbortSignal | undefined,
): Promise<readonly ListedCommit[]> {
  const chain = chainOf(known, tip, base);
  if (chain !== undefined) return chain;
  const filter = features.filter ? "tree:0" : undefined;
  const request = encodeFetch(features, { wants: [tip], haves: [base], shallow: false, filter });
  const answer = transport.uploadPack(request, { maxBytes: MAX_BYTES, signal });
  const pack = await openPack(await readFetchedPack(answer, features), LIMITS, signal);
  const commits = new Map<string, ListedCommit>();
  const waiting = [tip];
  for (const oid of waiting) {
    // What the server leaves out is in the history of the base.
    const object = commits.has(oid) ? undefined : pack.read(oid);
    if (object === undefined) continue;
    const commit = decodeCommit(oid, object.content);
    commits.set(oid, { oid, ...commit });
    known.set(oid, object);
    waiting.push(...commit.parents);
  }
  return [...commits.values()];
}

/** The commits from a tip down to a base, if each of them is known and has one parent. */
function chainOf(
  known: ObjectCache,
  tip: string,
  base: string,
): readonly ListedCommit[] | undefined {
  const chain: ListedCommit[] = [];
  for (let oid = tip; oid !== base;) {
    const object = known.get(oid);
    if (object?.type !== "commit" || chain.length >= LIMITS.objects) return undefined;
    const commit = decodeCommit(oid, object.content);
    const [parent, ...others] = commit.parents;
    if (parent === undefined || others.length > 0) return undefined;
    chain.push({ oid, ...commit });
    oid = parent;
  }
  return chain;
}
