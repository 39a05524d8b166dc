const INDEXES: readonly string[] = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];

const IMAGES: readonly string[] = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

const SCHEMA_1: readonly string[] = [
  "application/vnd.docker.distribution.manifest.v1+prettyjws",
  "application/vnd.docker.distribution.manifest.v1+json",
];

const IMAGE_CONFIGS: readonly string[] = [
  "application/vnd.oci.image.config.v1+json",
  "application/vnd.docker.container.image.v1+json",
];

/** What we can read. All of them at once: a registry rewrites, or denies, what is not accepted. */
export const acceptedManifests: string = [...INDEXES, ...IMAGES].join(", ");

/** The media type reported for a Docker schema 1 manifest that does not name its own. */
export const schema1MediaType = "application/vnd.docker.distribution.manifest.v1+json";

/** What kind of manifest a media type stands for; `undefined` for every other. */
export function manifestKindOf(mediaType: string): "index" | "image" | "schema1" | undefined {
  if (INDEXES.includes(mediaType)) return "index";
  if (IMAGES.includes(mediaType)) return "image";
  return SCHEMA_1.includes(mediaType) ? "schema1" : undefined;
}

/** Whether the config of a manifest makes it a container image. */
export function isImageConfig(mediaType: string): boolean {
  return IMAGE_CONFIGS.includes(mediaType);
}
