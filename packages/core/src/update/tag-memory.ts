import { formatCredentialReference } from "../config/parse-credential-reference.js";
import type { ResolvedRegistry } from "../config/resolve-registry.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { Clock } from "../ports/clock.js";
import type { FactsCache, FactsScope, RememberedTag } from "../ports/facts-cache.js";
import type { TagDetails } from "../ports/registry-client.js";
import { isTagDetails } from "./check-answers.js";

/** What was learnt about an image's tags in earlier cycles. Its failures are misses. */
export interface TagMemory {
  /** What the tag was when it was last seen; undefined when that is unknown or too long ago. */
  recallTag(tag: string): Promise<TagDetails | undefined>;
  /** What the digest points to. */
  recallDigest(digest: string): Promise<TagDetails | undefined>;
  /** Keeps what a tag was found to be; without a digest there is nothing to keep. */
  keep(tag: string, details: TagDetails): Promise<void>;
}

/** What the memory of one image needs. */
export interface TagMemorySettings {
  readonly cache: FactsCache;
  readonly clock: Pick<Clock, "now">;
  readonly tagTtlMs: number;
  readonly platforms: readonly string[];
}

/** Opens the memory of one image: of its repository, platforms and credentials, and of no others. */
export function openTagMemory(
  policy: ImagePolicy,
  { repository, endpoint }: ResolvedRegistry,
  { cache, clock, tagTtlMs, platforms }: TagMemorySettings,
): TagMemory {
  const reference = policy.pullSecret ?? endpoint.credentials;
  const scope: FactsScope = {
    repository: `${repository.apiUrl} ${repository.host}/${repository.path}`,
    identity: reference === undefined ? "default" : formatCredentialReference(reference),
  };
  const recallDigest = (digest: string): Promise<TagDetails | undefined> =>
    orMiss(async () => {
      const details: unknown = await cache.readDetails(scope, digest, platforms);
      return isTagDetails(details) ? details : undefined;
    });
  return {
    recallDigest,
    recallTag: (tag) =>
      orMiss(async () => {
        const { digest, seenAt }: Partial<RememberedTag> = (await cache.readTag(scope, tag)) ?? {};
        if (typeof digest !== "string" || seenAt === undefined) return undefined;
        const age = clock.now().getTime() - Date.parse(seenAt);
        return age <= tagTtlMs ? recallDigest(digest) : undefined;
      }),
    async keep(tag, details): Promise<void> {
      const digest = "digest" in details ? details.digest : undefined;
      if (digest === undefined || digest === "") return;
      const seenAt = clock.now().toISOString();
      await orMiss(() => cache.writeDetails(scope, digest, platforms, details));
      await orMiss(() => cache.writeTag(scope, tag, { digest, seenAt }));
    },
  };
}

/** A cache that fails costs a request, never a decision. */
async function orMiss<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch {
    return undefined;
  }
}
