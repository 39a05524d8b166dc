import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  accessKey,
  ecsRole,
  environmentAccessKey,
  rrsaRole,
  type AccessKeySource,
  type RrsaRoleSettings,
} from "@image-updater/registry-acr";
import type { AcrOpenApiServer } from "@image-updater/registry-acr/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openApiConnection } from "../../src/openapi/open-api-connection.js";
import {
  actionsOf,
  createJumpingClock,
  credentialErrorOf,
  credentialsOf,
  refusingDispatcher,
  registryErrorOf,
  repositoryOf,
  startOpenApi,
  startRegistry,
} from "../support/acr.js";

const MINUTE = 60_000;
const ROLES = "/latest/meta-data/ram/security-credentials/";
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "acr-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe("accessKey", () => {
  it("signs with a session's key", async () => {
    const key = { accessKeyId: "STS.x", accessKeySecret: "s3cr3t", securityToken: "t0k3n" };
    const openApi = await startOpenApi({ accessKey: key });
    expect(await login(openApi, accessKey(key))).toMatchObject({ kind: "basic" });
  });

  it.each([
    ["the wrong secret", { accessKeySecret: "wrong" }, "SignatureDoesNotMatch"],
    ["an unknown id", { accessKeyId: "LTAI0" }, "InvalidAccessKeyId.NotFound"],
    ["a missing token", { securityToken: undefined }, "InvalidSecurityToken"],
  ])("is refused with %s", async (_name, wrong, code) => {
    const key = { accessKeyId: "STS.x", accessKeySecret: "s3cr3t", securityToken: "t0k3n" };
    const openApi = await startOpenApi({ accessKey: key });
    const error = await credentialErrorOf(login(openApi, accessKey({ ...key, ...wrong })));
    expect(error.code).toBe("invalid-secret");
    expect(error.message).toContain(code);
  });

  it.each([
    { accessKeyId: "", accessKeySecret: "x" },
    { accessKeyId: "x", accessKeySecret: "" },
    { accessKeyId: "x\r\nevil: 1", accessKeySecret: "x" },
    { accessKeyId: "x", accessKeySecret: "x", securityToken: "y\nz" },
    { accessKeyId: "x", accessKeySecret: "x", expiration: "soon" },
  ])("sends nothing with %j", async (key) => {
    const openApi = await startOpenApi();
    const error = await credentialErrorOf(login(openApi, accessKey(key)));
    expect(error.code).toBe("invalid-secret");
    expect(openApi.calls).toEqual([]);
  });
});

describe("a source of one's own", () => {
  it("is asked at each use where its key has no end", async () => {
    const openApi = await startOpenApi({ loginLifetimeSeconds: 0 });
    let count = 0;
    const source: AccessKeySource = async () => {
      count += 1;
      return openApi.accessKey;
    };
    const repository = repositoryOf(await startRegistry());
    const credentials = credentialsOf(openApi, { source });
    await credentials.forRepository({ repository });
    const before = count;
    await credentials.forRepository({ repository });
    expect(count).toBeGreaterThan(before);
  });

  it.each([
    [120, 105],
    [60, 45],
    [20, 15],
  ])("whose key lives for %i minutes is asked again after %i", async (life, due) => {
    const clock = createJumpingClock();
    const openApi = await startOpenApi({ clock, loginLifetimeSeconds: 0 });
    let count = 0;
    const source: AccessKeySource = async () => {
      count += 1;
      const expiration = new Date(clock.now().getTime() + life * MINUTE).toISOString();
      return { ...openApi.accessKey, expiration };
    };
    const repository = repositoryOf(await startRegistry());
    const credentials = credentialsOf(openApi, { clock, source });
    await credentials.forRepository({ repository });
    clock.advance(due * MINUTE - 1);
    await credentials.forRepository({ repository });
    expect(count).toBe(1);
    clock.advance(1);
    await credentials.forRepository({ repository });
    expect(count).toBe(2);
  });
});

