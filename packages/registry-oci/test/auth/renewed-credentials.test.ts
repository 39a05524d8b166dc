import type { Credential, RepositoryCredentialRequest } from "@image-updater/core";
import { describe, expect, it } from "vitest";
import {
  createClient,
  pathsOf,
  registryErrorOf,
  repositoryOf,
  startRegistry,
  startServer,
} from "../support/loopback.js";

const fixture = { "team/app": [{ tag: "1.0" }] };
const auth = { username: "robot", password: "new" };
const LIST = "GET /v2/team/app/tags/list";

/** A provider that keeps an old password until it is told that it was refused. */
function keeping(old: Credential, renewed: Credential) {
  const asked: boolean[] = [];
  return {
    asked,
    async forRepository({ rejected = false }: RepositoryCredentialRequest): Promise<Credential> {
      asked.push(rejected);
      return rejected ? renewed : old;
    },
  };
}

const oldUser = { kind: "basic", username: "robot", password: "old" } as const;
const newUser = { kind: "basic", username: "robot", password: "new" } as const;

describe("a credential that is kept and no longer right", () => {
  it("is read anew when the token server refuses it", async () => {
    const server = await startRegistry({ fixture, auth });
    const credentials = keeping(oldUser, newUser);
    const client = createClient({ credentials });
    await expect(client.listTags(repositoryOf(server))).resolves.toEqual(["1.0"]);
    expect(credentials.asked).toEqual([false, true]);
    expect(pathsOf(server).slice(0, 2)).toEqual([`${LIST} 401`, "GET /token 401"]);
    expect(pathsOf(server).slice(-2)).toEqual(["GET /token 200", `${LIST} 200`]);
  });

  it("is read anew when the registry refuses the password itself", async () => {
    const server = await startRegistry({ fixture, auth: { ...auth, scheme: "basic" } });
    const credentials = keeping(oldUser, newUser);
    const client = createClient({ credentials });
    await expect(client.listTags(repositoryOf(server))).resolves.toEqual(["1.0"]);
    expect(credentials.asked).toEqual([false, true]);
    expect(pathsOf(server)).toEqual([`${LIST} 401`, `${LIST} 401`, `${LIST} 200`]);
  });

  it("is read anew when a refresh token is refused", async () => {
    const server = await startRegistry({ fixture, auth: { ...auth, identityToken: "refresh" } });
    const credentials = keeping({ kind: "identity-token", token: "old" }, newUser);
    const client = createClient({ credentials });
    await expect(client.listTags(repositoryOf(server))).resolves.toEqual(["1.0"]);
  });

  it("is read anew when the registry answers 403, as Amazon's does", async () => {
    const url = await startServer((request, response) => {
      const { authorization } = request.headers;
      if (authorization === undefined) {
        response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
      } else if (authorization.endsWith(Buffer.from("robot:new").toString("base64"))) {
        response.end('{"tags":["1.0"]}');
      } else response.writeHead(403).end();
    });
    const client = createClient({ credentials: keeping(oldUser, newUser) });
    const list = client.listTags({ host: "r", path: "a", apiUrl: url });
    await expect(list).resolves.toEqual(["1.0"]);
  });

  it("is read anew once for a call, and not sent again when it is the same", async () => {
    const server = await startRegistry({ fixture, auth });
    const credentials = keeping(oldUser, { ...oldUser });
    const client = createClient({ credentials });
    const error = await registryErrorOf(client.listTags(repositoryOf(server)));
    expect(error.code).toBe("unauthorized");
    expect(credentials.asked).toEqual([false, true]);
    expect(pathsOf(server)).toEqual([`${LIST} 401`, "GET /token 401"]);
  });

  it("is given up when the new one is refused too", async () => {
    const server = await startRegistry({ fixture, auth });
    const credentials = keeping(oldUser, { ...oldUser, password: "wrong" });
    const client = createClient({ credentials });
    const error = await registryErrorOf(client.listTags(repositoryOf(server)));
    expect(error.code).toBe("unauthorized");
    expect(credentials.asked).toEqual([false, true]);
  });

  it("is not asked for anew by those who had none", async () => {
    const server = await startRegistry({ fixture, auth });
    const credentials = keeping({ kind: "anonymous" }, newUser);
    const client = createClient({ credentials });
    await registryErrorOf(client.listTags(repositoryOf(server)));
    expect(credentials.asked).toEqual([false]);
  });
});

it("a password that was refused is not sent twice", async () => {
  const server = await startRegistry({ fixture, auth: { ...auth, scheme: "basic" } });
  let credential: Credential = newUser;
  const client = createClient({ credentials: { forRepository: async () => credential } });
  await client.listTags(repositoryOf(server));
  credential = oldUser;
  await registryErrorOf(client.listTags(repositoryOf(server)));
  expect(pathsOf(server).slice(2)).toEqual([`${LIST} 401`]);
});

it("scopes that a registry wants one after the other are in one token", async () => {
  const asked: (readonly string[])[] = [];
  let origin = "";
  const url = await startServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", origin);
    if (pathname === "/token") {
      asked.push(searchParams.getAll("scope"));
      response.end(JSON.stringify({ token: searchParams.getAll("scope").join("+") }));
      return;
    }
    const scope = pathname.endsWith("/tags/list")
      ? "repository:a:metadata_read"
      : "repository:a:pull";
    if (request.headers.authorization?.includes(scope) === true) {
      response.setHeader("docker-content-digest", `sha256:${"a".repeat(64)}`);
      response.end('{"tags":["1"]}');
      return;
    }
    const challenge = `Bearer realm="${origin}/token",service="s",scope="${scope}"`;
    response.writeHead(401, { "www-authenticate": challenge }).end();
  });
  origin = url;
  const client = createClient();
  const repository = { host: "r", path: "a", apiUrl: url };
  for (let round = 0; round < 3; round += 1) {
    await client.listTags(repository);
    await client.resolveDigest(repository, "1");
  }
  expect(asked).toEqual([
    ["repository:a:metadata_read"],
    ["repository:a:pull", "repository:a:metadata_read"],
  ]);
});
