import { createServer } from "node:http";
import type { GitCredential, GitCredentialRequest } from "@image-updater/core";
import { CredentialError } from "@image-updater/core";
import { Agent, MockAgent } from "undici";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { GitWriteBackSettings } from "../src/git-write-back-settings.js";
import { startGitServer, type GitTestServer } from "../src/testing/index.js";
import { change, codeOf, gitSettings, localGit, messageOf, override } from "./changes.js";

const PASSWORD = "s3cr3t-t0ken";
const ENCODED = Buffer.from(`bot:${PASSWORD}`).toString("base64");
const edits = [override("app.yaml", "v2")];

let server: GitTestServer;
let url: string;

beforeAll(async () => {
  server = await startGitServer({ auth: { username: "bot", password: PASSWORD } });
  ({ url } = await server.createRepository("app", { branches: { main: { "a.txt": "a" } } }));
});
afterAll(() => server.close());
afterEach(() => {
  server.setFaults([]);
  server.clearRequests();
});

function withCredential(
  credential: GitCredential,
  more: GitWriteBackSettings = {},
): ReturnType<typeof localGit> {
  return localGit({ credentials: { forGit: async () => credential }, ...more });
}

const good = (more: GitWriteBackSettings = {}): ReturnType<typeof localGit> =>
  withCredential({ kind: "basic", username: "bot", password: PASSWORD }, more);

async function writeOne(
  target: ReturnType<typeof localGit>,
  repository: string = url,
): Promise<{ readonly code: unknown; readonly message: string }> {
  const results = await target.write([change("app", { repository }, edits)]);
  const text = JSON.stringify(results);
  expect(text).not.toContain(PASSWORD);
  expect(text).not.toContain(ENCODED);
  return { code: codeOf(results[0]), message: messageOf(results[0]) };
}

describe("credentials", () => {
  it("are sent with the first request, so that none is wasted", async () => {
    expect((await writeOne(good())).code).toBe("written");
    expect(server.requests.length).toBeGreaterThan(2);
    expect(server.requests.filter(({ authorized }) => !authorized)).toEqual([]);
  });

  it("may stand in the URL, which no result repeats", async () => {
    const inUrl = url.replace("//", `//bot:${PASSWORD}@`);
    expect((await writeOne(localGit(), inUrl)).code).toBe("unchanged");
    expect((await writeOne(localGit(), inUrl.replace("app.git", "none.git"))).code).toBe(
      "not-found",
    );
  });

  it("are asked for once per repository, by the URL without user information", async () => {
    const asked: GitCredentialRequest[] = [];
    const forGit = async (request: GitCredentialRequest): Promise<GitCredential> => {
      asked.push(request);
      return { kind: "basic", username: "bot", password: PASSWORD };
    };
    const secret = { ...gitSettings, credentials: { kind: "secret", name: "git" } } as const;
    const location = { repository: url.replace("//", "//somebody@") };
    await localGit({ credentials: { forGit } }).write([
      change("one", location, edits),
      change("two", location, edits),
      change("three", location, edits, { settings: secret }),
    ]);
    expect(
      asked.map(({ url: of, reference, namespace }) => ({ of, reference, namespace })),
    ).toEqual([
      { of: url, reference: undefined, namespace: undefined },
      { of: url, reference: { kind: "secret", name: "git" }, namespace: "argocd" },
    ]);
  });

  it.each([
    ["no credentials", localGit(), "unauthorized", "credentials are needed"],
    [
      "wrong ones",
      withCredential({ kind: "basic", username: "bot", password: "wrong" }),
      "unauthorized",
      "the credentials were refused",
    ],
    [
      "a bearer token the server does not know",
      withCredential({ kind: "bearer", token: PASSWORD }),
      "unauthorized",
      "the credentials were refused",
    ],
    [
      "a key for SSH",
      withCredential({ kind: "ssh-key", privateKey: PASSWORD }),
      "unsupported",
      "ssh-key",
    ],
    [
      "a provider that has none",
      localGit({
        credentials: {
          forGit: () =>
            Promise.reject(new CredentialError("not-found", "no secret git", { reference: "git" })),
        },
      }),
      "not-found",
      "no secret git",
    ],
  ])("fail with %s", async (_title, target, code, words) => {
    const result = await writeOne(target);
    expect(result.code).toBe(code);
    expect(result.message).toContain(words);
  });

  it("never show, even when the server repeats them", async () => {
    const body = `remote: Basic ${ENCODED}\nremote: ${PASSWORD} \u001B[31mmay not push\u001B[0m`;
    server.setFaults([{ service: "git-receive-pack", status: 403, body }]);
    const location = { repository: url };
    const results = await good().write([change("app", location, [override("b.yaml", "v3")])]);
    expect(codeOf(results[0])).toBe("forbidden");
    expect(messageOf(results[0])).toContain("may not push");
    expect(JSON.stringify(results)).not.toMatch(new RegExp(`${PASSWORD}|${ENCODED}|u001b`, "u"));
  });
});

