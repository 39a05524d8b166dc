import { createServer } from "node:http";
import type { RegistryClient } from "@image-updater/core";
import { acrLogin, createAcrRegistry, type AcrRegistrySettings } from "@image-updater/registry-acr";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  ENTERPRISE_HOST,
  LOGIN,
  closeAfterTest,
  createJumpingClock,
  credentialsOf,
  registryErrorOf,
  repositoryOf,
  startOpenApi,
  startRegistry,
} from "./support/acr.js";

const FIXTURE = { "team/app": [{ tag: "1.0" }, { tag: "2.0" }] };

describe("serves", () => {
  const custom = createAcrRegistry({ hosts: ["Images.Example.com", "127.0.0.1:5000"] });

  it.each([
    [createAcrRegistry(), "registry.cn-hangzhou.aliyuncs.com", true],
    [createAcrRegistry(), "registry-cn-hangzhou.ack.aliyuncs.com", true],
    [createAcrRegistry(), "images.example.com", false],
    [createAcrRegistry(), "a1b2.mirror.aliyuncs.com", false],
    [createAcrRegistry(), "docker.io", false],
    [custom, "images.example.com", true],
    [custom, "127.0.0.1:5000", true],
    [custom, "127.0.0.1", false],
    [custom, "registry.cn-hangzhou.aliyuncs.com", true],
  ])("%#: %s is %s", (client: RegistryClient, host, isServed) => {
    expect(client.serves({ host, path: "a/b", apiUrl: `https://${host}` })).toBe(isServed);
  });

  it("knows a registry by its API too", () => {
    const apiUrl = "https://registry-vpc.cn-hangzhou.aliyuncs.com";
    const repository = { host: "images.example.com", path: "a/b", apiUrl };
    expect(createAcrRegistry().serves(repository)).toBe(true);
  });

  it("can be narrowed, never widened", () => {
    const client = createAcrRegistry({ serves: ({ path }) => path.startsWith("mine/") });
    const apiUrl = "https://registry.cn-hangzhou.aliyuncs.com";
    const host = "registry.cn-hangzhou.aliyuncs.com";
    expect(client.serves({ host, path: "mine/app", apiUrl })).toBe(true);
    expect(client.serves({ host, path: "yours/app", apiUrl })).toBe(false);
    expect(client.serves({ host: "x", path: "mine/app", apiUrl: "https://x" })).toBe(false);
  });

  it("leaves Alibaba Cloud's own instance to others where the OpenAPI dates tags", async () => {
    const credentials = credentialsOf(await startOpenApi());
    const host = "registry-cn-hangzhou.ack.aliyuncs.com";
    const repository = { host, path: "acs/pause", apiUrl: `https://${host}` };
    const dated = createAcrRegistry({ credentials, tagTimes: "openapi" });
    expect(dated.serves(repository)).toBe(false);
    expect(createAcrRegistry({ credentials }).serves(repository)).toBe(true);
  });
});

describe("listReferrers", () => {
  const artifactType = "application/vnd.cncf.notary.signature";

  it.each(["api", "tag"] as const)("lists by %s, with the credentials", async (referrers) => {
    const server = await startRegistry({ fixture: FIXTURE, referrers });
    const subject = server.push("team/app", { tag: "3.0", content: "signed" });
    const digest = server.attach("team/app", subject, { artifactType });
    const client = createAcrRegistry({ credentials: acrLogin(LOGIN) });
    const found = client.listReferrers?.(repositoryOf(server), subject, { artifactType });
    await expect(found).resolves.toEqual([{ digest, artifactType, annotations: {} }]);
  });

  it("says unsupported for a registry that knows of none", async () => {
    const server = await startRegistry({ fixture: FIXTURE, referrers: "none" });
    const subject = server.push("team/app", { tag: "1.0" });
    const client = createAcrRegistry({ credentials: acrLogin(LOGIN) });
    const found = client.listReferrers?.(repositoryOf(server), subject);
    await expect(found).resolves.toBe("unsupported");
  });
});

