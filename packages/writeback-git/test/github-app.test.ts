import { generateKeyPairSync } from "node:crypto";
import type { GitCredential } from "@image-updater/core";
import { createTestClock, type TestClock } from "@image-updater/core/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createGitWriteBack } from "../src/create-git-write-back.js";
import type { GitWriteBackSettings } from "../src/git-write-back-settings.js";
import {
  createTlsAuthority,
  startGithubAppApi,
  startGitServer,
  startHttpProxy,
  startTlsFront,
  type GithubAppApi,
  type GithubAppApiOptions,
  type GitTestServer,
  type TlsAuthority,
  type TlsFront,
} from "../src/testing/index.js";
import { change, codeOf, messageOf, override } from "./changes.js";
import { describeWith } from "./describe-with.js";

type AppCredential = Extract<GitCredential, { readonly kind: "github-app" }>;

const MINUTE_MS = 60 * 1000;
const INSTALLATIONS = { "77": ["team/app", "team/other"], "88": ["others/app"] };

describeWith(["git", "git"], ["openssl", "openssl"])("a GitHub App", () => {
  let clock: TestClock;
  let server: GitTestServer;
  let api: GithubAppApi;
  let authority: TlsAuthority;
  let front: TlsFront;
  let credential: AppCredential;
  let url: string;

  beforeEach(async () => {
    clock = createTestClock();
    await start({});
  });
  afterEach(() => stop());

  async function start(options: GithubAppApiOptions): Promise<void> {
    [server, authority] = await Promise.all([startGitServer(), createTlsAuthority()]);
    const now = (): Date => clock.now();
    api = await startGithubAppApi({ now, installations: INSTALLATIONS, ...options });
    const authorize = (header: string | undefined): boolean => api.accepts(header);
    front = await startTlsFront(server.url, { ...(await authority.issue()), authorize });
    url = await create("team/app");
    credential = {
      kind: "github-app",
      appId: api.appId,
      privateKey: api.privateKey,
      baseUrl: api.url,
      connection: { ca: authority.certificate },
    };
  }

  async function stop(): Promise<void> {
    await Promise.all([front.close(), server.close(), api.close(), authority.close()]);
  }

  async function create(name: string): Promise<string> {
    return front.urlOf(
      (await server.createRepository(name, { branches: { main: { a: "a" } } })).url,
    );
  }

  function createTarget(
    more: Partial<AppCredential> = {},
    settings: GitWriteBackSettings = {},
  ): ReturnType<typeof createGitWriteBack> {
    return createGitWriteBack({
      credentials: { forGit: () => Promise.resolve({ ...credential, ...more }) },
      allowHttp: true,
      clock,
      deadlineMs: 0,
      ...settings,
    });
  }

  let count = 0;
  async function write(
    target: ReturnType<typeof createGitWriteBack>,
    repository: string = url,
  ): Promise<{ readonly code: unknown; readonly message: string }> {
    count += 1;
    const edits = [override("app.yaml", `v${count}`)];
    const results = await target.write([change("app", { repository }, edits)]);
    const text = JSON.stringify(results);
    expect(text).not.toContain("ghs_");
    expect(text).not.toContain("PRIVATE KEY");
    return { code: codeOf(results[0]), message: messageOf(results[0]) };
  }

  const seen = (): readonly string[] =>
    api.requests.map(({ method, path, status }) => `${method} ${path} ${status}`);
  const LOOK_UP = "GET /api/v3/repos/team/app/installation 200";
  const MINT = "POST /api/v3/app/installations/77/access_tokens 201";

  it("looks its installation up, and writes with a token of it", async () => {
    const target = createTarget();
    expect((await write(target)).code).toBe("written");
    expect(await server.readFile("team/app", "main", "app.yaml")).toContain(`v${count}`);
    expect((await write(target)).code).toBe("written");
    expect(seen()).toEqual([LOOK_UP, MINT]);
  });

  it("makes one token for all repositories of an installation, and all who ask at once", async () => {
    const other = await create("team/other");
    const target = createTarget({ installationId: "77" });
    const results = await Promise.all([write(target), write(target, other)]);
    expect(results.map(({ code }) => code)).toEqual(["written", "written"]);
    expect(seen()).toEqual([MINT]);
  });

  it("is asked for another token five minutes before one ends, and reads nothing again for it", async () => {
    const target = createTarget({ installationId: "77" });
    expect((await write(target)).code).toBe("written");
    clock.advance(54 * MINUTE_MS);
    server.clearRequests();
    expect((await write(target)).code).toBe("written");
    expect(server.requests.map(({ command, service }) => command ?? service)).toEqual([
      "ls-refs",
      "git-receive-pack",
    ]);
    clock.advance(MINUTE_MS);
    server.clearRequests();
    expect(seen()).toEqual([MINT]);
    expect((await write(target)).code).toBe("written");
    expect(seen()).toEqual([MINT, MINT]);
    expect(server.requests.map(({ command, service }) => command ?? service)).toEqual([
      "ls-refs",
      "git-receive-pack",
    ]);
  });

  it("makes another token when the server refuses one, once", async () => {
    const target = createTarget({ installationId: "77" });
    expect((await write(target)).code).toBe("written");
    api.revokeAll();
    expect((await write(target)).code).toBe("written");
    expect(seen()).toEqual([MINT, MINT]);
  });

  it("gives up when the new token is refused as well", async () => {
    const refusing = await startTlsFront(server.url, {
      ...(await authority.issue()),
      authorize: () => false,
    });
    const result = await write(
      createTarget({ installationId: "77" }),
      url.replace(front.url, refusing.url),
    );
    expect(result.code).toBe("unauthorized");
    expect(seen()).toEqual([MINT, MINT]);
    await refusing.close();
  });

  it("is reached at the URL of the API as well, with a slash or without", async () => {
    for (const baseUrl of [`${api.url}/api/v3`, `${api.url}/api/v3/`, `${api.url}/`]) {
      expect((await write(createTarget({ baseUrl, installationId: "77" }))).code).toBe("written");
    }
    expect(seen()).toEqual([MINT, MINT, MINT]);
  });

  it("keeps tokens of one key from those who show another", async () => {
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    let key = credential.privateKey;
    const target = createTarget(
      {},
      { credentials: { forGit: async () => ({ ...credential, privateKey: key }) } },
    );
    expect((await write(target)).code).toBe("written");
    key = privateKey;
    const { code, message } = await write(target);
    expect(code).toBe("unauthorized");
    expect(message).toContain(`GitHub App ${api.appId}`);
    expect(message).toContain("clock");
  });

  it.each([
    ["is not installed", { installationId: "99" }, "not-found", "install the App"],
    ["is not a number", { appId: "me" }, "invalid-secret", "id should be a number"],
    [
      "has an installation that is not a number",
      { installationId: "../1" },
      "invalid-secret",
      "number",
    ],
    ["has a key that is none", { privateKey: "hunter2" }, "invalid-secret", "PEM RSA key"],
    [
      "has an API that is not a URL",
      { baseUrl: "ghe.example.com" },
      "invalid-secret",
      "https://HOST",
    ],
  ])("that %s is refused, in words that help", async (_title, more, code, words) => {
    const result = await write(createTarget(more));
    expect(result.code).toBe(code);
    expect(result.message).toContain(words);
    expect(result.message).toContain(url);
    expect(result.message).not.toContain("hunter2");
    expect(server.requests).toEqual([]);
  });

  it("is not sent over plain HTTP unless that is allowed", async () => {
    const { code } = await write(createTarget({}, { allowHttp: false }));
    expect(code).toBe("invalid-secret");
    expect(api.requests).toEqual([]);
  });

  it("that is not installed for the repository is told so", async () => {
    const { code, message } = await write(createTarget(), await create("nobody/app"));
    expect(code).toBe("not-found");
    expect(message).toContain("install the App");
    expect(seen()).toEqual(["GET /api/v3/repos/nobody/app/installation 404"]);
  });

  it.each([
    [500, "unavailable"],
    [429, "unavailable"],
    [403, "forbidden"],
    [200, "invalid-response"],
    [418, "invalid-response"],
  ])("hears of status %i as %s", async (status, code) => {
    api.setStatus(status);
    expect((await write(createTarget({ installationId: "77" }))).code).toBe(code);
  });

  it("finds its installation again when it was installed anew", async () => {
    const target = createTarget();
    expect((await write(target)).code).toBe("written");
    await api.close();
    const { privateKey } = credential;
    api = await startGithubAppApi({
      now: () => clock.now(),
      installations: { "99": ["team/app"] },
      port: Number(new URL(api.url).port),
      privateKey,
    });
    expect((await write(target)).code).toBe("not-found");
    expect((await write(target)).code).toBe("written");
  });

  it("reaches its API through the proxy of the credential", async () => {
    const proxy = await startHttpProxy({ auth: { username: "p", password: "q" } });
    const connection = { ...credential.connection, proxy: proxy.url };
    expect((await write(createTarget({ connection }))).code).toBe("written");
    const targets = proxy.requests.map(({ method, target }) => `${method} ${target}`);
    expect(targets).toContain(`POST ${api.url}/api/v3/app/installations/77/access_tokens`);
    expect(targets).toContain(`CONNECT ${new URL(front.url).host}`);
    await proxy.close();
  });

  it("leaves a call that is cancelled alone", async () => {
    const signal = AbortSignal.abort();
    const target = createTarget();
    const results = await target.write(
      [change("app", { repository: url }, [override("app.yaml", "x")])],
      { signal },
    );
    expect(codeOf(results[0])).toBe("cancelled");
    expect(api.requests).toEqual([]);
  });
});
