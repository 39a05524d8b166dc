import { createHash } from "node:crypto";
import { RegistryError, type TagDetails } from "@image-updater/core";
import type { ImageFixture } from "@image-updater/core/testing";
import { describe, expect, it } from "vitest";
import {
  createClient,
  pathsOf,
  registryErrorOf,
  repositoryOf,
  startRegistry,
  startServer,
} from "../support/loopback.js";

const AMD64 = ["linux/amd64"];
const OCI = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX = "application/vnd.oci.image.index.v1+json";

async function describeImage(
  image: Omit<ImageFixture, "tag">,
  platforms: readonly string[],
  format: "oci" | "docker" = "oci",
): Promise<TagDetails> {
  const server = await startRegistry({ fixture: { "team/app": [{ tag: "1", ...image }] }, format });
  return createClient().describeTag(repositoryOf(server), "1", { platforms });
}

describe.each(["oci", "docker"] as const)("describeTag of an image in %s format", (format) => {
  it("reads digest, date, labels and platform of a single manifest", async () => {
    const server = await startRegistry({ format });
    const digest = server.push("team/app", {
      tag: "1",
      created: "2024-05-01T10:00:00.123456789Z",
      labels: { revision: "abc" },
    });
    const details = await createClient().describeTag(repositoryOf(server), "1", {
      platforms: AMD64,
    });
    expect(details).toEqual({
      kind: "image",
      digest,
      created: { at: "2024-05-01T10:00:00.123456789Z", source: "image-config" },
      labels: { revision: "abc" },
      platforms: AMD64,
    });
    expect(server.requests).toHaveLength(2);
  });

  it("reads only the wanted platform of an index, under the digest of the index", async () => {
    const server = await startRegistry({ format });
    const platforms = ["linux/amd64", "linux/arm64/v8", "windows/amd64"];
    const digest = server.push("team/app", { tag: "1", platforms });
    const details = await createClient().describeTag(repositoryOf(server), "1", {
      platforms: ["linux/arm64"],
    });
    expect(details).toMatchObject({ kind: "image", digest, platforms });
    expect(pathsOf(server).map((path) => path.split("/")[4])).toEqual([
      "manifests",
      "manifests",
      "blobs",
    ]);
  });
});

