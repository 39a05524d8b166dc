import type { ImageReference } from "./image-reference.js";

/** The fields of an {@link ImageReference}. */
export type ImageReferenceFields = Omit<ImageReference, "toString">;

/**
 * Makes a reference out of its fields.
 *
 * Absent and empty fields are left out, but for an empty tag. `toString` is not enumerable, so that a
 * reference in JSON, in a comparison or in a spread is its fields alone; it leaves an empty tag out.
 */
export function createImageReference({
  registry,
  repository,
  tag,
  digest,
}: ImageReferenceFields): ImageReference {
  const reference: ImageReferenceFields = {
    ...(isBlank(registry) ? {} : { registry }),
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(isBlank(digest) ? {} : { digest }),
  };
  return Object.defineProperty(reference, "toString", {
    value: () => formatReference(reference),
    enumerable: false,
  });
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text === "";
}

function formatReference({ registry, repository, tag, digest }: ImageReferenceFields): string {
  const name = registry === undefined ? repository : `${registry}/${repository}`;
  const tagged = isBlank(tag) ? name : `${name}:${tag}`;
  return digest === undefined ? tagged : `${tagged}@${digest}`;
}
