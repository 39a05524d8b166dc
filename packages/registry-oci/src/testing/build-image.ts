import type { ImageFixture } from "@image-updater/core/testing";
import { digestOf } from "../manifest/digest.js";
import { bytesPart, describePart, jsonPart, type BuiltPart } from "./built-part.js";
import { buildLayer } from "./tar-layer.js";

/** In whose media types images are written. */
export type ImageFormat = "oci" | "docker";

/** A whole image, its own manifest or index first. */
export type BuiltImage = readonly [BuiltPart, ...BuiltPart[]];

/** Builds what the fixture describes: real bytes with right digests and sizes. */
export function buildImage(fixture: ImageFixture, format: ImageFormat): BuiltImage {
  const { platforms = ["linux/amd64"], layout } = fixture;
  const types = TYPES[format];
  if (layout === "artifact") return buildArtifact(fixture);
  const children = platforms.map((platform) => buildForPlatform(fixture, platform, types));
  const [only, ...others] = children;
  if (only !== undefined && others.length === 0 && layout !== "index") return only.parts;
  const attestations = children.map(({ parts }) => buildAttestation(parts[0]));
  const entries = [
    ...children.map(({ parts: [manifest], platform }) => ({ ...describePart(manifest), platform })),
    ...attestations.map(({ entry }) => entry),
  ];
  const index = jsonPart("manifest", types.index, {
    schemaVersion: 2,
    mediaType: types.index,
    manifests: entries,
  });
  return [
    index,
    ...children.flatMap(({ parts }) => parts),
    ...attestations.flatMap(({ parts }) => parts),
  ];
}

interface MediaTypes {
  readonly index: string;
  readonly manifest: string;
  readonly config: string;
  readonly layer: string;
}

const TYPES: Readonly<Record<ImageFormat, MediaTypes>> = {
  oci: {
    index: "application/vnd.oci.image.index.v1+json",
    manifest: "application/vnd.oci.image.manifest.v1+json",
    config: "application/vnd.oci.image.config.v1+json",
    layer: "application/vnd.oci.image.layer.v1.tar+gzip",
  },
  docker: {
    index: "application/vnd.docker.distribution.manifest.list.v2+json",
    manifest: "application/vnd.docker.distribution.manifest.v2+json",
    config: "application/vnd.docker.container.image.v1+json",
    layer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
  },
};

interface PlatformImage {
  readonly platform: object;
  readonly parts: BuiltImage;
}

function buildForPlatform(
  { created = "2024-01-01T00:00:00Z", labels = {}, content = "" }: ImageFixture,
  platformText: string,
  types: MediaTypes,
): PlatformImage {
  const [os = "", architecture = "", variant] = platformText.split("/");
  const platform = { os, architecture, ...(variant === undefined ? {} : { variant }) };
  const { tar, gzip } = buildLayer(content);
  const layer = bytesPart("layer", types.layer, gzip);
  const config = jsonPart("config", types.config, {
    ...platform,
    ...(created === null ? {} : { created }),
    config: { Labels: labels },
    rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
  });
  return { platform, parts: [buildManifest(types.manifest, config, layer), config, layer] };
}

/** What BuildKit puts beside an image: the index lists it, and no platform runs it. */
function buildAttestation(image: BuiltPart): {
  readonly entry: object;
  readonly parts: readonly BuiltPart[];
} {
  const platform = { os: "unknown", architecture: "unknown" };
  const layer = jsonPart("layer", "application/vnd.in-toto+json", { subject: image.digest });
  const config = jsonPart("config", TYPES.oci.config, platform);
  const manifest = buildManifest(TYPES.oci.manifest, config, layer);
  const annotations = {
    "vnd.docker.reference.type": "attestation-manifest",
    "vnd.docker.reference.digest": image.digest,
  };
  return {
    entry: { ...describePart(manifest), platform, annotations },
    parts: [manifest, config, layer],
  };
}

/** A Helm chart: the most common thing in a registry that is not an image. */
function buildArtifact({ tag, content = "" }: ImageFixture): BuiltImage {
  const chart = { name: "chart", version: tag, description: content };
  const config = jsonPart("config", "application/vnd.cncf.helm.config.v1+json", chart);
  const layerType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
  const layer = bytesPart("layer", layerType, buildLayer(content).gzip);
  return [buildManifest(TYPES.oci.manifest, config, layer), config, layer];
}

function buildManifest(mediaType: string, config: BuiltPart, layer: BuiltPart): BuiltPart {
  return jsonPart("manifest", mediaType, {
    schemaVersion: 2,
    mediaType,
    config: describePart(config),
    layers: [describePart(layer)],
  });
}