describe("environmentAccessKey", () => {
  it("reads the variables", async () => {
    const key = { accessKeyId: "STS.x", accessKeySecret: "s3cr3t", securityToken: "t0k3n" };
    const openApi = await startOpenApi({ accessKey: key });
    const source = environmentAccessKey({
      ALIBABA_CLOUD_ACCESS_KEY_ID: "STS.x",
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: "s3cr3t",
      ALIBABA_CLOUD_SECURITY_TOKEN: "t0k3n",
    });
    expect(await login(openApi, source)).toMatchObject({ kind: "basic" });
  });

  it("names what is not set", async () => {
    const openApi = await startOpenApi();
    const error = await credentialErrorOf(login(openApi, environmentAccessKey({})));
    expect(error.code).toBe("not-found");
    expect(error.message).toContain("ALIBABA_CLOUD_ACCESS_KEY_SECRET");
  });
});

describe("rrsaRole", () => {
  it("exchanges the pod's token, read anew for each key", async () => {
    const clock = createJumpingClock();
    const openApi = await startOpenApi({ clock });
    const settings = await rrsaSettings(openApi, "token");
    const repository = repositoryOf(await startRegistry());
    const credentials = credentialsOf(openApi, { clock, source: rrsaRole(settings) });
    expect(await credentials.forRepository({ repository })).toMatchObject({ kind: "basic" });
    expect(actionsOf(openApi)).toEqual(["AssumeRoleWithOIDC 200", "GetAuthorizationToken 200"]);
    await writeFile(settings.tokenFile ?? "", "another pod's");
    clock.advance(61 * MINUTE);
    const error = await credentialErrorOf(credentials.forRepository({ repository }));
    expect(error.message).toContain("AuthenticationFail.OIDCToken.Invalid");
  });

  it("reads what ACK sets in a pod", async () => {
    const openApi = await startOpenApi();
    const { tokenFile } = await rrsaSettings(openApi, "pod");
    const environment = {
      ALIBABA_CLOUD_ROLE_ARN: openApi.oidcRole.roleArn,
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: openApi.oidcRole.oidcProviderArn,
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: tokenFile,
      ALIBABA_CLOUD_ROLE_SESSION_NAME: "pod-1",
    };
    const source = rrsaRole({ endpoint: openApi.url, environment });
    expect(await login(openApi, source)).toMatchObject({ kind: "basic" });
  });

  it.each([
    ["ALIBABA_CLOUD_OIDC_TOKEN_FILE", { oidcProviderArn: "x", roleArn: "y" }],
    ["ALIBABA_CLOUD_OIDC_PROVIDER_ARN", { tokenFile: "/nowhere/token", roleArn: "y" }],
    ["ALIBABA_CLOUD_ROLE_ARN", { tokenFile: "/nowhere/token", oidcProviderArn: "x" }],
    ["/nowhere/token", { tokenFile: "/nowhere/token", oidcProviderArn: "x", roleArn: "y" }],
  ])("names %s when it is missing", async (name, settings) => {
    const openApi = await startOpenApi();
    const error = await credentialErrorOf(
      login(openApi, rrsaRole({ ...settings, environment: {} })),
    );
    expect(error.code).toBe("not-found");
    expect(error.message).toContain(name);
  });

  it("says when the role is not to be had", async () => {
    const openApi = await startOpenApi();
    const settings = await rrsaSettings(openApi, "role");
    const error = await credentialErrorOf(
      login(openApi, rrsaRole({ ...settings, roleArn: "acs:ram::2:role/other" })),
    );
    expect(error.code).toBe("invalid-secret");
    expect(error.message).toContain("AssumeRoleWithOIDC: answered 403 (NoPermission");
  });

  it("waits where the service is throttled", async () => {
    const clock = createJumpingClock();
    const openApi = await startOpenApi({ clock });
    openApi.throttle({ action: "AssumeRoleWithOIDC", times: 2, retryAfterMs: 250 });
    const source = rrsaRole(await rrsaSettings(openApi, "throttled"));
    const repository = repositoryOf(await startRegistry());
    await credentialsOf(openApi, { clock, source }).forRepository({ repository });
    expect(clock.delays).toEqual([250, 250]);
  });

  it.each([
    [{}, "sts.aliyuncs.com"],
    [{ ALIBABA_CLOUD_STS_REGION: "cn-beijing" }, "sts.cn-beijing.aliyuncs.com"],
    [
      { ALIBABA_CLOUD_STS_REGION: "cn-beijing", ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED: "true" },
      "sts-vpc.cn-beijing.aliyuncs.com",
    ],
  ])("asks with %j at %s", async (environment, host) => {
    const openApi = await startOpenApi();
    const settings = await rrsaSettings(openApi, "endpoint");
    const { dispatcher, origins } = refusingDispatcher();
    const source = rrsaRole({ ...settings, endpoint: undefined, environment });
    const connection = openApiConnection({ dispatcher, retries: 0 });
    expect((await registryErrorOf(source({ connection }))).code).toBe("unavailable");
    expect(origins).toEqual([`https://${host}`]);
  });
});

