import type { Credential, CredentialProvider } from "@image-updater/core";
import { CredentialError } from "@image-updater/core";
import { describe, expect, it } from "vitest";
import { createJumpingClock } from "../support/jumping-clock.js";
import {
  createClient,
  pathsOf,
  registryErrorOf,
  repositoryOf,
  startRegistry,
  startServer,
} from "../support/loopback.js";

const fixture = { "team/app": [{ tag: "1.0" }], "team/other": [{ tag: "2.0" }] };
const auth = { username: "robot", password: "s3cret" };
const LIST = "GET /v2/team/app/tags/list";

function always(credential: Credential): Pick<CredentialProvider, "forRepository"> {
  return { forRepository: async () => credential };
}

const user = always({ kind: "basic", username: "robot", password: "s3cret" });

describe("a token registry", () => {
  it("is asked for a challenge and a token once", async () => {
    const server = await startRegistry({ fixture, auth });
    const client = createClient({ credentials: user });
    await client.listTags(repositoryOf(server));
    expect(pathsOf(server)).toEqual([`${LIST} 401`, "GET /token 200", `${LIST} 200`]);
    await client.listTags(repositoryOf(server));
    await client.resolveDigest(repositoryOf(server), "1.0");
    expect(pathsOf(server).slice(3)).toEqual([
      `${LIST} 200`,
      "HEAD /v2/team/app/manifests/1.0 200",
    ]);
  });

  it("is asked for the scope and service of its challenge, and for the account", async () => {
    const server = await startRegistry({ fixture, auth });
    await createClient({ credentials: user }).listTags(repositoryOf(server));
    const path = server.requests.find((request) => request.path.startsWith("/token"))?.path ?? "";
    expect(Object.fromEntries(new URL(path, server.url).searchParams)).toEqual({
      account: "robot",
      client_id: "image-updater-sdk",
      scope: "repository:team/app:pull",
      service: server.host,
    });
  });

  it("is asked for one token by many calls at the same time", async () => {
    const server = await startRegistry({ fixture, auth });
    const client = createClient({ credentials: user });
    await Promise.all(Array.from({ length: 8 }, () => client.listTags(repositoryOf(server))));
    expect(pathsOf(server).filter((path) => path === "GET /token 200")).toHaveLength(1);
  });

  it("is asked for a token for each repository", async () => {
    const server = await startRegistry({ fixture, auth });
    const client = createClient({ credentials: user });
    await client.listTags(repositoryOf(server, "team/app"));
    await expect(client.listTags(repositoryOf(server, "team/other"))).resolves.toEqual(["2.0"]);
  });

  it("is read anonymously where it may be", async () => {
    const server = await startRegistry({ fixture, auth: { ...auth, anonymousPull: true } });
    await expect(createClient().listTags(repositoryOf(server))).resolves.toEqual(["1.0"]);
  });

  it("does not lend its token to another registry with the same token server", async () => {
    let count = 0;
    const realm = await startServer((_, response) => {
      count += 1;
      response.end(`{"token":"token-${count}"}`);
    });
    const seen: (string | undefined)[] = [];
    const start = (): Promise<string> =>
      startServer((request, response) => {
        seen.push(request.headers.authorization);
        if (request.headers.authorization !== undefined) response.end('{"tags":["1"]}');
        else {
          const challenge = `Bearer realm="${realm}",service="s",scope="repository:a:pull"`;
          response.writeHead(401, { "www-authenticate": challenge }).end();
        }
      });
    const client = createClient();
    for (const apiUrl of [await start(), await start()]) {
      await client.listTags({ host: "r", path: "a", apiUrl });
    }
    expect(seen).toEqual([undefined, "Bearer token-1", undefined, "Bearer token-2"]);
  });

  it("does not lend one identity's token to another", async () => {
    const server = await startRegistry({ fixture, auth });
    let credential: Credential = { kind: "basic", username: "robot", password: "s3cret" };
    const client = createClient({ credentials: { forRepository: async () => credential } });
    await client.listTags(repositoryOf(server));
    credential = { kind: "anonymous" };
    const error = await registryErrorOf(client.listTags(repositoryOf(server)));
    expect(error).toMatchObject({ code: "unauthorized", context: { status: 401 } });
  });

  it("gives up after one new token", async () => {
    const server = await startRegistry({ fixture, auth });
    const error = await registryErrorOf(createClient().listTags(repositoryOf(server)));
    expect(error).toMatchObject({ code: "unauthorized", context: { repository: "team/app" } });
    expect(pathsOf(server)).toEqual([`${LIST} 401`, "GET /token 200", `${LIST} 401`]);
  });

  it("says unauthorized for a wrong password and does not become anonymous", async () => {
    const server = await startRegistry({ fixture, auth: { ...auth, anonymousPull: true } });
    const wrong = always({ kind: "basic", username: "robot", password: "wrong-s3cret" });
    const error = await registryErrorOf(
      createClient({ credentials: wrong }).listTags(repositoryOf(server)),
    );
    expect(error.code).toBe("unauthorized");
    expect(error.message).toContain(`${server.url}/token refused the credentials`);
    expect(JSON.stringify([error, error.message, error.context])).not.toContain("s3cret");
    expect(pathsOf(server)).toEqual([`${LIST} 401`, "GET /token 401"]);
  });

  it("gets a new token before the old one ends", async () => {
    const server = await startRegistry({ fixture, auth: { ...auth, tokenLifetimeSeconds: 300 } });
    const clock = createJumpingClock();
    const client = createClient({ credentials: user, clock });
    await client.listTags(repositoryOf(server));
    clock.advance(265_000);
    await client.listTags(repositoryOf(server));
    expect(pathsOf(server).filter((path) => path.startsWith("GET /token"))).toHaveLength(1);
    clock.advance(6000);
    await client.listTags(repositoryOf(server));
    expect(pathsOf(server).filter((path) => path.startsWith("GET /token"))).toHaveLength(2);
  });

  it("gets a new token when the old one is refused", async () => {
    const server = await startRegistry({ fixture, auth });
    const client = createClient({ credentials: user });
    await client.listTags(repositoryOf(server));
    server.setFaults([{ on: "tags", behave: "unauthorized", times: 1 }]);
    await expect(client.listTags(repositoryOf(server))).resolves.toEqual(["1.0"]);
    expect(pathsOf(server).slice(3)).toEqual([`${LIST} 401`, "GET /token 200", `${LIST} 200`]);
  });

  it("takes a refresh token by POST", async () => {
    const server = await startRegistry({ fixture, auth: { ...auth, identityToken: "refresh" } });
    const credentials = always({ kind: "identity-token", token: "refresh" });
    await createClient({ credentials }).listTags(repositoryOf(server));
    expect(pathsOf(server)[1]).toBe("POST /token 200");
  });

  it("takes a refresh token by GET where POST is not known", async () => {
    const server = await startRegistry({
      fixture,
      auth: { ...auth, identityToken: "refresh" },
      faults: [{ on: "token", behave: "not-found", times: 1 }],
    });
    const credentials = always({ kind: "identity-token", token: "refresh" });
    await createClient({ credentials }).listTags(repositoryOf(server));
    expect(pathsOf(server).slice(1, 3)).toEqual(["POST /token 404", "GET /token 200"]);
  });

  it("says unauthorized for a refresh token that is refused", async () => {
    const server = await startRegistry({ fixture, auth: { ...auth, identityToken: "refresh" } });
    const credentials = always({ kind: "identity-token", token: "old" });
    const error = await registryErrorOf(
      createClient({ credentials }).listTags(repositoryOf(server)),
    );
    expect(error.code).toBe("unauthorized");
  });

  it.each([
    ["not-found", "invalid-response"],
    ["forbidden", "forbidden"],
    ["rate-limited", "rate-limited"],
    ["server-error", "unavailable"],
    ["garbage", "invalid-response"],
    ["too-large", "too-large"],
    ["disconnect", "unavailable"],
    ["hang", "timeout"],
  ] as const)(
    "passes a token server's %s on as %s, never as a missing tag",
    async (behave, code) => {
      const faults = [{ on: "token", behave }] as const;
      const server = await startRegistry({ fixture, auth, faults });
      const client = createClient({
        credentials: user,
        ...(behave === "hang" ? { requestTimeoutMs: 300 } : {}),
      });
      const error = await registryErrorOf(
        client.describeTag(repositoryOf(server), "1.0", { platforms: ["linux/amd64"] }),
      );
      expect(error.code).toBe(code);
    },
  );
});

