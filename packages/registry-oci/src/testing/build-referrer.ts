import { describePart, jsonPart, type BuiltPart, type PartDescriptor } from "./built-part.js";

/** What is attached to an image. */
export interface OciTestAttachment {
  readonly artifactType: string;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** How a referrers list names a referrer. */
export interface ReferrerDescriptor extends PartDescriptor {
  readonly artifactType: string;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** A referrer, its manifest first, and its entry in the lists of its subject. */
export interface BuiltReferrer {
  readonly entry: ReferrerDescriptor;
  readonly parts: readonly BuiltPart[];
}

/** The media type of a list of referrers. */
export const referrersMediaType = "application/vnd.oci.image.index.v1+json";

/** Builds an artifact without content that refers to the subject. */
export function buildReferrer(subject: BuiltPart, attachment: OciTestAttachment): BuiltReferrer {
  const { artifactType, annotations } = attachment;
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const empty = jsonPart("layer", "application/vnd.oci.empty.v1+json", {});
  const manifest = jsonPart("manifest", mediaType, {
    schemaVersion: 2,
    mediaType,
    artifactType,
    config: describePart(empty),
    layers: [describePart(empty)],
    subject: describePart(subject),
    annotations,
  });
  const entry = { ...describePart(manifest), artifactType, annotations };
  return { entry, parts: [manifest, empty] };
}

/** A list of referrers. */
export function referrersIndex(manifests: readonly ReferrerDescriptor[]): object {
  return { schemaVersion: 2, mediaType: referrersMediaType, manifests };
}
