import { compareImageTimes, type TagSummary } from "@image-updater/core";
import { isReferrerTag, isTagName } from "@image-updater/registry-oci/http";
import { z } from "zod";

/** One digest of a package and the tags that point to it. */
export interface PackageVersion {
  /** The digest, for containers. */
  readonly name: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly tags: readonly string[];
}

/** What GitHub says of a page of versions, as far as it is used. Without tags it would not be complete. */
export const versionsSchema: z.ZodType<readonly PackageVersion[]> = z.array(
  z
    .object({
      name: z.string(),
      created_at: z.string(),
      updated_at: z.string(),
      metadata: z.object({ container: z.object({ tags: z.array(z.string()) }) }),
    })
    .transform(({ name, created_at: createdAt, updated_at: updatedAt, metadata }) => ({
      name,
      createdAt,
      updatedAt,
      tags: metadata.container.tags,
    })),
);

const SOURCE = "ghcr-push";
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const NO_TIME = "0001-01-01T00:00:00Z";

/**
 * The tags of all versions, each once, without what names another image's signature.
 *
 * The time is `created_at`, the first push of the digest. `updated_at` moves whenever a tag does: with
 * it, an old image that is tagged anew would be the newest.
 */
export function summarizeTags(versions: readonly PackageVersion[]): readonly TagSummary[] {
  const found = new Map<string, PackageVersion>();
  for (const version of versions) {
    for (const tag of version.tags) {
      if (!isTagName(tag) || isReferrerTag(tag)) continue;
      const known = found.get(tag);
      // A tag that moved while the pages were read is seen twice.
      if (known === undefined || isLater(version.updatedAt, known.updatedAt)) {
        found.set(tag, version);
      }
    }
  }
  return [...found].map(([name, version]) => summarize(name, version));
}

function summarize(name: string, { name: digest, createdAt: at }: PackageVersion): TagSummary {
  return {
    name,
    ...(DIGEST.test(digest) ? { digest } : {}),
    ...(isLater(at, NO_TIME) ? { created: { at, source: SOURCE } } : {}),
  };
}

/** What is no time is never later. */
function isLater(one: string, other: string): boolean {
  return compareImageTimes(one, other) > 0;
}
