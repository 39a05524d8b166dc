import { RegistryError, type Clock, type Referrer } from "@image-updater/core";
import { formatPlace } from "../http/transport-error.js";
import { isDigest } from "../manifest/digest.js";
import type { RepositorySession } from "../repository-session.js";
import { readFallbackTag } from "./read-fallback-tag.js";
import { readReferrersApi } from "./read-referrers-api.js";

/**
 * All referrers of a digest, each once, of the wanted type where one is: by the referrers API, else by
 * the fallback tag, else `unsupported`.
 *
 * @throws RegistryError when the answer is not complete, `refused-address` for what is not a digest.
 */
export async function listReferrers(
  session: RepositorySession,
  digest: string,
  artifactType: string | undefined,
  clock: Clock,
): Promise<readonly Referrer[] | "unsupported"> {
  refuseDigest(session, digest);
  const found =
    (await readReferrersApi(session, digest, artifactType, clock)) ??
    (await readFallbackTag(session, digest, clock));
  if (found === undefined) return "unsupported";
  // A registry need not filter, and a tag cannot.
  const wanted = found.filter((one) => isWanted(one, artifactType));
  return [...new Map(wanted.map((one) => [one.digest, one])).values()];
}

function isWanted(referrer: Referrer, artifactType: string | undefined): boolean {
  return artifactType === undefined || referrer.artifactType === artifactType;
}

function refuseDigest(session: RepositorySession, digest: string): void {
  if (isDigest(digest)) return;
  const place = session.place();
  const message = `${formatPlace(place)}: ${JSON.stringify(digest)} is not a sha256 or sha512 digest; write it as sha256:<64 hexadecimal digits>`;
  throw new RegistryError("refused-address", message, place);
}
