import { RegistryError } from "@image-updater/core";
import { accessKey, acrCredentials } from "@image-updater/registry-acr";
import { describe, expect, it } from "vitest";
import {
  ENTERPRISE_HOST,
  PERSONAL_HOST,
  PERSONAL_SERVICE,
  actionsOf,
  createJumpingClock,
  credentialErrorOf,
  credentialsOf,
  repositoryOf,
  startOpenApi,
  startRegistry,
} from "../support/acr.js";

const MINUTE = 60_000;

describe("acrCredentials", () => {
  it("gives an Enterprise instance's temporary user and password, with their end", async () => {
    const clock = createJumpingClock("2026-11-20T08:00:00Z");
    const openApi = await startOpenApi({ clock });
    const repository = repositoryOf(await startRegistry());
    const credential = await credentialsOf(openApi, { clock }).forRepository({ repository });
    expect(credential).toEqual({
      kind: "basic",
      username: "cr_temp_user",
      password: openApi.secrets.at(-1),
      expiresAt: "2026-11-20T09:00:00.000Z",
    });
    expect(actionsOf(openApi)).toEqual(["GetAuthorizationToken 200"]);
  });

  it("gives the personal edition's", async () => {
    const openApi = await startOpenApi();
    const server = await startRegistry({}, { service: PERSONAL_SERVICE });
    const repository = repositoryOf(server, PERSONAL_HOST);
    const credential = await credentialsOf(openApi).forRepository({ repository });
    expect(credential).toMatchObject({ kind: "basic", password: openApi.secrets.at(-1) });
  });

  it("pings and asks once for all repositories and hosts of an instance at the same time", async () => {
    const openApi = await startOpenApi();
    const server = await startRegistry();
    const credentials = credentialsOf(openApi);
    const answers = await Promise.all(
      [ENTERPRISE_HOST, "demo-registry-vpc.cn-hangzhou.cr.aliyuncs.com", "images.example.com"]
        .flatMap((host) => [repositoryOf(server, host, "a/b"), repositoryOf(server, host, "c/d")])
        .map((repository) => credentials.forRepository({ repository })),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(openApi.calls).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
  });

  it("keeps a password until five minutes before it expires", async () => {
    const clock = createJumpingClock();
    const openApi = await startOpenApi({ clock });
    const repository = repositoryOf(await startRegistry());
    const credentials = credentialsOf(openApi, { clock });
    const first = await credentials.forRepository({ repository });
    clock.advance(54 * MINUTE);
    expect(await credentials.forRepository({ repository })).toEqual(first);
    clock.advance(MINUTE);
    const second = await credentials.forRepository({ repository });
    expect(second).not.toEqual(first);
    expect(openApi.calls).toHaveLength(2);
  });

  it("keeps a short-lived password for nine tenths of its life", async () => {
    const clock = createJumpingClock();
    const openApi = await startOpenApi({ clock, loginLifetimeSeconds: 600 });
    const repository = repositoryOf(await startRegistry());
    const credentials = credentialsOf(openApi, { clock });
    await credentials.forRepository({ repository });
    clock.advance(9 * MINUTE - 1);
    await credentials.forRepository({ repository });
    expect(openApi.calls).toHaveLength(1);
    clock.advance(1);
    await credentials.forRepository({ repository });
    expect(openApi.calls).toHaveLength(2);
  });

  it("lets no password outlive its session", async () => {
    const clock = createJumpingClock("2026-11-20T08:00:00Z");
    const key = {
      accessKeyId: "STS.1",
      accessKeySecret: "secret-of-a-session",
      securityToken: "token-of-a-session",
    };
    const openApi = await startOpenApi({ clock, accessKey: key });
    const repository = repositoryOf(await startRegistry());
    const source = accessKey({ ...key, expiration: "2026-11-20T08:20:00Z" });
    const credentials = credentialsOf(openApi, { clock, source });
    const credential = await credentials.forRepository({ repository });
    expect(credential).toMatchObject({ expiresAt: "2026-11-20T08:20:00.000Z" });
  });

  it("uses the old password while a new one cannot be had", async () => {
    const clock = createJumpingClock();
    const openApi = await startOpenApi({ clock });
    const repository = repositoryOf(await startRegistry());
    const credentials = credentialsOf(openApi, { clock, retries: 0 });
    const first = await credentials.forRepository({ repository });
    clock.advance(56 * MINUTE);
    openApi.throttle({ times: 2 });
    expect(await credentials.forRepository({ repository })).toEqual(first);
    clock.advance(4 * MINUTE);
    const error = await credentialErrorOf(credentials.forRepository({ repository }));
    expect(error.code).toBe("unavailable");
  });

  it("asks anew for a password that was refused, but not for one that is new itself", async () => {
    const clock = createJumpingClock();
    const openApi = await startOpenApi({ clock });
    const repository = repositoryOf(await startRegistry());
    const credentials = credentialsOf(openApi, { clock });
    const first = await credentials.forRepository({ repository });
    clock.advance(MINUTE);
    expect(await credentials.forRepository({ repository, rejected: true })).toEqual(first);
    clock.advance(1);
    const second = await credentials.forRepository({ repository, rejected: true });
    expect(second).not.toEqual(first);
  });

  it("is anonymous on Alibaba Cloud's own instance", async () => {
    const openApi = await startOpenApi();
    const repository = repositoryOf(await startRegistry(), "registry-cn-hangzhou.ack.aliyuncs.com");
    await expect(credentialsOf(openApi).forRepository({ repository })).resolves.toEqual({
      kind: "anonymous",
    });
    expect(openApi.calls).toEqual([]);
  });

  it("does not answer for an image with credentials of its own", async () => {
    const openApi = await startOpenApi();
    const repository = repositoryOf(await startRegistry());
    const reference = { kind: "env", variable: "OWN" } as const;
    const error = await credentialErrorOf(
      credentialsOf(openApi).forRepository({ repository, reference }),
    );
    expect(error).toMatchObject({ code: "unsupported-reference" });
    expect(error.message).toContain("env:OWN");
  });

  it("finds the instance again where its key is of no use, as a domain may have moved", async () => {
    const openApi = await startOpenApi({ instanceId: "cri-other" });
    const server = await startRegistry();
    const repository = repositoryOf(server, "images.example.com");
    const credentials = credentialsOf(openApi);
    const error = await credentialErrorOf(credentials.forRepository({ repository }));
    expect(error).toMatchObject({ code: "invalid-secret", retryable: false });
    expect(error.message).toBe(
      `acr:images.example.com: images.example.com: GetAuthorizationToken at ${new URL(openApi.url).host}: ` +
        "answered 403 (NoPermission, request 4F5D0B8C-2B0E-4B8A-9B1C-0D8F7E6A5B4C)",
    );
    await credentialErrorOf(credentials.forRepository({ repository }));
    expect(server.requests).toHaveLength(2);
  });

  it("says which registry is none of ACR's", async () => {
    const openApi = await startOpenApi();
    const repository = repositoryOf(await startRegistry({}, { service: "registry.docker.io" }));
    const error = await credentialErrorOf(credentialsOf(openApi).forRepository({ repository }));
    expect(error.code).toBe("invalid-secret");
    expect(RegistryError.is(error.cause)).toBe(true);
  });

  it("ends when its caller does, and leaves the others alone", async () => {
    const openApi = await startOpenApi();
    const repository = repositoryOf(await startRegistry());
    const credentials = credentialsOf(openApi);
    const controller = new AbortController();
    const ended = credentials.forRepository({ repository, signal: controller.signal });
    const other = credentials.forRepository({ repository });
    controller.abort();
    expect((await credentialErrorOf(ended)).code).toBe("cancelled");
    await expect(other).resolves.toMatchObject({ kind: "basic" });
  });

  it("says unavailable for a source that fails, with its cause", async () => {
    const cause = new Error("no network");
    const repository = repositoryOf(await startRegistry());
    const credentials = acrCredentials({ source: () => Promise.reject(cause) });
    const error = await credentialErrorOf(credentials.forRepository({ repository }));
    expect(error).toMatchObject({ code: "unavailable", retryable: true, cause });
  });
});
