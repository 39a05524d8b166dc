import { inspect } from "node:util";
import { CredentialError } from "@image-updater/core";
import { githubToken, type TokenReader } from "@image-updater/registry-ghcr";
import { describe, expect, it } from "vitest";
import { createClient, repositoryAt, startRegistry } from "./support/loopback.js";

const repository = { host: "ghcr.io", path: "acme/app", apiUrl: "https://ghcr.io" };
const reference = { kind: "env", variable: "IMAGE_TOKEN" } as const;

async function credentialErrorOf(promise: Promise<unknown>): Promise<CredentialError> {
  const outcome: unknown = await promise.catch((error: unknown) => error);
  if (CredentialError.is(outcome)) return outcome;
  throw new Error(`no CredentialError: ${String(outcome)}`);
}

describe("githubToken", () => {
  it.each<readonly [string, TokenReader]>([
    ["a text", () => "ghp_1"],
    ["a promise", async () => "ghp_1"],
    ["a file with a newline", () => "ghp_1\n"],
  ])("takes %s", async (_, read) => {
    await expect(githubToken(read).forRepository({ repository })).resolves.toMatchObject({
      kind: "basic",
      username: "x-access-token",
      password: "ghp_1",
    });
  });

  it("takes another user name", async () => {
    const credential = await githubToken(() => "t", { username: "robot" }).forRepository({
      repository,
    });
    expect(credential).toMatchObject({ username: "robot" });
  });

  it("reads the token anew for each call, and says when the call was cancelled", async () => {
    const seen: unknown[] = [];
    const provider = githubToken((signal) => {
      seen.push(signal);
      return `ghs_${seen.length}`;
    });
    const { signal } = new AbortController();
    expect(await provider.forRepository({ repository })).toMatchObject({ password: "ghs_1" });
    const second = await provider.forRepository({ repository, signal });
    expect(second).toMatchObject({ password: "ghs_2" });
    expect(seen).toEqual([undefined, signal]);
  });

  it("gives the token to its own hosts only", async () => {
    const elsewhere = { ...repository, host: "registry.example" };
    const provider = githubToken(() => "ghp_1");
    expect(await provider.forRepository({ repository: elsewhere })).toEqual({ kind: "anonymous" });
    const enterprise = githubToken(() => "ghp_1", { hosts: ["registry.example"] });
    expect(await enterprise.forRepository({ repository: elsewhere })).toMatchObject({
      password: "ghp_1",
    });
    expect(await enterprise.forRepository({ repository })).toEqual({ kind: "anonymous" });
  });

  it.each<readonly [string, TokenReader, string]>([
    ["no token", () => undefined, "not-found"],
    ["an empty one", () => " \n", "not-found"],
    ["two words", () => "ghp_secret again", "invalid-secret"],
    ["a control character", () => "ghp_secret\u0000x", "invalid-secret"],
    [
      "a reader that fails",
      () => {
        throw new Error("cannot read ghp_secret");
      },
      "unavailable",
    ],
    ["a reader that rejects", () => Promise.reject(new Error("ghp_secret")), "unavailable"],
  ])("is never anonymous for %s", async (_, read, code) => {
    const error = await credentialErrorOf(githubToken(read).forRepository({ repository }));
    expect(error.code).toBe(code);
    expect(JSON.stringify([error, error.message, error.context])).not.toContain("ghp_secret");
  });

  it("passes a reader's own CredentialError on", async () => {
    const own = new CredentialError("invalid-secret", "key: no PEM", { reference: "key" });
    const read = (): never => {
      throw own;
    };
    expect(await credentialErrorOf(githubToken(read).forRepository({ repository }))).toBe(own);
  });

  it("is not used for an image that names its own credentials", async () => {
    const request = { repository, reference };
    const error = await credentialErrorOf(githubToken(() => "ghp_1").forRepository(request));
    expect(error).toMatchObject({ code: "unsupported-reference" });
    expect(error.message).toContain("env:IMAGE_TOKEN");
    const references = {
      forRepository: async () => ({ kind: "bearer", token: "own" }) as const,
    };
    const provider = githubToken(() => "ghp_1", { references });
    await expect(provider.forRepository(request)).resolves.toEqual({
      kind: "bearer",
      token: "own",
    });
  });

  it("prints no token", async () => {
    const provider = githubToken(() => "ghp_secret");
    const credential = await provider.forRepository({ repository });
    const text = [provider, credential, { credential }]
      .map((value) => JSON.stringify(value) + inspect(value, { showHidden: true, depth: 9 }))
      .join("\n");
    expect(text).not.toContain("ghp_secret");
    expect(text).toContain("[redacted]");
    expect({ ...credential }).toMatchObject({ password: "ghp_secret" });
  });
});

describe("a token at the registry", () => {
  it.each([
    ["a classic token", { username: "x-access-token", password: "ghp_classic" }],
    ["the token of a workflow", { username: "x-access-token", password: "ghs_workflow" }],
    ["an App's token with a user name", { username: "app", password: "ghs_app" }],
  ])("%s is exchanged for one of the registry", async (_, { username, password }) => {
    const fixture = { "acme/app": [{ tag: "1.0" }] };
    const server = await startRegistry({ fixture, auth: { username, password } });
    const client = createClient({ credentials: githubToken(() => password, { username }) });
    await expect(client.listTags(repositoryAt(server.url))).resolves.toEqual(["1.0"]);
    expect(server.requests.map(({ status }) => status)).toEqual([401, 200, 200]);
  });

  it("is asked for again when an App's token has turned", async () => {
    const fixture = { "acme/app": [{ tag: "1.0" }] };
    const server = await startRegistry({
      fixture,
      auth: { username: "x-access-token", password: "ghs_2" },
    });
    let token = "ghs_1";
    const client = createClient({ credentials: githubToken(async () => token) });
    await expect(client.listTags(repositoryAt(server.url))).rejects.toMatchObject({
      code: "unauthorized",
    });
    token = "ghs_2";
    await expect(client.listTags(repositoryAt(server.url))).resolves.toEqual(["1.0"]);
  });
});
