import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fullName, tagWithDigest } from "../../src/image/image-names.js";
import { hasRegistryPrefix, shortForm } from "../../src/image/registry-prefix.js";
import { sameImage, sameImageIgnoringDockerHub } from "../../src/image/same-image.js";

interface Vector {
  readonly id: string;
  readonly area: string;
  readonly input: string;
  readonly expected: unknown;
}

const vectors = JSON.parse(
  readFileSync(new URL("../../../../test/vectors/upstream.json", import.meta.url), "utf8"),
) as Vector[];

describe("hasRegistryPrefix and shortForm agree with Argo CD Image Updater", () => {
  it.each(vectors.filter(({ area }) => area === "has-registry-prefix"))("$id", (vector) => {
    expect(hasRegistryPrefix(vector.input)).toBe(vector.expected);
  });
  it.each(vectors.filter(({ area }) => area === "short-form"))("$id", (vector) => {
    expect(shortForm(vector.input)).toBe(vector.expected);
  });
});

describe("two images are the same", () => {
  const plain = { repository: "nginx" };
  const hub = { registry: "docker.io", repository: "nginx" };
  const quay = { registry: "quay.io", repository: "nginx" };

  it.each([
    [plain, plain, true, true],
    [plain, hub, false, true],
    [hub, plain, false, true],
    [quay, hub, false, false],
    [quay, plain, false, false],
    [plain, { repository: "redis" }, false, false],
  ])("%j and %j: live %s, in an override %s", (a, b, live, override) => {
    expect(sameImage(a, b)).toBe(live);
    expect(sameImageIgnoringDockerHub(a, b)).toBe(override);
  });
});

it("fullName is the name without tag and digest", () => {
  expect(fullName({ registry: "ghcr.io", repository: "org/app" })).toBe("ghcr.io/org/app");
  expect(fullName({ repository: "nginx" })).toBe("nginx");
});

it.each([
  [{}, ""],
  [{ tag: "" }, ""],
  [{ tag: "1" }, "1"],
  [{ tag: "1", digest: "sha256:a" }, "1@sha256:a"],
  [{ digest: "sha256:a" }, "latest@sha256:a"],
  [{ tag: "", digest: "sha256:a" }, "latest@sha256:a"],
])("tagWithDigest of %j is %j", (fields, text) => {
  expect(tagWithDigest(fields)).toBe(text);
});
