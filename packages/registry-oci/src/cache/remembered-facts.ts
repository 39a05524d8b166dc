import type { RememberedTag, TagDetails } from "@image-updater/core";
import { z } from "zod";

const texts = z.array(z.string());
const digest = z.string().regex(/^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]+$/u);

const details = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("image"),
    digest,
    created: z.object({ at: z.string(), source: z.string() }).optional(),
    labels: z.record(z.string(), z.string()),
    platforms: texts,
  }),
  z.object({ kind: z.literal("not-an-image"), mediaType: z.string(), digest: digest.optional() }),
  z.object({ kind: z.literal("no-platform"), digest, available: texts }),
]);

const remembered = z.object({ digest, seenAt: z.iso.datetime() });

/** Details as a file held them; undefined for anything else. */
export function decodeTagDetails(value: unknown): TagDetails | undefined {
  return details.safeParse(value).data;
}

/** A tag's memory as a file held it; undefined for anything else. */
export function decodeRememberedTag(value: unknown): RememberedTag | undefined {
  return remembered.safeParse(value).data;
}
