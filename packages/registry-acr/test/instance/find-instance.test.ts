import { createServer, type Server, type ServerResponse } from "node:http";
import { systemClock } from "@image-updater/core/system";
import { createHttpClient } from "@image-updater/registry-oci/http";
import { describe, expect, it } from "vitest";
import { createInstanceFinder, type InstanceFinder } from "../../src/instance/find-instance.js";
import {
  ENTERPRISE_HOST,
  ENTERPRISE_SERVICE,
  PERSONAL_SERVICE,
  closeAfterTest,
  registryErrorOf,
  repositoryOf,
  startRegistry,
} from "../support/acr.js";

const ENTERPRISE = { edition: "enterprise", region: "cn-hangzhou", instanceId: "cri-test" };

describe("an instance finder", () => {
  it("reads an Enterprise instance off the challenge, also behind a custom domain", async () => {
    const server = await startRegistry();
    const repository = repositoryOf(server, "images.example.com");
    await expect(createFinder().find(repository, undefined)).resolves.toEqual(ENTERPRISE);
  });

  it("reads the personal edition off the challenge", async () => {
    const server = await startRegistry({}, { service: PERSONAL_SERVICE });
    const found = await createFinder().find(repositoryOf(server), undefined);
    expect(found).toEqual({ edition: "personal", region: "cn-hangzhou" });
  });

  it("asks once for each API, however many ask, and again after forgetting", async () => {
    const server = await startRegistry();
    const finder = createFinder();
    const repositories = ["a/b", "c/d", "e/f"].map((path) =>
      repositoryOf(server, ENTERPRISE_HOST, path),
    );
    await Promise.all(repositories.map((one) => finder.find(one, undefined)));
    await finder.find(repositoryOf(server), undefined);
    expect(server.requests).toEqual([{ method: "GET", path: "/v2/", status: 401 }]);
    finder.forget(repositoryOf(server));
    await finder.find(repositoryOf(server), undefined);
    expect(server.requests).toHaveLength(2);
  });

  it("says that another registry is not ACR's", async () => {
    const server = await startRegistry({}, { service: "registry.docker.io" });
    const error = await registryErrorOf(createFinder().find(repositoryOf(server), undefined));
    expect(error).toMatchObject({
      code: "invalid-response",
      message: `${ENTERPRISE_HOST}: the registry names no region or instance of ACR`,
    });
  });

  it.each([
    [200, {}, "invalid-response"],
    [404, {}, "not-found"],
    [503, {}, "unavailable"],
    [401, {}, "invalid-response"],
    [401, { "www-authenticate": 'Basic realm="https://a.aliyuncs.com"' }, "invalid-response"],
    [
      401,
      { "www-authenticate": `Bearer realm="https://example.com",service="${ENTERPRISE_SERVICE}"` },
      "refused-address",
    ],
  ])("refuses a ping answered %i with %j as %s", async (status, headers, code) => {
    const apiUrl = await startServer((response) => response.writeHead(status, headers).end());
    const repository = { host: ENTERPRISE_HOST, path: "team/app", apiUrl };
    const error = await registryErrorOf(createFinder().find(repository, undefined));
    expect(error.code).toBe(code);
  });

  it("does not believe a challenge that a redirect led to", async () => {
    const elsewhere = await startRegistry();
    const apiUrl = await startServer((response) =>
      response.writeHead(302, { location: `${elsewhere.url}/v2/` }).end(),
    );
    const repository = { host: ENTERPRISE_HOST, path: "team/app", apiUrl };
    const error = await registryErrorOf(createFinder().find(repository, undefined));
    expect(error.code).toBe("invalid-response");
  });

  it("asks nothing at an address that cannot be a registry's", async () => {
    const repository = { host: "x", path: "team/app", apiUrl: "file:///etc/passwd" };
    const error = await registryErrorOf(createFinder().find(repository, undefined));
    expect(error.code).toBe("refused-address");
  });

  it("ends when its caller does", async () => {
    const server = await startRegistry();
    const finding = createFinder().find(repositoryOf(server), { signal: AbortSignal.abort() });
    expect((await registryErrorOf(finding)).code).toBe("cancelled");
  });
});

function createFinder(): InstanceFinder {
  return createInstanceFinder(createHttpClient({ retries: 0 }), systemClock());
}

async function startServer(answer: (response: ServerResponse) => void): Promise<string> {
  const server: Server = createServer((_request, response) => answer(response));
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
