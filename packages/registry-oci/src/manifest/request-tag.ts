import type { Clock } from "@image-updater/core";
import { isWebPage } from "@image-updater/http";
import { bodyLimits } from "../http/body-limits.js";
import { refuseWebPage } from "../http/decode-answer.js";
import { errorDetails } from "../http/error-details.js";
import type { HttpResponse } from "../http/http-message.js";
import { statusError } from "../http/status-error.js";
import type { RepositorySession } from "../repository-session.js";
import { acceptedManifests } from "./media-types.js";
import { tagFailure } from "./unusable-tag.js";

/**
 * The manifest a tag points to as the registry sent it, not yet verified; `undefined` when the tag is
 * gone.
 *
 * @throws RegistryError when the registry says anything else, an `UnusableTagError` where that stays.
 */
export async function requestTag(
  session: RepositorySession,
  tag: string,
  clock: Clock,
): Promise<HttpResponse | undefined> {
  const url = session.url(`manifests/${tag}`);
  const response = await session.send({
    method: "GET",
    url,
    bodyLimit: bodyLimits.manifest,
    reference: tag,
    headers: { accept: acceptedManifests },
  });
  if (isGone(response)) return undefined;
  if (response.status === 200) {
    refuseWebPage(response, { url, place: session.place(tag), what: "the manifest" });
    return response;
  }
  throw tagFailure(
    response,
    statusError(response, session.place(tag), "the manifest", clock.now()),
  );
}

/** A 404 in the registry's own words, or without any; a web page's 404 says nothing about a tag. */
function isGone(response: HttpResponse): boolean {
  const { status } = response;
  if (status === 410) return !isWebPage(response);
  if (status !== 404) return false;
  return response.body.length === 0 || errorDetails(response).length > 0;
}
