import { RegistryError, type Clock } from "@image-updater/core";
import { bodyLimits } from "../http/body-limits.js";
import type { HttpResponse } from "../http/http-message.js";
import { statusError } from "../http/status-error.js";
import { formatPlace } from "../http/transport-error.js";
import type { RepositorySession } from "../repository-session.js";
import type { ConfigStore } from "./config-store.js";
import { decodeManifest, type Descriptor, type Manifest } from "./decode-manifest.js";
import { digestOf, isDigest } from "./digest.js";
import { decodeImageConfig, type ImageConfig } from "./image-config.js";
import { acceptedManifests } from "./media-types.js";
import { requestTag } from "./request-tag.js";
import { contentFailure, isContent, partFailure } from "./unusable-tag.js";
import { digestMismatch, digestOfAnswer, verifyBody } from "./verify-body.js";

/** What a tag points to. */
export interface TaggedManifest {
  readonly digest: string;
  readonly manifest: Manifest;
}

/** Reads manifests and configs of one repository, each verified against its digest. */
export interface ManifestReader {
  /** `undefined` when the tag is gone. */
  readTag(tag: string): Promise<TaggedManifest | undefined>;
  readManifest(descriptor: Descriptor): Promise<Manifest>;
  readConfig(descriptor: Descriptor): Promise<ImageConfig>;
}

/**
 * A reader over a session.
 *
 * It throws RegistryError `digest-mismatch` when bytes are not what their digest says, `too-large`
 * over the limit, the code of the status when the registry does not answer, and an `UnusableTagError`
 * for what stays as it is.
 */
export function createManifestReader(
  session: RepositorySession,
  clock: Clock,
  configs: ConfigStore,
): ManifestReader {
  async function readBlob(descriptor: Descriptor, kind: BlobKind): Promise<HttpResponse> {
    const { digest, size } = descriptor;
    const { limit, resource, headers } = BLOBS[kind];
    refuseDescriptor(session, descriptor, limit);
    const url = session.url(`${resource}/${digest}`);
    const asked = { method: "GET", url, bodyLimit: limit, reference: digest, headers } as const;
    const response = await session.send(asked);
    if (response.status !== 200) {
      const error = statusError(response, session.place(digest), `the ${kind}`, clock.now());
      throw partFailure(response, error);
    }
    verifyBody(session, digest, response.body, digest);
    if (response.body.length !== size)
      throw digestMismatch(session, digest, `has not ${size} bytes`);
    return response;
  }

  return {
    async readTag(tag): Promise<TaggedManifest | undefined> {
      const response = await requestTag(session, tag, clock);
      return response === undefined ? undefined : readTagged(session, tag, response);
    },
    async readManifest(descriptor): Promise<Manifest> {
      const { body, headers } = await readBlob(descriptor, "manifest");
      const place = session.place(descriptor.digest);
      return orBroken(() => decodeManifest(body, headers.get("content-type"), place));
    },
    readConfig(descriptor): Promise<ImageConfig> {
      const { href } = session.url(`blobs/${descriptor.digest}`);
      const fetch = async (): Promise<ImageConfig> => {
        const { body } = await readBlob(descriptor, "image config");
        return orBroken(() => decodeImageConfig(body, session.place(descriptor.digest)));
      };
      return configs.read(href, fetch, session.pauseDeadline);
    },
  };
}

type BlobKind = "manifest" | "image config";

const BLOBS = {
  manifest: {
    resource: "manifests",
    limit: bodyLimits.manifest,
    headers: { accept: acceptedManifests },
  },
  "image config": { resource: "blobs", limit: bodyLimits.config, headers: {} },
} as const;

function readTagged(
  session: RepositorySession,
  tag: string,
  response: HttpResponse,
): TaggedManifest {
  const { body, headers } = response;
  const digest = digestOfAnswer(response);
  const manifest = orBroken(
    () => decodeManifest(body, headers.get("content-type"), session.place(tag)),
    () => digestOf(body, digest) === digest && isContent(response),
  );
  // The digest of a schema 1 manifest leaves its signatures out; no such image is ever chosen.
  const signed = manifest.kind === "other" && manifest.isSchema1;
  if (!signed) verifyBody(session, tag, body, digest);
  return { digest, manifest };
}

/** What a digest promised is what the registry holds; bytes of a tag may be something else's words. */
function orBroken<T>(decode: () => T, isTheirs = (): boolean => true): T {
  try {
    return decode();
  } catch (error) {
    throw contentFailure(error, isTheirs());
  }
}

function refuseDescriptor(
  session: RepositorySession,
  { digest, size }: Descriptor,
  limit: number,
): void {
  if (!isDigest(digest)) {
    const place = session.place();
    const message = `${formatPlace(place)}: ${session.said(JSON.stringify(digest))} is not a sha256 or sha512 digest`;
    throw new RegistryError("invalid-response", message, place);
  }
  if (size <= limit) return;
  const place = session.place(digest);
  const message = `${formatPlace(place)}: ${size} bytes are over the limit of ${limit}`;
  throw new RegistryError("too-large", message, place);
}