/** As near as it has to be on a busy machine. */
const near = { requestTimeoutMs: 600_000 };

describe("ecsRole", () => {
  it.each([
    ["required", ["/latest/api/token 200", `${ROLES} 200`, `${ROLES}node 200`]],
    ["optional", ["/latest/api/token 200", `${ROLES} 200`, `${ROLES}node 200`]],
    ["none", ["/latest/api/token 404", `${ROLES} 200`, `${ROLES}node 200`]],
  ] as const)("reads the machine's role where tokens are %s", async (tokens, calls) => {
    const openApi = await startOpenApi({ ecsRole: { name: "node", tokens } });
    const source = ecsRole({ ...near, endpoint: openApi.url, environment: {} });
    expect(await login(openApi, source)).toMatchObject({ kind: "basic" });
    expect(actionsOf(openApi)).toEqual([...calls, "GetAuthorizationToken 200"]);
  });

  it("does not ask for a role that is named", async () => {
    const openApi = await startOpenApi({ ecsRole: { name: "node" } });
    const environment = { ALIBABA_CLOUD_ECS_METADATA: "node" };
    await login(openApi, ecsRole({ ...near, endpoint: openApi.url, environment }));
    expect(actionsOf(openApi)).not.toContain(`${ROLES} 200`);
  });

  it("takes a new key before the old one ends", async () => {
    const clock = createJumpingClock();
    const openApi = await startOpenApi({ clock, loginLifetimeSeconds: 0 });
    const source = ecsRole({ ...near, endpoint: openApi.url, environment: {} });
    const repository = repositoryOf(await startRegistry());
    const credentials = credentialsOf(openApi, { clock, source });
    await credentials.forRepository({ repository });
    clock.advance(44 * MINUTE);
    await credentials.forRepository({ repository });
    const keysOf = (): number =>
      openApi.calls.filter(({ action }) => action === `${ROLES}image-updater`).length;
    expect(keysOf()).toBe(1);
    clock.advance(MINUTE);
    await credentials.forRepository({ repository });
    expect(keysOf()).toBe(2);
  });

  it.each([
    ["another role", { tokens: "none" }, { roleName: "other" }, {}],
    ["no tokens", { tokens: "none" }, {}, { ALIBABA_CLOUD_IMDSV1_DISABLED: "true" }],
    ["a ban", {}, {}, { ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" }],
    ["a name that is none", {}, { roleName: "../../user-data" }, {}],
  ] as const)("finds nothing with %s", async (_name, role, settings, environment) => {
    const openApi = await startOpenApi({ ecsRole: { name: "node", ...role } });
    const source = ecsRole({ ...near, endpoint: openApi.url, environment, ...settings });
    expect((await credentialErrorOf(login(openApi, source))).code).toBe("not-found");
  });

  it("does not wait long where there is no metadata service", async () => {
    const openApi = await startOpenApi();
    const source = ecsRole({ endpoint: "http://127.0.0.1:1", environment: {} });
    const error = await credentialErrorOf(login(openApi, source));
    expect(error).toMatchObject({ code: "unavailable" });
    expect(error.message).toContain("http://127.0.0.1:1");
  });
});

async function login(openApi: AcrOpenApiServer, source: AccessKeySource): Promise<unknown> {
  const repository = repositoryOf(await startRegistry());
  return credentialsOf(openApi, { source }).forRepository({ repository });
}

async function rrsaSettings(openApi: AcrOpenApiServer, file: string): Promise<RrsaRoleSettings> {
  const { roleArn, oidcProviderArn, oidcToken } = openApi.oidcRole;
  const tokenFile = join(folder, file);
  await writeFile(tokenFile, `${oidcToken}\n`);
  return { roleArn, oidcProviderArn, tokenFile, endpoint: openApi.url, environment: {} };
}
