import type { Clock, Referrer } from "@image-updater/core";
import { requestTag } from "../manifest/request-tag.js";
import { digestOfAnswer, verifyBody } from "../manifest/verify-body.js";
import type { RepositorySession } from "../repository-session.js";
import { decodeReferrers } from "./decode-referrers.js";

const LONGEST_ENCODED = 64;

/**
 * The referrers in the index at the fallback tag; `undefined` when there is no such tag, or no index
 * at it.
 *
 * @throws RegistryError when the tag could not be read.
 */
export async function readFallbackTag(
  session: RepositorySession,
  digest: string,
  clock: Clock,
): Promise<readonly Referrer[] | undefined> {
  const tag = fallbackTagOf(digest);
  const response = await requestTag(session, tag, clock);
  if (response === undefined) return undefined;
  verifyBody(session, tag, response.body, digestOfAnswer(response));
  return decodeReferrers(response.body, session.place(tag));
}

/**
 * The tag that stands in for the referrers API, by the referrers tag schema of the OCI distribution
 * specification: of a sha512 only the first 64 digits.
 */
export function fallbackTagOf(digest: string): string {
  const [algorithm = "", encoded = ""] = digest.split(":");
  return `${algorithm}-${encoded.slice(0, LONGEST_ENCODED)}`;
}