describe("an answer that is none", () => {
  it.each([
    [{ status: 403 }, "forbidden"],
    [{ status: 404 }, "not-found"],
    [{ status: 203, headers: { "content-type": "text/html" }, body: "sign in" }, "unauthorized"],
    [{ status: 200, headers: { "content-type": "text/html" }, body: "<html>" }, "invalid-response"],
    [{ status: 418 }, "invalid-response"],
    [{ status: 500 }, "unavailable"],
    [{ status: 429 }, "unavailable"],
    [{ garbage: true }, "invalid-response"],
    [{ dropAnswer: true }, "unavailable"],
  ])("%o to the advertisement is %s", async (fault, code) => {
    server.setFaults([{ service: "info/refs", ...fault }]);
    expect((await writeOne(good())).code).toBe(code);
  });

  it.each([
    [{ garbage: true }, "invalid-response"],
    [{ status: 503 }, "unavailable"],
    [
      {
        status: 200,
        headers: { "content-type": "application/x-git-upload-pack-result" },
        body: "001fERR upload-pack: not our ref",
      },
      "invalid-response",
    ],
    [
      {
        status: 200,
        headers: { "content-type": "application/x-git-upload-pack-result" },
        body: "0008NAK\n0000",
      },
      "invalid-response",
    ],
  ])("%o to the fetch is %s", async (fault, code) => {
    server.setFaults([{ service: "git-upload-pack", ...fault }]);
    expect((await writeOne(good())).code).toBe(code);
  });

  it("is waited for no longer than allowed", async () => {
    server.setFaults([{ hang: true }]);
    const result = await writeOne(good({ requestTimeoutMs: 100, deadlineMs: 50 }));
    expect(result.code).toBe("timeout");
  });

  it("may pass by itself", async () => {
    server.setFaults([{ service: "info/refs", status: 503, times: 2 }]);
    expect((await writeOne(good())).code).toBe("unchanged");
  });

  it("is not read beyond the limit", async () => {
    const result = await writeOne(good({ maxPackBytes: 100 }));
    expect(result.code).toBe("too-large");
  });

  it("is unavailable when nobody listens", async () => {
    const unused = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => unused.once("listening", resolve));
    const address = unused.address();
    const port = typeof address === "object" ? address?.port : undefined;
    await new Promise((resolve) => unused.close(resolve));
    expect((await writeOne(good(), `http://127.0.0.1:${port}/a.git`)).code).toBe("unavailable");
  });
});

describe("a redirect", () => {
  it("within the server is followed, and later requests go where it led", async () => {
    const location = "/app.git/info/refs?service=git-upload-pack";
    server.setFaults([{ repository: "old", status: 301, headers: { location } }]);
    const result = await writeOne(good(), url.replace("app.git", "old.git"));
    expect(result.code).toBe("unchanged");
    const [first, ...others] = server.requests.map(({ repository }) => repository);
    expect(first).toBe("old");
    expect(new Set(others)).toEqual(new Set(["app"]));
  });

  it.each([
    [
      "https://elsewhere.example/app.git/info/refs?service=git-upload-pack",
      "https://elsewhere.example",
    ],
    ["/login", "not a Git repository"],
    ["/app.git/info/refs?service=git-upload-pack&token=x", "not a Git repository"],
    ["http://[", "no valid URL"],
  ])("to %s is refused", async (location, words) => {
    server.setFaults([{ service: "info/refs", status: 302, headers: { location } }]);
    const result = await writeOne(good());
    expect(result.code).toBe("invalid-response");
    expect(result.message).toContain(words);
    expect(server.requests).toHaveLength(1);
  });

  it("of a push is refused", async () => {
    const headers = { location: `${url}/git-receive-pack` };
    server.setFaults([{ service: "git-receive-pack", status: 307, headers }]);
    const results = await good({ deadlineMs: 0 }).write([
      change("app", { repository: url }, [override("c.yaml", "v2")]),
    ]);
    expect(codeOf(results[0])).toBe("invalid-response");
    expect(await server.log("app", "main")).toHaveLength(2);
  });

  it("does not go round for ever", async () => {
    const location = "/app.git/info/refs?service=git-upload-pack";
    server.setFaults([{ service: "info/refs", status: 302, headers: { location } }]);
    expect((await writeOne(good())).code).toBe("invalid-response");
    expect(server.requests.length).toBeLessThan(6);
  });
});

describe("an address", () => {
  it.each([
    ["http://example.com/a.git", "plain http://"],
    ["git@example.com:team/a.git", "a private key is needed"],
    ["ssh://git@example.com/a.git", "a private key is needed"],
    ["file:///srv/a.git", "only https://"],
    ["a.git", "not an https:// URL"],
    [`https://bot:${PASSWORD}@example.com/a.git?token=${PASSWORD}`, "no query"],
  ])("%s is refused before any request", async (repository, words) => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    const target = localGit({ allowHttp: false, dispatcher: agent });
    const result = await writeOne(target, repository);
    expect(result.code).toBe("unsupported");
    expect(result.message).toContain(words);
    await agent.close();
  });

  it("is reached through the dispatcher of the settings", async () => {
    let requests = 0;
    const dispatcher = new Agent().compose((dispatch) => (options, handler) => {
      requests += 1;
      return dispatch(options, handler);
    });
    expect((await writeOne(good({ dispatcher }))).code).toBe("unchanged");
    expect(requests).toBeGreaterThan(1);
    expect(requests).toBe(server.requests.length);
    await dispatcher.close();
  });
});

describe("a signal", () => {
  it("that is aborted already prevents any request", async () => {
    const signal = AbortSignal.abort();
    const results = await good().write([change("app", { repository: url }, edits)], { signal });
    expect(codeOf(results[0])).toBe("cancelled");
    expect(server.requests).toEqual([]);
  });

  it("ends a request that hangs", async () => {
    const controller = new AbortController();
    const before = async (): Promise<void> => controller.abort();
    server.setFaults([{ service: "git-upload-pack", before, hang: true }]);
    const { signal } = controller;
    const results = await good().write([change("app", { repository: url }, edits)], { signal });
    expect(codeOf(results[0])).toBe("cancelled");
    expect(messageOf(results[0])).toContain(url);
  });
});

it("accepts Git settings only", () => {
  const target = localGit();
  expect(target.accepts(gitSettings)).toBe(true);
  expect(target.accepts({ ...gitSettings, method: "argocd" })).toBe(false);
});
