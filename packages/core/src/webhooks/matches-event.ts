import { canonicalHost } from "../config/registry-key.js";
import { siblingHosts } from "../config/sibling-hosts.js";
import { DOCKER_HUB, type ImageName } from "../image/reference-grammar.js";
import type { PushEvent } from "./webhook-result.js";

const ALIBABA_HOST = /\.aliyuncs\.com(?::\d+)?$/;

/**
 * Whether a push is to the repository of an image, whatever its tag.
 *
 * As Argo CD Image Updater matches, but an image without registry is one of Docker Hub and of no other
 * registry, `nginx` is `library/nginx` there, the names of Docker Hub are one, and so are the public
 * and the VPC host of an Alibaba Cloud registry. The case of letters does not matter.
 */
export function matchesEvent(
  event: Pick<PushEvent, "registry" | "repository">,
  image: ImageName,
): boolean {
  const host = canonicalHost(event.registry);
  const imageHost = canonicalHost(image.registry ?? DOCKER_HUB);
  return (
    isSameRegistry(host, imageHost) &&
    canonicalPath(host, event.repository) === canonicalPath(imageHost, image.repository)
  );
}

/** A predicate for the updater's `only`: the images, as resolved, that a push is about. */
export function affectedBy(
  event: Pick<PushEvent, "registry" | "repository">,
): (image: { readonly host: string; readonly path: string }) => boolean {
  return ({ host, path }) => matchesEvent(event, { registry: host, repository: path });
}

function isSameRegistry(host: string, other: string): boolean {
  if (host === other) return true;
  return ALIBABA_HOST.test(host) && ALIBABA_HOST.test(other) && areSiblings(host, other);
}

function areSiblings(host: string, other: string): boolean {
  return siblingHosts(host, [other]).length > 0;
}

function canonicalPath(host: string, path: string): string {
  const isOfficial = host === DOCKER_HUB && !path.includes("/");
  return (isOfficial ? `library/${path}` : path).toLowerCase();
}
