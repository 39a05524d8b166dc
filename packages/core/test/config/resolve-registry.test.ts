import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { defaultRegistry, type RegistryConfig } from "../../src/config/registry-config.js";
import { resolveRegistry } from "../../src/config/resolve-registry.js";
import { parseImageReference } from "../../src/image/parse-image-reference.js";

interface Vector {
  readonly id: string;
  readonly area: string;
  readonly input: {
    readonly image: string;
    readonly registry: string;
    readonly prefixes: readonly { readonly prefix: string; readonly default?: boolean }[];
  };
  readonly expected: { readonly prefix: string };
}

const vectors = (
  JSON.parse(
    readFileSync(new URL("../../../../test/vectors/upstream.json", import.meta.url), "utf8"),
  ) as Vector[]
).filter(({ area }) => area === "registry-endpoint");

/** Upstream matches by bare string prefix; we by whole path components. */
const DEVIATIONS: Readonly<Record<string, string>> = { "registry-endpoint-005": "docker.iox" };

function config(fields: Partial<RegistryConfig>): RegistryConfig {
  return {
    name: "test",
    apiUrl: "https://api.test",
    tagSortMode: "unsorted",
    insecure: false,
    isDefault: false,
    ...fields,
  };
}

describe("resolveRegistry chooses the endpoint as Argo CD Image Updater", () => {
  it.each(vectors)("$id", ({ id, input, expected }) => {
    const registries = input.prefixes.map(({ prefix, default: isDefault = false }) =>
      config({ prefix, isDefault }),
    );
    const registry = input.registry === "" ? undefined : input.registry;
    const { endpoint } = resolveRegistry({ registry, repository: input.image }, registries);
    expect(endpoint.prefix).toBe(DEVIATIONS[id] ?? expected.prefix);
  });
});

function resolve(text: string, registries?: readonly RegistryConfig[]): readonly string[] {
  const { value } = parseImageReference(text);
  if (value === undefined) throw new Error("not parsed");
  const { repository, endpoint } = resolveRegistry(value, registries);
  return [repository.apiUrl, repository.host, repository.path, endpoint.name];
}

describe("without configuration", () => {
  const hub = ["https://registry-1.docker.io", "docker.io"];
  it.each([
    ["nginx", [...hub, "library/nginx", "Docker Hub"]],
    ["docker.io/nginx", [...hub, "library/nginx", "Docker Hub"]],
    ["docker.io/library/nginx:~1", [...hub, "library/nginx", "Docker Hub"]],
    ["org/app", [...hub, "org/app", "Docker Hub"]],
    ["ghcr.io/org/app", ["https://ghcr.io", "ghcr.io", "org/app", "ghcr.io"]],
    ["ghcr.io/app", ["https://ghcr.io", "ghcr.io", "app", "ghcr.io"]],
    ["docker.iox/foo", ["https://docker.iox", "docker.iox", "foo", "docker.iox"]],
    ["localhost:5000/x:~1", ["https://localhost:5000", "localhost:5000", "x", "localhost:5000"]],
  ])("%s is at %j", (text, expected) => {
    expect(resolve(text)).toEqual(expected);
  });

  it("an inferred registry has 20 requests a second, the built-in one 10", () => {
    const { endpoint } = resolveRegistry({ registry: "ghcr.io", repository: "a" });
    expect(endpoint.requestsPerSecond).toBe(20);
    expect(resolveRegistry({ repository: "a" }).endpoint).toBe(defaultRegistry);
    expect(defaultRegistry.requestsPerSecond).toBe(10);
  });
});

describe("with configuration", () => {
  it("an entry for docker.io replaces the built-in one, also for images without registry", () => {
    const mine = config({ name: "mine", prefix: "docker.io", apiUrl: "https://mirror.test" });
    const expected = ["https://mirror.test", "docker.io", "library/nginx", "mine"];
    expect(resolve("nginx", [mine])).toEqual(expected);
    expect(resolve("docker.io/nginx", [mine])).toEqual(expected);
  });

  it("a default entry serves images without registry, docker.io stays built in", () => {
    const harbor = config({
      name: "harbor",
      prefix: "harbor.test/proxy",
      isDefault: true,
      defaultNamespace: "proxy",
    });
    expect(resolve("nginx", [harbor])).toEqual([
      "https://api.test",
      "harbor.test",
      "proxy/nginx",
      "harbor",
    ]);
    expect(resolve("docker.io/nginx", [harbor])[3]).toBe("Docker Hub");
  });

  it("the longest prefix of whole path components wins, and the path keeps it", () => {
    const registries = ["foo.bar/a", "foo.bar/a/b", "foo.bar/a/bc"].map((prefix) =>
      config({ name: prefix, prefix }),
    );
    expect(resolve("foo.bar/a/b/c", registries)).toEqual([
      "https://api.test",
      "foo.bar",
      "a/b/c",
      "foo.bar/a/b",
    ]);
    expect(resolve("foo.bar/a/b", registries)[3]).toBe("foo.bar/a/b");
    expect(resolve("foo.bar/a/bcd", registries)[3]).toBe("foo.bar/a");
    expect(resolve("foo.bar/ab", registries)[3]).toBe("foo.bar");
  });

  it("an entry for the whole host goes before entries for its paths", () => {
    const registries = ["foo.bar", "foo.bar/a"].map((prefix) => config({ name: prefix, prefix }));
    expect(resolve("foo.bar/a/b", registries)[3]).toBe("foo.bar");
  });

  it("an entry without prefix serves every image that no other entry does", () => {
    const open = config({ name: "open", apiUrl: "https://reg.test:5000/base" });
    const path = config({ name: "path", prefix: "other.test/team" });
    expect(resolve("reg.test:5000/a", [open])[3]).toBe("open");
    expect(resolve("other.test/a", [open, path])).toEqual([
      "https://reg.test:5000/base",
      "other.test",
      "a",
      "open",
    ]);
    expect(resolve("other.test/team/a", [path, open])[3]).toBe("path");
    expect(resolve("docker.io/org/a", [open])[3]).toBe("Docker Hub");
    expect(resolve("nginx", [open])[3]).toBe("Docker Hub");
  });

  it("an entry without prefix may be the default", () => {
    const open = config({ name: "open", apiUrl: "https://reg.test:5000", isDefault: true });
    expect(resolve("nginx", [open])).toEqual([
      "https://reg.test:5000",
      "reg.test:5000",
      "nginx",
      "open",
    ]);
  });

  it("of two entries with one prefix the last is used", () => {
    const registries = ["a", "b"].map((name) => config({ name, prefix: "foo.bar" }));
    expect(resolve("foo.bar/x", registries)[3]).toBe("b");
  });
});
