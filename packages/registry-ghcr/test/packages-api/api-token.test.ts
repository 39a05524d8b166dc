import { inspect } from "node:util";
import { githubToken } from "@image-updater/registry-ghcr";
import { describe, expect, it } from "vitest";
import { always, registryErrorOf, startApi, startServer } from "../support/loopback.js";
import {
  TOKEN,
  clientOf,
  describeTags,
  manyVersions,
  repository,
  tokens,
} from "../support/packages.js";

describe("the token", () => {
  it.each([
    ["none", { kind: "anonymous" }, /wants a token also for public packages/],
    ["no password", { kind: "bearer", token: "Z2hwX3NlY3JldA==" }, /wants credentials with a user/],
    ["a refresh token", { kind: "identity-token", token: "ghp_secret" }, /wants credentials with/],
    [
      "one that no header can carry",
      { kind: "basic", username: "u", password: "ghp_secret\r\nx: y" },
      /wants credentials with/,
    ],
  ] as const)("that is %s is said before anything is sent", async (_, credential, words) => {
    const api = await startApi();
    const client = clientOf(api.url, { credentials: always(credential) });
    const error = await registryErrorOf(describeTags(client, repository));
    expect(error.code).toBe("unauthorized");
    expect(error.message).toMatch(words);
    expect(error.message).not.toContain("secret");
    expect(api.requests).toEqual([]);
  });

  it("that cannot be had is the cause", async () => {
    const api = await startApi();
    const client = clientOf(api.url, { credentials: githubToken(() => undefined) });
    const error = await registryErrorOf(describeTags(client, repository));
    expect(error).toMatchObject({ code: "unauthorized", cause: { name: "CredentialError" } });
  });

  it("is that of the image where it names one", async () => {
    const packages = { "acme/app": manyVersions(1) };
    const api = await startApi({ packages, tokens });
    const seen: unknown[] = [];
    const provider = {
      forRepository: async ({ reference }: { reference?: unknown }) => {
        seen.push(reference);
        return { kind: "basic", username: "u", password: TOKEN } as const;
      },
    };
    const credential = { kind: "env", variable: "IMAGE_TOKEN" } as const;
    const client = clientOf(api.url, { credentials: provider });
    await describeTags(client, repository, { credential });
    expect(seen).toEqual([credential]);
  });

  it("goes to the API only, not along with a redirect", async () => {
    const seen: (string | undefined)[] = [];
    const elsewhere = await startServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end("[]");
    });
    const url = await startServer((_request, response) => {
      response.writeHead(302, { location: elsewhere }).end();
    });
    const error = await registryErrorOf(describeTags(clientOf(url), repository));
    expect(error.code).toBe("refused-address");
    expect(seen).toEqual([undefined]);
  });

  it("is in no error and in nothing that is printed", async () => {
    const secret = "ghp_secret";
    const leaking = await startServer((_request, response) => {
      response.writeHead(403, { "content-type": "application/json" });
      response.end(JSON.stringify({ message: "no" }));
    });
    const client = clientOf(leaking, { credentials: githubToken(() => secret) });
    const error = await registryErrorOf(describeTags(client, repository));
    const printed = [client, error, error.context, error.cause].map(
      (value) => `${JSON.stringify(value)}${inspect(value, { depth: 9, showHidden: true })}`,
    );
    expect(printed.join("\n")).not.toContain(secret);
  });
});
