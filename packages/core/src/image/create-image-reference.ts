import { fullName, referenceText } from "./image-names.js";
import type { ImageReference } from "./image-reference.js";

/** The fields of an {@link ImageReference}. */
export type ImageReferenceFields = Omit<ImageReference, "toString">;

/**
 * Makes a reference out of its fields.
 *
 * Absent and empty fields are left out, but for an empty tag. `toString` and `writtenName` are not
 * enumerable, so that a reference in JSON, in a comparison or in a spread is its fields alone;
 * `toString` leaves an empty tag out.
 */
export function createImageReference({
  registry,
  repository,
  tag,
  digest,
  writtenName,
}: ImageReferenceFields): ImageReference {
  const reference: ImageReferenceFields = {
    ...(isBlank(registry) ? {} : { registry }),
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(isBlank(digest) ? {} : { digest }),
  };
  const name = fullName(reference);
  const isWritten = isBlank(writtenName) || writtenName === name;
  return Object.defineProperties(reference, {
    toString: { value: () => referenceText(name, reference), enumerable: false },
    ...(isWritten ? {} : { writtenName: { value: writtenName, enumerable: false } }),
  });
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text === "";
}
