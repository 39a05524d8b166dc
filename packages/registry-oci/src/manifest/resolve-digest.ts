import type { Clock } from "@image-updater/core";
import { statusError } from "../http/status-error.js";
import type { RepositorySession } from "../repository-session.js";
import { isTagName } from "../tags/tag-name.js";
import { isDigest } from "./digest.js";
import { acceptedManifests } from "./media-types.js";
import { createConfigStore } from "./config-store.js";
import { createManifestReader } from "./read-manifest.js";

/**
 * What a registry says that does not know HEAD, and what, without a body, cannot be told from the
 * answer of something else that stands in the way.
 */
const ASK_WITH_GET: ReadonlySet<number> = new Set([400, 404, 405, 406, 409, 410, 412, 451, 501]);

/**
 * The digest a tag points to, with one HEAD where the registry names it there, else by reading the
 * manifest; `undefined` when the tag is gone.
 */
export async function resolveDigest(
  session: RepositorySession,
  tag: string,
  clock: Clock,
): Promise<string | undefined> {
  if (!isTagName(tag)) return undefined;
  const response = await session.send({
    method: "HEAD",
    url: session.url(`manifests/${tag}`),
    // The digest depends on it: without an index in the list, a registry may choose an image of it.
    headers: { accept: acceptedManifests },
    bodyLimit: 0,
    reference: tag,
  });
  const digest = response.headers.get("docker-content-digest") ?? "";
  if (response.status === 200 && isDigest(digest)) return digest;
  if (response.status !== 200 && !ASK_WITH_GET.has(response.status)) {
    throw statusError(response, session.place(tag), "the digest", clock.now());
  }
  return (await createManifestReader(session, clock, createConfigStore()).readTag(tag))?.digest;
}
