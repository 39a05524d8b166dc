import type { TagSummary } from "@image-updater/core";
import { z } from "zod";
import { decodeJson } from "../http/decode-json.js";
import type { RequestPlace } from "../http/http-message.js";
import { isDigest } from "../manifest/digest.js";
import { parseBuildTime } from "../manifest/build-time.js";
import { isReferrerTag, isTagName } from "../tags/tag-name.js";

/** One page of what Docker Hub says of tags. */
export interface TagPage {
  readonly tags: readonly TagSummary[];
  /** How many there are on this page, signatures among them. */
  readonly size: number;
  /** How many there are on all pages, as the API says. */
  readonly count?: number | undefined;
  /** The URL of the next page, as written. */
  readonly next?: string | undefined;
}

/**
 * Reads a page, without tags that name another image's signature.
 *
 * @throws RegistryError `invalid-response` for what is none.
 */
export function decodeTagPage(body: Uint8Array, place: RequestPlace): TagPage {
  const { results, next, count } = decodeJson(body, pageSchema, place, "the Docker Hub API's tags");
  const tags = results
    .filter(({ name }) => isTagName(name) && !isReferrerTag(name))
    .map((result) => summarize(result));
  return {
    tags,
    size: results.length,
    count: count ?? undefined,
    next: next === null || next === "" ? undefined : next,
  };
}

/** What has another form says nothing. */
const text = z.string().nullish().catch(undefined);

const resultSchema = z.object({
  name: z.string(),
  digest: text,
  tag_last_pushed: text,
  last_updated: text,
});

const pageSchema = z.object({
  results: z.array(resultSchema),
  next: z.string().nullish(),
  count: z.number().nullish().catch(undefined),
});

function summarize(result: z.infer<typeof resultSchema>): TagSummary {
  const { name, digest, tag_last_pushed: pushed, last_updated: updated } = result;
  const time = parseBuildTime(pushed) ?? parseBuildTime(updated);
  return {
    name,
    ...(typeof digest === "string" && isDigest(digest) ? { digest } : {}),
    ...(time === undefined ? {} : { created: { at: time.at, source: "docker-hub-push" } }),
  };
}
