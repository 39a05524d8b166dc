import { registryClientContract, type ImageFixture } from "@image-updater/core/testing";
import { createOciRegistry } from "@image-updater/registry-oci";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { requireProgram } from "./real-servers.js";
import { pushImage } from "./skopeo.js";
import { startDockerRegistry, type DockerRegistry } from "./start-docker-registry.js";

// #region programs
const registryProgram = requireProgram("docker-registry");
const skopeoProgram = requireProgram("skopeo");
const isMissing = registryProgram === undefined || skopeoProgram === undefined;
// #endregion programs

describe.skipIf(isMissing)("registry-oci on Debian's docker-registry", () => {
  const clauses = registryClientContract({
    // skopeo pushes images only, and this registry does what it should.
    skip: ["artifacts", "faults", "paging"],
    async create({ fixture }) {
      const { host, url, close } = await startDockerRegistry();
      const push = async (repository: string, image: ImageFixture): Promise<void> => {
        await pushImage({ ...image, host, repository, created: createdOf(image) });
      };
      for (const [path, images] of Object.entries(fixture)) {
        await Promise.all(images.map((image) => push(path, image)));
      }
      return {
        client: createOciRegistry(),
        repository: (path) => ({ host, path, apiUrl: url }),
        push,
        close,
      };
    },
  });
  for (const { name, run } of clauses) it(name, run);

  it("finds the wanted platform in an index that skopeo pushed", async () => {
    const { host, url, close } = await startDockerRegistry();
    try {
      const repository = { host, path: "team/app", apiUrl: url };
      const platforms = ["linux/amd64", "linux/arm64/v8"];
      const digest = await pushImage({ host, repository: "team/app", tag: "1", platforms });
      const details = await createOciRegistry().describeTag(repository, "1", {
        platforms: ["linux/arm64"],
      });
      expect(details).toMatchObject({ kind: "image", digest, platforms });
    } finally {
      await close();
    }
  });
});

describe.skipIf(isMissing)("Debian's docker-registry, filled by skopeo", () => {
  let registry: DockerRegistry;

  beforeAll(async () => {
    registry = await startDockerRegistry();
  });

  afterAll(async () => {
    await registry.close();
  });

  async function push(tag: string, image: { created?: string; content?: string } = {}) {
    return pushImage({ host: registry.host, repository: "team/app", tag, ...image });
  }

  it("lists the tags that were pushed", async () => {
    await Promise.all([push("1.0.0"), push("1.1.0")]);
    const response = await fetch(`${registry.url}/v2/team/app/tags/list`);
    const list = (await response.json()) as { name: string; tags: string[] };
    // This registry promises no order.
    expect(list.tags.toSorted()).toEqual(["1.0.0", "1.1.0"]);
  });

  it("serves the manifest under the digest that the push answered", async () => {
    const digest = await push("2.0.0", { content: "two" });
    const response = await fetch(`${registry.url}/v2/team/app/manifests/2.0.0`, {
      headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
    });
    await response.body?.cancel();
    expect(response.headers.get("docker-content-digest")).toBe(digest);
  });

  it("keeps the build date in the image config", async () => {
    const digest = await push("3.0.0", { created: "2024-05-06T07:08:09Z" });
    const base = `${registry.url}/v2/team/app`;
    const manifest = await fetch(`${base}/manifests/${digest}`, {
      headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
    });
    const { config } = (await manifest.json()) as { config: { digest: string } };
    const blob = await fetch(`${base}/blobs/${config.digest}`);
    expect(await blob.json()).toMatchObject({ created: "2024-05-06T07:08:09Z", os: "linux" });
  });

  it("gives another digest to another content", async () => {
    const [one, other] = await Promise.all([
      push("4.0.0", { content: "one" }),
      push("4.0.0", { content: "other" }),
    ]);
    expect(one).not.toBe(other);
  });
});

describe("a real program that is missing", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it("is named with its Debian package and skipped", () => {
    vi.stubEnv("REQUIRE_REAL_SERVERS", "");
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    expect(requireProgram("no-such-program" as "git", "some-package")).toBeUndefined();
    expect(write).toHaveBeenCalledWith(
      expect.stringMatching(/^skipped: no-such-program is missing: install .* some-package/),
    );
  });

  it("is a failure where real servers are required", () => {
    vi.stubEnv("REQUIRE_REAL_SERVERS", "1");
    expect(() => requireProgram("no-such-program" as "git", "some-package")).toThrow(
      /^no-such-program is missing: install the Debian package some-package/,
    );
  });
});

function createdOf({ created }: ImageFixture): string | undefined {
  return created === null ? undefined : (created ?? "2024-01-01T00:00:00Z");
}
