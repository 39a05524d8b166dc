import { expect, it } from "vitest";
import { decodeManifest } from "../../src/manifest/decode-manifest.js";
import { registryErrorOf } from "../support/loopback.js";

const OCI = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
const DOCKER = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
const SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+prettyjws";

const digest = `sha256:${"a".repeat(64)}`;
const place = { host: "r", repository: "a", reference: "1" };
const ociConfig = { mediaType: "application/vnd.oci.image.config.v1+json", digest, size: 1 };
const dockerConfig = {
  mediaType: "application/vnd.docker.container.image.v1+json",
  digest,
  size: 1,
};
const helmConfig = { mediaType: "application/vnd.cncf.helm.config.v1+json", digest, size: 1 };
const emptyConfig = { mediaType: "application/vnd.oci.empty.v1+json", digest, size: 2 };
const platform = { os: "linux", architecture: "arm64", variant: "v8" };

function decode(body: unknown, contentType?: string): ReturnType<typeof decodeManifest> {
  return decodeManifest(Buffer.from(JSON.stringify(body)), contentType, place);
}

it.each([
  ["an OCI manifest", { mediaType: OCI, config: ociConfig, layers: [] }, OCI],
  ["a Docker manifest", { mediaType: DOCKER, config: dockerConfig, layers: [] }, DOCKER],
  ["parameters in the content type", { config: ociConfig }, `${OCI}; charset=utf-8`],
  ["no media type but the content type", { config: ociConfig }, OCI],
  ["no media type at all", { config: ociConfig }, undefined],
  ["a plain content type", { mediaType: OCI, config: ociConfig }, "application/json"],
])("reads an image from %s", (_, body, contentType) => {
  expect(decode(body, contentType)).toEqual({ kind: "image", config: body.config });
});

it.each([
  ["an OCI index", OCI_INDEX],
  ["a Docker manifest list", DOCKER_LIST],
  ["an index without media type", undefined],
])("reads the entries of %s, without attestations", (_, mediaType) => {
  const manifests = [
    { mediaType: OCI, digest, size: 5, platform },
    {
      mediaType: OCI,
      digest,
      size: 6,
      platform: { os: "unknown", architecture: "unknown" },
      annotations: { "vnd.docker.reference.type": "attestation-manifest" },
    },
    { mediaType: OCI_INDEX, digest, size: 7 },
  ];
  expect(decode({ schemaVersion: 2, mediaType, manifests }, mediaType)).toEqual({
    kind: "index",
    entries: [
      { mediaType: OCI, digest, size: 5, platform },
      { mediaType: OCI_INDEX, digest, size: 7, platform: undefined },
    ],
  });
});

it.each([
  ["a Helm chart", { mediaType: OCI, config: helmConfig }, helmConfig.mediaType],
  ["an artifact type", { config: emptyConfig, artifactType: "application/x" }, "application/x"],
  ["an empty config", { config: emptyConfig }, emptyConfig.mediaType],
  [
    "another manifest",
    { mediaType: "application/vnd.oci.artifact.manifest.v1+json" },
    "application/vnd.oci.artifact.manifest.v1+json",
  ],
])("knows %s for no image", (_, body, mediaType) => {
  expect(decode(body)).toEqual({ kind: "other", mediaType, isSchema1: false });
});

it.each([
  ["its content type", { schemaVersion: 1, fsLayers: [] }, SCHEMA_1, SCHEMA_1],
  [
    "its version",
    { schemaVersion: 1, fsLayers: [] },
    "application/json",
    "application/vnd.docker.distribution.manifest.v1+json",
  ],
])("knows Docker schema 1 by %s", (_, body, contentType, mediaType) => {
  expect(decode(body, contentType)).toEqual({ kind: "other", mediaType, isSchema1: true });
});

it.each([
  ["an empty object", {}, undefined],
  ["an index with the content type of an image", { mediaType: OCI_INDEX, manifests: [] }, OCI],
  ["an image with the content type of an index", { config: ociConfig }, OCI_INDEX],
  [
    "an index that is an image too",
    { mediaType: OCI_INDEX, manifests: [], config: ociConfig },
    OCI_INDEX,
  ],
  ["an index with layers", { manifests: [], layers: [] }, undefined],
  ["an image without config", { mediaType: OCI }, OCI],
  ["a negative size", { config: { ...ociConfig, size: -1 } }, OCI],
  ["a size that is not a number", { config: { ...ociConfig, size: "1" } }, OCI],
  ["an array", [], OCI],
])("refuses %s", async (_, body, contentType) => {
  const error = await registryErrorOf((async () => decode(body, contentType))());
  expect(error.code).toBe("invalid-response");
});
