import { sameImage } from "../image/same-image.js";
import { createImageReference } from "../image/create-image-reference.js";
import type { ImageReference } from "../image/image-reference.js";
import { parseImageReference } from "../image/parse-image-reference.js";
import type { ImagePolicy } from "../policy/image-policy.js";

/** The running containers that use the image: those of its Kustomize name first, then its own. */
export function findRunningImages(
  policy: ImagePolicy,
  live: readonly ImageReference[],
): readonly ImageReference[] {
  const kustomizeName = policy.targets.kustomize?.name;
  const renamed =
    kustomizeName === undefined ? undefined : parseImageReference(kustomizeName).value;
  const byName = renamed === undefined ? [] : live.filter((image) => sameImage(image, renamed));
  return byName.length > 0 ? byName : live.filter((image) => sameImage(image, policy.image));
}

/**
 * The running container an update is about; `undefined` when the image is not live.
 *
 * An image with `force-update` that is not live is taken as running without a tag, so that every
 * candidate differs from it, as in Argo CD Image Updater.
 */
export function findRunningImage(
  policy: ImagePolicy,
  live: readonly ImageReference[],
): ImageReference | undefined {
  const [first] = findRunningImages(policy, live);
  if (first !== undefined) return first;
  return policy.forceUpdate ? untagged(policy.image) : undefined;
}

/**
 * Which of several containers of one image a digest update is about.
 *
 * The same tag with a stale digest first, then the same tag, then any stale digest; none means that
 * no container of the image differs.
 */
export function matchForDigest(
  running: readonly ImageReference[],
  tag: string,
  digest: string,
): ImageReference | undefined {
  const sameTag = running.filter((image) => image.tag === tag);
  return (
    sameTag.find((image) => image.digest !== digest) ??
    sameTag[0] ??
    running.find((image) => image.digest !== undefined && image.digest !== digest)
  );
}

function untagged(image: ImageReference): ImageReference {
  return createImageReference({ registry: image.registry, repository: image.repository });
}