describe("describeTag", () => {
  it.each([
    [["linux/amd64"], ["linux/amd64/v2"], "image"],
    [["linux/arm64"], ["linux/arm64/v8"], "image"],
    [["linux/arm64/v8"], ["linux/arm64/v8"], "image"],
    [["linux/arm/v7"], ["linux/arm/v6"], "no-platform"],
    [["linux/amd64"], ["linux/arm64"], "no-platform"],
    [["windows/amd64", "linux/amd64"], ["linux/amd64"], "image"],
  ])("wants %j and finds %j: %s", async (wanted, platforms, kind) => {
    await expect(describeImage({ platforms }, wanted)).resolves.toMatchObject({ kind });
    await expect(describeImage({ platforms, layout: "index" }, wanted)).resolves.toMatchObject({
      kind,
    });
  });

  it("names the platforms that are there, and the digest", async () => {
    const platforms = ["linux/amd64", "linux/arm/v7"];
    await expect(describeImage({ platforms }, ["linux/s390x"])).resolves.toEqual({
      kind: "no-platform",
      digest: expect.stringMatching(/^sha256:/),
      available: platforms,
    });
  });

  it.each([
    ["without a date", { created: null }],
    ["with a date that is none", { created: "yesterday" }],
  ])("describes an image %s without one", async (_, image) => {
    const details = await describeImage(image, AMD64);
    expect(details).toMatchObject({ kind: "image" });
    expect(details).not.toHaveProperty("created");
  });

  it("keeps the date of a reproducible build", async () => {
    await expect(describeImage({ created: "1970-01-01T00:00:00Z" }, AMD64)).resolves.toMatchObject({
      created: { at: "1970-01-01T00:00:00Z" },
    });
  });

  it("says not-an-image for a chart, with its media type, and reads no blob for it", async () => {
    const server = await startRegistry({
      fixture: { "team/app": [{ tag: "1", layout: "artifact" }] },
    });
    const details = await createClient().describeTag(repositoryOf(server), "1", {
      platforms: AMD64,
    });
    expect(details).toEqual({
      kind: "not-an-image",
      mediaType: "application/vnd.cncf.helm.config.v1+json",
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    expect(server.requests).toHaveLength(1);
  });

  it.each(["2", "not a tag", ""])("says gone for the tag %j", async (tag) => {
    const server = await startRegistry({ fixture: { "team/app": [{ tag: "1" }] } });
    const client = createClient();
    const options = { platforms: AMD64 };
    await expect(client.describeTag(repositoryOf(server), tag, options)).resolves.toEqual({
      kind: "gone",
    });
    await expect(client.resolveDigest(repositoryOf(server), tag)).resolves.toBeUndefined();
  });

  it("reads blobs where the registry redirects them, without its token", async () => {
    const fixture = { "team/app": [{ tag: "1" }] };
    const storage = await startRegistry({ fixture });
    const auth = { username: "u", password: "p", anonymousPull: true };
    const server = await startRegistry({ fixture, auth, blobsAt: storage.url });
    const details = await createClient().describeTag(repositoryOf(server), "1", {
      platforms: AMD64,
    });
    expect(details.kind).toBe("image");
    expect(storage.requests).toHaveLength(1);
  });

  it("does not answer the challenge of another origin", async () => {
    const fixture = { "team/app": [{ tag: "1" }] };
    const auth = { username: "u", password: "p" };
    const storage = await startRegistry({ fixture, auth });
    const server = await startRegistry({ fixture, blobsAt: storage.url });
    const credentials = {
      forRepository: async () => ({ kind: "basic", username: "u", password: "p" }) as const,
    };
    const client = createClient({ credentials });
    const error = await registryErrorOf(
      client.describeTag(repositoryOf(server), "1", { platforms: AMD64 }),
    );
    expect(error.code).toBe("unauthorized");
    expect(storage.requests.map(({ path }) => path.split("/")[1])).toEqual(["v2"]);
  });
});

interface Blob {
  readonly type: string;
  readonly text: string;
}

function digestOf(text: string, algorithm = "sha256"): string {
  return `${algorithm}:${createHash(algorithm).update(text).digest("hex")}`;
}

function describeBlob({ type, text }: Blob, platform?: string, algorithm?: string): object {
  const [os, architecture] = platform?.split("/") ?? [];
  const entry = { mediaType: type, digest: digestOf(text, algorithm), size: text.length };
  return platform === undefined ? entry : { ...entry, platform: { os, architecture } };
}

function configBlob(fields: object): Blob {
  const text = JSON.stringify({ os: "linux", architecture: "amd64", ...fields });
  return { type: "application/vnd.oci.image.config.v1+json", text };
}

function imageBlob(config: Blob): Blob {
  return { type: OCI, text: JSON.stringify({ mediaType: OCI, config: describeBlob(config) }) };
}

function indexBlob(...entries: readonly object[]): Blob {
  return { type: OCI_INDEX, text: JSON.stringify({ mediaType: OCI_INDEX, manifests: entries }) };
}

/** A registry that holds the blobs by digest and the first as the tag `1`. */
async function describeBlobs(
  platforms: readonly string[],
  tag: Blob,
  ...others: readonly Blob[]
): Promise<TagDetails> {
  const url = await startServer((request, response) => {
    const reference = request.url?.split("/").at(-1) ?? "";
    const algorithm = reference.startsWith("sha512") ? "sha512" : "sha256";
    const found =
      reference === "1" ? tag : others.find(({ text }) => digestOf(text, algorithm) === reference);
    if (found === undefined) response.writeHead(404).end('{"errors":[{"code":"BLOB_UNKNOWN"}]}');
    else response.writeHead(200, { "content-type": found.type }).end(found.text);
  });
  return createClient().describeTag({ host: "r", path: "a", apiUrl: url }, "1", { platforms });
}

describe("describeTag of an index", () => {
  const older = configBlob({ created: "2024-01-01T00:00:00Z", config: { Labels: { n: "older" } } });
  const newer = configBlob({ created: "2024-01-02T00:00:00Z", config: { Labels: { n: "newer" } } });
  const undated = configBlob({ config: { Labels: { n: "undated" } } });
  const [olderImage, newerImage, undatedImage] = [older, newer, undated].map(imageBlob);
  if (!olderImage || !newerImage || !undatedImage) throw new Error("no images");
  const all = [older, newer, undated, olderImage, newerImage, undatedImage];

  it("takes date and labels of the newest wanted platform, wherever it stands", async () => {
    const wanted = ["linux/amd64", "linux/arm64"];
    for (const [one, two] of [
      [olderImage, newerImage],
      [newerImage, olderImage],
    ] as const) {
      const index = indexBlob(describeBlob(one, "linux/amd64"), describeBlob(two, "linux/arm64"));
      expect(await describeBlobs(wanted, index, ...all)).toMatchObject({
        digest: digestOf(index.text),
        created: { at: "2024-01-02T00:00:00Z" },
        labels: { n: "newer" },
      });
    }
  });

  it("does not look at platforms that are not wanted", async () => {
    const missing = imageBlob(configBlob({ created: "2030-01-01T00:00:00Z" }));
    const index = indexBlob(
      describeBlob(olderImage, "linux/amd64"),
      describeBlob(missing, "linux/arm64"),
    );
    expect(await describeBlobs(AMD64, index, ...all)).toMatchObject({ labels: { n: "older" } });
  });

  it("takes the date that is there when another platform has none", async () => {
    const index = indexBlob(
      describeBlob(undatedImage, "linux/amd64"),
      describeBlob(olderImage, "linux/arm64"),
    );
    const details = await describeBlobs(["linux/amd64", "linux/arm64"], index, ...all);
    expect(details).toMatchObject({ labels: { n: "older" } });
  });

  it("finds images in an index inside", async () => {
    const inner = indexBlob(describeBlob(olderImage, "linux/amd64"));
    const index = indexBlob(describeBlob(inner), describeBlob(newerImage, "linux/arm64"));
    expect(await describeBlobs(AMD64, index, inner, ...all)).toMatchObject({
      kind: "image",
      digest: digestOf(index.text),
      platforms: ["linux/amd64", "linux/arm64"],
    });
  });

  it("does not go deeper than it should", async () => {
    let index = indexBlob(describeBlob(olderImage, "linux/amd64"));
    const inner: Blob[] = [];
    for (let depth = 0; depth < 5; depth += 1) {
      inner.push(index);
      index = indexBlob(describeBlob(index));
    }
    const error = await registryErrorOf(describeBlobs(AMD64, index, ...inner, ...all));
    expect(error.code).toBe("too-large");
  });

  it("says no-platform for an empty index and for entries without platform", async () => {
    for (const index of [indexBlob(), indexBlob(describeBlob(olderImage))]) {
      expect(await describeBlobs(AMD64, index, ...all)).toMatchObject({
        kind: "no-platform",
        available: [],
      });
    }
  });

  it("is broken when an image of it is missing", async () => {
    const index = indexBlob(describeBlob(olderImage, "linux/amd64"));
    expect(await describeBlobs(AMD64, index)).toEqual({
      kind: "broken",
      text: expect.stringContaining(`a@${digestOf(olderImage.text)}: the manifest: answered 404`),
    });
  });

  it.each([
    ["an image that is not a manifest", { type: OCI, text: "[]" }],
    ["an image that is not JSON", { type: OCI, text: "{" }],
  ])("is broken when it names %s", async (_, part) => {
    const index = indexBlob(describeBlob(part, "linux/amd64"));
    expect(await describeBlobs(AMD64, index, part)).toMatchObject({ kind: "broken" });
  });

  it("is broken when its config is not one", async () => {
    const config = { type: "application/vnd.oci.image.config.v1+json", text: "no config" };
    expect(await describeBlobs(AMD64, imageBlob(config), config)).toMatchObject({ kind: "broken" });
  });

  it("verifies sha512", async () => {
    const index = indexBlob(describeBlob(olderImage, "linux/amd64", "sha512"));
    expect(await describeBlobs(AMD64, index, ...all)).toMatchObject({ kind: "image" });
  });

  it.each([
    ["a digest of another algorithm", { digest: "md5:abc" }, "invalid-response"],
    ["a digest that leads elsewhere", { digest: "../tags/list" }, "invalid-response"],
    ["another size", { size: 1 }, "digest-mismatch"],
    ["a size over the limit", { size: 9 * 1024 * 1024 }, "too-large"],
  ])("refuses %s of a wanted image", async (_, change, code) => {
    const index = indexBlob({ ...describeBlob(olderImage, "linux/amd64"), ...change });
    const error = await registryErrorOf(describeBlobs(AMD64, index, ...all));
    expect(error.code).toBe(code);
  });

  it("does not mind a digest it cannot verify where it need not", async () => {
    const index = indexBlob(
      { ...describeBlob(newerImage, "linux/s390x"), digest: "blake3:abc" },
      describeBlob(olderImage, "linux/amd64"),
    );
    expect(await describeBlobs(AMD64, index, ...all)).toMatchObject({ kind: "image" });
  });

  it("is not an image when it is schema 1", async () => {
    const type = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    const manifest = { type, text: '{"schemaVersion":1,"fsLayers":[],"history":[]}' };
    expect(await describeBlobs(AMD64, manifest)).toMatchObject({
      kind: "not-an-image",
      mediaType: type,
    });
  });

  it("drops labels that are not text", async () => {
    const config = configBlob({ config: { Labels: { a: 1 } } });
    expect(await describeBlobs(AMD64, imageBlob(config), config)).toMatchObject({ labels: {} });
  });
});

it("does not take a web page's 404 for a missing tag", async () => {
  const url = await startServer((_, response) => {
    response.writeHead(404, { "content-type": "text/html" }).end("<h1>404</h1>");
  });
  const repository = { host: "r", path: "a", apiUrl: url };
  const error = await registryErrorOf(
    createClient().describeTag(repository, "1", { platforms: AMD64 }),
  );
  expect(error.code).toBe("not-found");
});

describe("a tag that stays as it is", () => {
  const coded = (code: string): string => JSON.stringify({ errors: [{ code, message: "no" }] });
  const page = "<!DOCTYPE html><title>Not now</title>";

  /** A registry that answers every manifest and blob the same. */
  async function describeAnswer(
    status: number,
    body = "",
    headers: Record<string, string> = {},
  ): Promise<TagDetails | string> {
    const apiUrl = await startServer((_, response) => {
      response.writeHead(status, headers).end(body);
    });
    const described = createClient().describeTag({ host: "r", path: "a", apiUrl }, "1", {
      platforms: AMD64,
    });
    return described.catch((error: unknown) => {
      return RegistryError.is(error) ? error.code : Promise.reject(error);
    });
  }

  it.each([
    [404, coded("MANIFEST_UNKNOWN"), "gone"],
    [410, "", "gone"],
    [412, coded("PROJECTPOLICYVIOLATION"), "refused"],
    [412, "", "refused"],
    [451, "for legal reasons", "refused"],
    [406, "", "broken"],
    [409, coded("CONFLICT"), "broken"],
    [400, coded("MANIFEST_INVALID"), "broken"],
    [422, coded("manifest_invalid"), "broken"],
    [200, "{}", "broken"],
    [200, "[]", "broken"],
    [200, "bytes", "broken"],
    [200, '{"config":{},"manifests":[]}', "broken"],
  ])("is known where the registry answers %i %j: %s", async (status, body, kind) => {
    expect(await describeAnswer(status, body)).toMatchObject({ kind });
  });

  it.each([
    [400, coded("NAME_INVALID"), "invalid-response"],
    [400, "", "invalid-response"],
    [401, coded("UNAUTHORIZED"), "unauthorized"],
    [403, coded("DENIED"), "forbidden"],
    [408, "", "timeout"],
    [429, "", "rate-limited"],
    [500, coded("UNKNOWN"), "unavailable"],
    [503, coded("MANIFEST_INVALID"), "unavailable"],
    // A gateway's pages say nothing of a tag.
    [404, page, "not-found"],
    [406, page, "invalid-response"],
    [410, page, "invalid-response"],
    [412, page, "invalid-response"],
    [200, page, "invalid-response"],
    [200, "", "invalid-response"],
    [200, coded("UNKNOWN"), "invalid-response"],
  ])("is not known where the registry answers %i %j: %s", async (status, body, code) => {
    expect(await describeAnswer(status, body)).toBe(code);
  });

  it("is not known by bytes that are not those of the digest beside them", async () => {
    const headers = { "docker-content-digest": digestOf("others") };
    expect(await describeAnswer(200, "bytes", headers)).toBe("invalid-response");
    const own = { "docker-content-digest": digestOf("bytes") };
    expect(await describeAnswer(200, "bytes", own)).toMatchObject({ kind: "broken" });
  });

  it.each([
    [404, coded("BLOB_UNKNOWN"), "broken"],
    [404, "<Error><Code>NoSuchKey</Code></Error>", "broken"],
    [410, "", "broken"],
    [404, page, "not-found"],
    [403, coded("DENIED"), "forbidden"],
    [500, "", "unavailable"],
  ])(
    "is told from a passing trouble where its config is answered %i %j: %s",
    async (status, body, expected) => {
      const image = imageBlob(configBlob({}));
      const apiUrl = await startServer((request, response) => {
        if (request.url?.includes("/blobs/")) response.writeHead(status).end(body);
        else response.writeHead(200, { "content-type": image.type }).end(image.text);
      });
      const repository = { host: "r", path: "a", apiUrl };
      const outcome: unknown = await createClient()
        .describeTag(repository, "1", { platforms: AMD64 })
        .then(
          ({ kind }) => kind,
          (error: unknown) => (RegistryError.is(error) ? error.code : error),
        );
      expect(outcome).toBe(expected);
    },
  );

  it("has a digest that is an error, or none where it is gone", async () => {
    for (const [status, expected] of [
      [412, "invalid-response"],
      [410, undefined],
    ] as const) {
      const apiUrl = await startServer((_, response) => response.writeHead(status).end());
      const outcome: unknown = await createClient()
        .resolveDigest({ host: "r", path: "a", apiUrl }, "1")
        .catch((error: unknown) => (RegistryError.is(error) ? error.code : error));
      expect(outcome).toBe(expected);
    }
  });
});
