import { describe, expect, it } from "vitest";
import { DIGEST, readPayload } from "./sample-webhooks.js";

const OTHER_DIGEST = `sha256:${"ab".repeat(32)}`;

const owner = { login: "MyOrg" };

function packageOf(version: object | undefined, more: object = {}): object {
  return { name: "App", package_type: "container", owner, package_version: version, ...more };
}

function published(version: object, more: object = {}): object {
  return { action: "published", package: packageOf(version, more) };
}

describe("the event of a published package", () => {
  it.each(["package", "registry_package"])("is read from %s in payload and header", (name) => {
    for (const header of ["package", "registry_package"]) {
      const payload = { action: "published", [name]: packageOf({ name: "1.0" }) };
      const headers = { "X-GitHub-Event": header };
      expect(readPayload("ghcr.io", payload, { headers })).toEqual({
        registry: "ghcr.io",
        repository: "myorg/app",
        tag: "1.0",
      });
    }
  });

  it.each(["container", "CONTAINER", "Container", "docker", "DOCKER"])("is of type %s", (type) => {
    const payload = published({ name: "1.0" }, { package_type: type });
    expect(readPayload("ghcr.io", payload)).toMatchObject({ tag: "1.0" });
  });

  it("names a package with a path", () => {
    const payload = published({ name: "1.0" }, { name: "Charts/App" });
    expect(readPayload("ghcr.io", payload)).toMatchObject({ repository: "myorg/charts/app" });
  });

  it.each([
    {
      name: "the container's tag",
      version: { name: "b", version: "c", container_metadata: { tag: { name: "a" } } },
      found: { tag: "a" },
    },
    {
      name: "the version's name",
      version: { name: "b", version: "c", container_metadata: { tag: { name: "" } } },
      found: { tag: "b" },
    },
    {
      name: "the version",
      version: { version: "c", container_metadata: null },
      found: { tag: "c" },
    },
    {
      name: "the digest of a push without tag",
      version: { name: OTHER_DIGEST, container_metadata: { tag: { name: "", digest: "" } } },
      found: { digest: OTHER_DIGEST },
    },
    {
      name: "the manifest's digest before others",
      version: {
        version: OTHER_DIGEST,
        container_metadata: {
          tag: { name: "a", digest: OTHER_DIGEST },
          manifest: { digest: DIGEST },
        },
      },
      found: { tag: "a", digest: DIGEST },
    },
    {
      name: "the tag's digest",
      version: { container_metadata: { tag: { name: "a", digest: DIGEST }, manifest: "" } },
      found: { tag: "a", digest: DIGEST },
    },
  ])("has $name", ({ version, found }) => {
    expect(readPayload("ghcr.io", published(version))).toEqual({
      registry: "ghcr.io",
      repository: "myorg/app",
      ...found,
    });
  });
});

describe("a webhook of GitHub that is refused", () => {
  it.each(["push", "ping", "Package", ""])("for the event %j", (event) => {
    const headers = { "X-GitHub-Event": event };
    const payload = published({ name: "1.0" });
    expect(readPayload("ghcr.io", payload, { headers })).toBe("unsupported-event");
  });

  it.each(["updated", "deleted", ""])("for the action %j", (action) => {
    const payload = { ...published({ name: "1.0" }), action };
    expect(readPayload("ghcr.io", payload)).toBe("unsupported-event");
  });

  it.each(["npm", "containers", ""])("for the package type %j", (type) => {
    const payload = published({ name: "1.0" }, { package_type: type });
    expect(readPayload("ghcr.io", payload)).toBe("unsupported-event");
  });

  it.each([
    { name: "no package", payload: { action: "published" } },
    { name: "no name", payload: published({ name: "1.0" }, { name: "" }) },
    { name: "no owner", payload: published({ name: "1.0" }, { owner: undefined }) },
    { name: "an owner without name", payload: published({ name: "1.0" }, { owner: {} }) },
    { name: "neither tag nor digest", payload: published({}) },
    { name: "no version", payload: { action: "published", package: packageOf(undefined) } },
  ])("for $name", ({ payload }) => {
    expect(readPayload("ghcr.io", payload)).toBe("missing-field");
  });
});
