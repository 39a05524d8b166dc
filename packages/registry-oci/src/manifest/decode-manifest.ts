import { RegistryError, type Platform } from "@image-updater/core";
import { z } from "zod";
import { decodeJson } from "../http/decode-json.js";
import type { RequestPlace } from "../http/http-message.js";
import { formatPlace } from "../http/transport-error.js";
import { isImageConfig, manifestKindOf, schema1MediaType } from "./media-types.js";

/** What a manifest refers to. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** An entry of an index that may be an image. */
export interface IndexEntry extends Descriptor {
  readonly platform?: Platform | undefined;
}

/** The part of a manifest that says what it is. */
export type Manifest =
  | { readonly kind: "index"; readonly entries: readonly IndexEntry[] }
  | { readonly kind: "image"; readonly config: Descriptor }
  | { readonly kind: "other"; readonly mediaType: string; readonly isSchema1: boolean };

/**
 * Reads an index or manifest, Docker's or OCI's.
 *
 * Any other JSON manifest, an artifact among them, is `other` with the media type that says so.
 * Entries of an index that are build attestations are left out.
 *
 * @throws RegistryError `invalid-response` for what is none, or contradicts itself or its `contentType`.
 */
export function decodeManifest(
  body: Uint8Array,
  contentType: string | undefined,
  place: RequestPlace,
): Manifest {
  const fields = decodeJson(body, manifestSchema, place, "the manifest");
  const header = contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  const headerType = manifestKindOf(header) === undefined ? undefined : header;
  const mediaType = fields.mediaType === "" ? headerType : (fields.mediaType ?? headerType);
  if (headerType !== undefined && mediaType !== headerType) {
    throw invalidManifest(`is sent as ${headerType} and says it is something else`, place);
  }
  if (fields.manifests !== undefined && (fields.config ?? fields.layers) !== undefined) {
    throw invalidManifest("is both an index and an image", place);
  }
  const manifest = read(fields, mediaType);
  if (manifest === undefined) throw invalidManifest("is neither an index nor an image", place);
  return manifest;
}

const descriptorFields = {
  digest: z.string(),
  size: z.number().int().nonnegative(),
};

const configSchema = z.object({ ...descriptorFields, mediaType: z.string() });

const entrySchema = z.object({
  ...descriptorFields,
  mediaType: z.string().default(""),
  platform: z
    .object({
      os: z.string().default(""),
      architecture: z.string().default(""),
      variant: z.string().optional(),
    })
    .nullish(),
  annotations: z.record(z.string(), z.unknown()).nullish(),
});

const manifestSchema = z.object({
  schemaVersion: z.number().optional(),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  config: configSchema.optional(),
  layers: z.unknown().optional(),
  manifests: z.array(entrySchema).optional(),
});

type ManifestFields = z.infer<typeof manifestSchema>;

function read(fields: ManifestFields, mediaType: string | undefined): Manifest | undefined {
  const kind = mediaType === undefined ? kindByFields(fields) : manifestKindOf(mediaType);
  if (kind === "schema1") {
    return { kind: "other", mediaType: mediaType ?? schema1MediaType, isSchema1: true };
  }
  if (kind === "index") return readIndex(fields);
  if (kind === "image") return readImage(fields);
  return mediaType === undefined ? undefined : artifact(mediaType);
}

/** OCI lets a manifest leave its media type out. */
function kindByFields(fields: ManifestFields): ReturnType<typeof manifestKindOf> {
  if (fields.schemaVersion === 1) return "schema1";
  if (fields.manifests !== undefined) return "index";
  return fields.config === undefined ? undefined : "image";
}

function readIndex({ manifests }: ManifestFields): Manifest | undefined {
  if (manifests === undefined) return undefined;
  const entries = manifests
    .filter((entry) => !isAttestation(entry))
    .map(({ mediaType, digest, size, platform }) => {
      return { mediaType, digest, size, platform: platform ?? undefined };
    });
  return { kind: "index", entries };
}

function readImage({ config, artifactType }: ManifestFields): Manifest | undefined {
  if (config === undefined) return undefined;
  if (isImageConfig(config.mediaType)) return { kind: "image", config };
  const empty = config.mediaType === "application/vnd.oci.empty.v1+json";
  return artifact((empty ? artifactType : undefined) ?? config.mediaType);
}

function artifact(mediaType: string): Manifest {
  return { kind: "other", mediaType, isSchema1: false };
}

/** As BuildKit stores provenance and bills of materials beside the images of an index. */
function isAttestation({ annotations, platform }: z.infer<typeof entrySchema>): boolean {
  if (annotations?.["vnd.docker.reference.type"] === "attestation-manifest") return true;
  return platform?.os === "unknown" && platform.architecture === "unknown";
}

function invalidManifest(what: string, place: RequestPlace): RegistryError {
  const message = `${formatPlace(place)}: the manifest ${what}`;
  return new RegistryError("invalid-response", message, place);
}
