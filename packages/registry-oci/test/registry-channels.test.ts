import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { RegistryError } from "@image-updater/core";
import type { RegistryConnection } from "@image-updater/registry-oci";
import { Agent, type Dispatcher } from "undici";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createJumpingClock } from "./support/jumping-clock.js";
import { createClient, registryErrorOf, repositoryOf, startRegistry } from "./support/loopback.js";
import { loopbackTls } from "./support/loopback-tls.js";

const fixture = { "team/app": [{ tag: "1" }] };
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "registry-oci-"));
  await writeFile(join(folder, "ca.pem"), loopbackTls.cert);
});

afterAll(() => rm(folder, { recursive: true }));

async function listOverTls(
  connection: Omit<RegistryConnection, "apiUrl">,
  dispatcher?: Dispatcher,
): Promise<readonly string[]> {
  const server = await startRegistry({ fixture, tls: loopbackTls });
  const registries = [{ apiUrl: `${server.url}/`, ...connection }];
  return createClient({ registries, dispatcher }).listTags(repositoryOf(server));
}

describe("a registry with a certificate of a private authority", () => {
  it("is not trusted by itself", async () => {
    const error = await registryErrorOf(listOverTls({}));
    expect(error.code).toBe("unavailable");
    expect(error.message).toContain("ca_file");
  });

  it("is trusted by caData", async () => {
    await expect(listOverTls({ caData: loopbackTls.cert })).resolves.toEqual(["1"]);
  });

  it("is trusted by caFile", async () => {
    await expect(listOverTls({ caFile: join(folder, "ca.pem") })).resolves.toEqual(["1"]);
  });

  it("is not verified when it is insecure", async () => {
    await expect(listOverTls({ insecure: true })).resolves.toEqual(["1"]);
  });

  it("is trusted as before when Node trusts it by itself", async () => {
    vi.stubEnv("NODE_EXTRA_CA_CERTS", join(folder, "ca.pem"));
    await expect(listOverTls({ caData: rootCertificates[0] })).resolves.toEqual(["1"]);
    vi.stubEnv("NODE_EXTRA_CA_CERTS", join(folder, "missing.pem"));
    await expect(listOverTls({ caData: loopbackTls.cert })).resolves.toEqual(["1"]);
    const error = await registryErrorOf(listOverTls({ caData: rootCertificates[0] }));
    expect(error.code).toBe("unavailable");
    vi.unstubAllEnvs();
  });

  it("is not reached when its authorities cannot be read", async () => {
    const error = await registryErrorOf(listOverTls({ caFile: join(folder, "missing.pem") }));
    expect(error.message).toContain(`"${join(folder, "missing.pem")}" cannot be read`);
    expect(RegistryError.is(error) && error.code).toBe("unavailable");
  });

  it("is up to the dispatcher where there is one", async () => {
    const trusting = new Agent({ connect: { ca: loopbackTls.cert } });
    await expect(listOverTls({}, trusting)).resolves.toEqual(["1"]);
    const plain = new Agent();
    expect((await registryErrorOf(listOverTls({ insecure: true }, plain))).code).toBe(
      "unavailable",
    );
    await Promise.all([trusting.close(), plain.close()]);
  });
});

describe("the rate of a registry", () => {
  it.each([
    ["is what its configuration says", { requestsPerSecond: 2 }, [500, 500]],
    ["is not limited where the configuration says nothing", {}, []],
  ])("%s, over all calls and pages", async (_, connection, delays) => {
    const tags = Array.from({ length: 4 }, (__, index) => ({ tag: String(index) }));
    const server = await startRegistry({ fixture: { "team/app": tags }, pageSize: 1 });
    const clock = createJumpingClock();
    const registries = [{ apiUrl: server.url, ...connection }];
    await createClient({ registries, clock }).listTags(repositoryOf(server));
    expect(clock.delays.map(Math.round)).toEqual(delays);
  });

  it("does not count what a storage of another origin answers", async () => {
    const storage = await startRegistry({ fixture });
    const server = await startRegistry({ fixture, blobsAt: storage.url });
    const clock = createJumpingClock();
    const registries = [{ apiUrl: server.url, requestsPerSecond: 1 }];
    const client = createClient({ registries, clock });
    await client.describeTag(repositoryOf(server), "1", { platforms: ["linux/amd64"] });
    expect(storage.requests).toHaveLength(1);
    expect(clock.delays.map(Math.round)).toEqual([1000]);
  });

  it("is 20 for a registry without configuration, and tokens count", async () => {
    const tags = Array.from({ length: 15 }, (_, index) => ({ tag: String(index) }));
    const auth = { username: "u", password: "p", anonymousPull: true };
    const server = await startRegistry({ fixture: { "team/app": tags }, pageSize: 1, auth });
    const clock = createJumpingClock();
    await createClient({ clock }).listTags(repositoryOf(server));
    // 15 pages, a challenge and a token, of which ten may go at once.
    expect(clock.delays.map(Math.round)).toEqual(Array(7).fill(50));
  });
});