describe("describeTags", () => {
  it("is there only where the OpenAPI is to be used", async () => {
    const credentials = credentialsOf(await startOpenApi());
    expect(createAcrRegistry({ credentials })).not.toHaveProperty("describeTags");
    expect(createAcrRegistry({ credentials, tagTimes: "registry" })).not.toHaveProperty(
      "describeTags",
    );
    expect(createAcrRegistry({ credentials, tagTimes: "openapi" })).toHaveProperty("describeTags");
  });

  it("needs an access key", () => {
    expectTypeOf<{ readonly tagTimes: "openapi" }>().not.toExtend<AcrRegistrySettings>();
    expectTypeOf<{
      readonly tagTimes: "openapi";
      readonly credentials: ReturnType<typeof acrLogin>;
    }>().not.toExtend<AcrRegistrySettings>();
    expectTypeOf<{
      readonly tagTimes: "openapi";
      readonly credentials: ReturnType<typeof credentialsOf>;
    }>().toExtend<AcrRegistrySettings>();
  });

  it("tells an image with credentials of its own no more than those may see", async () => {
    const repositories = { "team/app": [{ tag: "2.0" }, { tag: "secret" }, { tag: "1.0" }] };
    const openApi = await startOpenApi({ repositories });
    const server = await startRegistry({ fixture: FIXTURE });
    const client = createAcrRegistry({
      credentials: credentialsOf(openApi),
      references: acrReferences(LOGIN),
      tagTimes: "openapi",
    });
    const credential = { kind: "env", variable: "OWN" } as const;
    const own = await client.describeTags?.(repositoryOf(server), { credential });
    expect(own?.map(({ name }) => name)).toEqual(["2.0", "1.0"]);
    const all = await client.describeTags?.(repositoryOf(server));
    expect(all?.map(({ name }) => name)).toEqual(["2.0", "secret", "1.0"]);
  });
});

describe("the credentials", () => {
  it("of an image win over the client's", async () => {
    const server = await startRegistry({ fixture: FIXTURE });
    const client = createAcrRegistry({
      retries: 0,
      credentials: acrLogin({ username: "another", password: "wrong" }),
      references: acrReferences(LOGIN),
    });
    const credential = { kind: "env", variable: "OWN" } as const;
    expect(await client.listTags(repositoryOf(server), { credential })).toHaveLength(2);
    const error = await registryErrorOf(client.listTags(repositoryOf(server)));
    expect(error.code).toBe("unauthorized");
  });

  it.each([{}, { credentials: acrLogin(LOGIN) }])(
    "of an image are never replaced by others: %#",
    async (settings) => {
      const server = await startRegistry({ fixture: FIXTURE }, { anonymousPull: true });
      const client = createAcrRegistry({ retries: 0, ...settings });
      const credential = { kind: "env", variable: "OWN" } as const;
      const error = await registryErrorOf(client.listTags(repositoryOf(server), { credential }));
      expect(error.code).toBe("unauthorized");
      expect(error.message).toContain("env:OWN");
    },
  );

  it("are none by default", async () => {
    const server = await startRegistry({ fixture: FIXTURE }, { anonymousPull: true });
    expect(await createAcrRegistry().listTags(repositoryOf(server))).toHaveLength(2);
  });

  it("are sent to no token server but Alibaba Cloud's and the registry's own", async () => {
    const url = await startChallenger('Bearer realm="https://example.com/auth",service="x"');
    const client = createAcrRegistry({ retries: 0, credentials: acrLogin(LOGIN) });
    const repository = { host: ENTERPRISE_HOST, path: "team/app", apiUrl: url };
    const error = await registryErrorOf(client.listTags(repository));
    expect(error).toMatchObject({ code: "refused-address" });
    expect(error.message).toContain("https://example.com/auth is refused");
  });
});

describe("the rate", () => {
  it.each([
    ["15 requests a second by default", [], 15],
    ["as configured", [5], 5],
  ])("is %s", async (_name, configured, perSecond) => {
    const clock = createJumpingClock();
    const server = await startRegistry({ fixture: FIXTURE }, { scheme: "basic" });
    const registries = configured.map((rate) => ({ apiUrl: server.url, requestsPerSecond: rate }));
    const client = createAcrRegistry({
      clock,
      registriesConf: registries,
      credentials: acrLogin(LOGIN),
    });
    const started = clock.now().getTime();
    for (let count = 0; count < 40; count += 1)
      await client.resolveDigest(repositoryOf(server), "1.0");
    const seconds = (clock.now().getTime() - started) / 1000;
    const burst = Math.min(10, perSecond);
    expect(seconds).toBeCloseTo((server.requests.length - burst) / perSecond, 0);
  });
});

/** Answers for images with credentials of their own, whatever those are. */
function acrReferences(login: { readonly username: string; readonly password: string }) {
  return { forRepository: async () => ({ kind: "basic", ...login }) as const };
}

async function startChallenger(challenge: string): Promise<string> {
  const server = createServer((_request, response) =>
    response.writeHead(401, { "www-authenticate": challenge }).end(),
  );
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  closeAfterTest({
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}
