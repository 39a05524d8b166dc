import { createServer } from "node:http";
import { inspect } from "node:util";
import { writeFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  accessKey,
  acrCredentials,
  acrLogin,
  createAcrRegistry,
  ecsRole,
  environmentAccessKey,
  rrsaRole,
  type AccessKeySource,
} from "@image-updater/registry-acr";
import { describe, expect, it } from "vitest";
import { repositoryOf, startOpenApi, startRegistry } from "./support/acr.js";

const KEY = {
  accessKeyId: "STS.NUexample",
  accessKeySecret: "access-key-secret-3f9c",
  securityToken: "security-token-7b21",
};

function expectNone(value: unknown, secrets: readonly string[]): void {
  const texts = [
    String(value),
    JSON.stringify(value),
    inspect(value, { depth: 20, showHidden: true }),
    value instanceof Error ? `${value.stack} ${value.message}` : "",
  ].join("\n");
  for (const secret of secrets) expect(texts).not.toContain(secret);
}

describe("secrets", () => {
  it("are in no value that this package makes", () => {
    const environment = {
      ALIBABA_CLOUD_ACCESS_KEY_ID: KEY.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: KEY.accessKeySecret,
      ALIBABA_CLOUD_SECURITY_TOKEN: KEY.securityToken,
    };
    const password = "fixed-password-55e0";
    const secrets = [KEY.accessKeySecret, KEY.securityToken, password];
    const sources = [accessKey(KEY), environmentAccessKey(environment), ecsRole(), rrsaRole()];
    for (const source of sources) {
      expectNone(source, secrets);
      const credentials = acrCredentials({ source });
      expectNone(credentials, secrets);
      expectNone(createAcrRegistry({ credentials, tagTimes: "openapi" }), secrets);
    }
    const login = acrLogin({ username: "robot", password });
    expectNone([login, createAcrRegistry({ credentials: login })], secrets);
  });

  it("are in no error of a refused key, though the server quotes them", async () => {
    const openApi = await startOpenApi({ accessKey: KEY });
    const secrets = ["wrong-secret-91d4", ...openApi.secrets];
    const wrong = accessKey({ ...KEY, accessKeySecret: "wrong-secret-91d4" });
    await expectSilent(openApi.url, wrong, secrets);
  });

  it("are in no error of a key that no header can carry", async () => {
    const openApi = await startOpenApi({ accessKey: KEY });
    const broken = accessKey({ ...KEY, securityToken: `${KEY.securityToken}\r\nx: y` });
    await expectSilent(openApi.url, broken, openApi.secrets);
  });

  it("are in no error of a refused pod, though the server quotes its token", async () => {
    const openApi = await startOpenApi();
    const folder = await mkdtemp(join(tmpdir(), "acr-"));
    const tokenFile = join(folder, "token");
    await writeFile(tokenFile, "oidc-token-of-another-pod-c7aa");
    const { roleArn, oidcProviderArn } = openApi.oidcRole;
    const source = rrsaRole({ roleArn, oidcProviderArn, tokenFile, endpoint: openApi.url });
    await expectSilent(openApi.url, source, ["oidc-token-of-another-pod-c7aa"]);
    await rm(folder, { recursive: true });
  });

  it("are in no error of a throttled call or a lost connection", async () => {
    const openApi = await startOpenApi({ accessKey: KEY });
    openApi.throttle({ times: 100 });
    await expectSilent(openApi.url, accessKey(KEY), openApi.secrets);
    await expectSilent("http://127.0.0.1:1", accessKey(KEY), openApi.secrets);
  });

  it("are in no error whose code or id of a request is one of them", async () => {
    const server = createServer((request, response) => {
      const { headers } = request;
      const signature = headers.authorization?.split("Signature=")[1] ?? "";
      const said = { Code: KEY.securityToken, RequestId: signature };
      response.writeHead(403, { "content-type": "application/json" }).end(JSON.stringify(said));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const signatures: string[] = [];
    server.on("request", ({ headers }) => {
      signatures.push(headers.authorization?.split("Signature=")[1] ?? "");
    });
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    await expectSilent(`http://127.0.0.1:${address.port}`, accessKey(KEY), [KEY.securityToken]);
    expect(signatures.length).toBeGreaterThan(0);
    await expectSilent(`http://127.0.0.1:${address.port}`, accessKey(KEY), signatures);
    server.closeAllConnections();
    server.close();
  });

  it("are in no error of a registry that refuses the password", async () => {
    const openApi = await startOpenApi({ accessKey: KEY });
    await expectSilent(openApi.url, accessKey(KEY), openApi.secrets);
  });
});

/** Neither the errors of the credentials nor those of the client hold any of the secrets. */
async function expectSilent(
  endpoint: string,
  source: AccessKeySource,
  secrets: readonly string[],
): Promise<void> {
  const repository = repositoryOf(await startRegistry({ fixture: { "team/app": [{ tag: "1" }] } }));
  const credentials = acrCredentials({ source, endpoint, retries: 0 });
  const client = createAcrRegistry({ credentials, tagTimes: "openapi", retries: 0 });
  const errors = await Promise.allSettled([
    client.listTags(repository),
    client.describeTags?.(repository),
  ]);
  for (const settled of errors) {
    expect(settled.status).toBe("rejected");
    if (settled.status === "rejected") expectNone(settled.reason, secrets);
  }
}