describe("other registries", () => {
  it("gets the password where it asks for it, and no token", async () => {
    const server = await startRegistry({ fixture, auth: { ...auth, scheme: "basic" } });
    const client = createClient({ credentials: user });
    await client.listTags(repositoryOf(server));
    await client.listTags(repositoryOf(server));
    expect(pathsOf(server)).toEqual([`${LIST} 401`, `${LIST} 200`, `${LIST} 200`]);
  });

  it.each([
    [{ kind: "anonymous" }],
    [{ kind: "bearer", token: "t" }],
    [{ kind: "identity-token", token: "t" }],
  ] as const)(
    "says unauthorized where a password is wanted and there is %j",
    async (credential) => {
      const server = await startRegistry({ fixture, auth: { ...auth, scheme: "basic" } });
      const client = createClient({ credentials: always(credential) });
      const error = await registryErrorOf(client.listTags(repositoryOf(server)));
      expect(error.message).toContain("wants a user name and a password");
    },
  );

  it("does not ask for credentials where nobody wants them", async () => {
    const server = await startRegistry({ fixture });
    const credentials = { forRepository: () => Promise.reject(new Error("asked")) };
    const client = createClient({ credentials });
    await expect(client.listTags(repositoryOf(server))).resolves.toEqual(["1.0"]);
  });

  it("asks for them once for a call with many requests", async () => {
    const server = await startRegistry({ fixture, auth });
    let count = 0;
    const credentials = {
      async forRepository(): Promise<Credential> {
        count += 1;
        return { kind: "basic", username: "robot", password: "s3cret" };
      },
    };
    const client = createClient({ credentials });
    await client.describeTag(repositoryOf(server), "1.0", { platforms: ["linux/amd64"] });
    expect(count).toBe(1);
  });

  it.each([
    ["not-found", "unauthorized"],
    ["unavailable", "unavailable"],
    ["cancelled", "cancelled"],
  ] as const)("passes a credential that is %s on as %s", async (code, expected) => {
    const server = await startRegistry({ fixture, auth });
    const cause = new CredentialError(code, "env:X: no", { reference: "env:X" });
    const client = createClient({ credentials: { forRepository: () => Promise.reject(cause) } });
    const error = await registryErrorOf(client.listTags(repositoryOf(server)));
    expect(error.code).toBe(expected);
  });

  it("sends a bearer token as it is", async () => {
    const seen: (string | undefined)[] = [];
    const url = await startServer((request, response) => {
      seen.push(request.headers.authorization);
      if (request.headers.authorization === "Bearer registry-token") response.end('{"tags":["1"]}');
      else response.writeHead(401, { "www-authenticate": 'Bearer realm="https://a/"' }).end();
    });
    const client = createClient({
      credentials: always({ kind: "bearer", token: "registry-token" }),
    });
    await client.listTags({ host: "r", path: "a", apiUrl: url });
    expect(seen).toEqual([undefined, "Bearer registry-token"]);
  });

  it.each([
    [
      "leads to a link-local address",
      'Bearer realm="http://169.254.169.254/token"',
      "refused-address",
    ],
    ["holds a user", 'Bearer realm="http://a:b@127.0.0.1/token"', "refused-address"],
    ["is of no known scheme", "Negotiate", "unauthorized"],
  ])("refuses a challenge that %s", async (_, challenge, code) => {
    const url = await startServer((_request, response) => {
      response.writeHead(401, { "www-authenticate": challenge }).end();
    });
    const client = createClient({ credentials: user });
    const error = await registryErrorOf(client.listTags({ host: "r", path: "a", apiUrl: url }));
    expect(error.code).toBe(code);
  });

  it("sends the password itself where the realm is not a URL", async () => {
    const url = await startServer((request, response) => {
      if (request.headers.authorization === undefined) {
        response.writeHead(401, { "www-authenticate": 'Bearer realm="Nexus"' }).end();
      } else response.end('{"tags":["1"]}');
    });
    const client = createClient({ credentials: user });
    await expect(client.listTags({ host: "r", path: "a", apiUrl: url })).resolves.toEqual(["1"]);
  });

  it("keeps the query of the realm and names its own scope when the challenge has none", async () => {
    const asked: string[] = [];
    let origin = "";
    const url = await startServer((request, response) => {
      if (request.url?.startsWith("/jwt") === true) {
        asked.push(request.url);
        response.end('{"access_token":"t"}');
      } else if (request.headers.authorization === "Bearer t") response.end('{"tags":["1"]}');
      else {
        const challenge = `Bearer realm="${origin}/jwt?host=h"`;
        response.writeHead(401, { "www-authenticate": challenge }).end();
      }
    });
    origin = url;
    await createClient().listTags({ host: "r", path: "a/b", apiUrl: url });
    expect(asked).toEqual([
      "/jwt?host=h&client_id=image-updater-sdk&scope=repository%3Aa%2Fb%3Apull",
    ]);
  });
});
