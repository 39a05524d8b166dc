import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { RegistryError } from "@image-updater/core";
import { checkCertificateAuthorities, type RegistryConnection } from "@image-updater/registry-oci";
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
  connection: Omit<RegistryConnection, "apiUrl"> | undefined,
  dispatcher?: Dispatcher,
  certificatesFolder?: string,
): Promise<readonly string[]> {
  const server = await startRegistry({ fixture, tls: loopbackTls });
  const registries = connection === undefined ? [] : [{ apiUrl: `${server.url}/`, ...connection }];
  const client = createClient({ registriesConf: registries, dispatcher, certificatesFolder });
  return client.listTags(repositoryOf(server));
}

/** A folder with one file, for the host that the loopback server has. */
async function folderWith(text: string, name = "127.0.0.1"): Promise<string> {
  const own = await mkdtemp(join(folder, "certificates-"));
  await writeFile(join(own, name), text);
  return own;
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

  it.each([
    ["an entry without caFile", {}],
    ["an entry with other caData", { caData: rootCertificates[0] }],
    ["a registry without an entry", undefined],
  ])("is trusted by the folder's file for its host: %s", async (_what, connection) => {
    const certificates = await folderWith(loopbackTls.cert);
    await expect(listOverTls(connection, undefined, certificates)).resolves.toEqual(["1"]);
  });

  it("is not trusted by the folder's file for another host, nor where there is none", async () => {
    const other = await folderWith(loopbackTls.cert, "registry.example.com");
    for (const certificates of [other, join(folder, "missing")]) {
      const error = await registryErrorOf(listOverTls({}, undefined, certificates));
      expect(error.message).toContain("ca_file");
    }
  });

  it("is not reached by a runtime that would ignore the folder's file for its host", async () => {
    const certificates = await folderWith(loopbackTls.cert);
    vi.stubGlobal("Bun", {});
    const error = await registryErrorOf(listOverTls({}, undefined, certificates));
    vi.unstubAllGlobals();
    expect(error.code).toBe("unsupported");
    expect(error.message).toContain("Bun ignores the setting(s) certificatesFolder;");
  });

  it("is trusted by its caFile alone, where it has one", async () => {
    const certificates = await folderWith("nonsense");
    const connection = { caFile: join(folder, "ca.pem") };
    await expect(listOverTls(connection, undefined, certificates)).resolves.toEqual(["1"]);
  });

  it("is trusted as soon as its file is there", async () => {
    const server = await startRegistry({ fixture, tls: loopbackTls });
    const certificates = await folderWith(loopbackTls.cert, "registry.example.com");
    const client = createClient({ certificatesFolder: certificates });
    await registryErrorOf(client.listTags(repositoryOf(server)));
    await writeFile(join(certificates, "127.0.0.1"), loopbackTls.cert);
    await expect(client.listTags(repositoryOf(server))).resolves.toEqual(["1"]);
  });

  it("is not reached when its authorities are none", async () => {
    const garbage = await folderWith("nonsense");
    const error = await registryErrorOf(listOverTls({}, undefined, garbage));
    expect(error.message).toContain(`"${join(garbage, "127.0.0.1")}" holds no certificate`);
    const data = loopbackTls.cert.replace(/[A-Z]/gu, "!");
    expect((await registryErrorOf(listOverTls({ caData: data }))).message).toContain("ca_data");
    const caFile = join(garbage, "127.0.0.1");
    expect((await registryErrorOf(listOverTls({ caFile }))).message).toContain(`"${caFile}"`);
    await expect(listOverTls({ insecure: true, caData: "nonsense" })).resolves.toEqual(["1"]);
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

describe("checkCertificateAuthorities", () => {
  const apiUrl = "https://127.0.0.1:5000";

  it("says of each registry whose authorities cannot be used", async () => {
    const certificatesFolder = await folderWith("nonsense");
    const missing = join(folder, "missing.pem");
    const found = await checkCertificateAuthorities(
      [
        { apiUrl, caFile: join(folder, "ca.pem") },
        { apiUrl, caFile: missing },
        { apiUrl: "https://x.test", caData: "nonsense" },
        { apiUrl },
        { apiUrl, insecure: true, caFile: missing },
        { apiUrl: "https://x.test", caData: `# mine\n${loopbackTls.cert}nonsense` },
        { apiUrl: "" },
      ],
      { certificatesFolder },
    );
    expect(found).toMatchObject([
      { severity: "error", where: { field: "registries[1].ca_file" } },
      { severity: "error", where: { field: "registries[2].ca_data" } },
      { severity: "error", where: { field: "registries[3].api_url" } },
    ]);
    expect(found[0]?.message).toContain(missing);
    expect(found[2]?.message).toContain(join(certificatesFolder, "127.0.0.1"));
  });

  it.each(["https://..", "https://.", "https://%2e%2e", "https://x/../..", "not a url"])(
    "never looks outside of the folder for %s",
    async (url) => {
      await writeFile(join(folder, "outside"), "nonsense");
      const certificatesFolder = join(folder, "outside", "inside");
      expect(await checkCertificateAuthorities([{ apiUrl: url }], { certificatesFolder })).toEqual(
        [],
      );
    },
  );
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
    await createClient({ registriesConf: registries, clock }).listTags(repositoryOf(server));
    expect(clock.delays.map(Math.round)).toEqual(delays);
  });

  it("does not count what a storage of another origin answers", async () => {
    const storage = await startRegistry({ fixture });
    const server = await startRegistry({ fixture, blobsAt: storage.url });
    const clock = createJumpingClock();
    const registries = [{ apiUrl: server.url, requestsPerSecond: 1 }];
    const client = createClient({ registriesConf: registries, clock });
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
