import type { ImageReference } from "./image-reference.js";
import type { ImageName } from "./reference-grammar.js";

/** The image without tag and digest: `registry/repository`, or the repository alone. */
export function fullName({ registry, repository }: ImageName): string {
  return registry === undefined ? repository : `${registry}/${repository}`;
}

/** The same as the text spells it: with the `library/` or `index.docker.io/` that the fields leave out. */
export function writtenName(image: ImageReference): string {
  return image.writtenName ?? fullName(image);
}

/** `name[:tag][@digest]`; an empty tag is left out. */
export function referenceText(
  name: string,
  { tag, digest }: Pick<ImageReference, "tag" | "digest">,
): string {
  const tagged = tag === undefined || tag === "" ? name : `${name}:${tag}`;
  return digest === undefined ? tagged : `${tagged}@${digest}`;
}

/**
 * What follows the name where tag and digest share one field, as Argo CD Image Updater writes it:
 * `tag`, `tag@digest`, `latest@digest` for a digest alone, or nothing.
 */
export function tagWithDigest({ tag, digest }: Pick<ImageReference, "tag" | "digest">): string {
  if (digest === undefined) return tag ?? "";
  return `${tag === undefined || tag === "" ? "latest" : tag}@${digest}`;
}
