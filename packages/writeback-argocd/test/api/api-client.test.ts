import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { rootCertificates } from "node:tls";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { ApplicationError, type ApplicationClient } from "@image-updater/core";
import {
  createArgoCdApiClient,
  type ArgoCdApiClientSettings,
} from "@image-updater/writeback-argocd";
import {
  startArgoCdApi,
  type ArgoCdApiFault,
  type ArgoCdApiOptions,
  type ArgoCdApiServer,
} from "@image-updater/writeback-argocd/testing";
import { Agent } from "undici";
import { afterEach, describe, expect, it, vi } from "vitest";
import { loopbackTls } from "../support/loopback-tls.js";
import { manifest } from "../support/manifests.js";

const WEB = { namespace: "argocd", name: "web" };
const TOKEN = "s3cret-token";
const PATCH = [{ op: "replace", path: "/spec/source/path", value: "b" }] as const;

const servers: ArgoCdApiServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(options: ArgoCdApiOptions = {}): Promise<ArgoCdApiServer> {
  const server = await startArgoCdApi({
    applications: [manifest("web", { path: "a" })],
    tokens: [{ token: TOKEN }],
    ...options,
  });
  servers.push(server);
  return server;
}

function clientOf(
  { url }: ArgoCdApiServer,
  settings: Partial<ArgoCdApiClientSettings> = {},
): ApplicationClient {
  return createArgoCdApiClient({ url, token: TOKEN, allowHttp: true, ...settings });
}

async function failure(promise: Promise<unknown>): Promise<ApplicationError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!ApplicationError.is(error)) throw new Error(`not an ApplicationError: ${String(error)}`);
  expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(TOKEN);
  return error;
}

describe("a request", () => {
  it("names the Application, its namespace and the patch as Argo CD wants them", async () => {
    const server = await start();
    const client = clientOf(server);
    await client.get(WEB);
    await client.patch(WEB, PATCH);
    expect(server.requests).toEqual([
      { method: "GET", path: "/api/v1/applications/web?appNamespace=argocd", body: undefined },
      {
        method: "PATCH",
        path: "/api/v1/applications/web",
        body: {
          name: "web",
          appNamespace: "argocd",
          patch: JSON.stringify([
            { op: "test", path: "/metadata/namespace", value: "argocd" },
            ...PATCH,
          ]),
          patchType: "json",
        },
      },
    ]);
  });

  it.each([
    ["rootPath", "", "/argo-cd"],
    ["rootPath with slashes", "/", "argo-cd/"],
    ["the path of the URL", "/argo-cd/", undefined],
  ])("goes below %s", async (_title, path, rootPath) => {
    const server = await start({ rootPath: "/argo-cd" });
    const client = clientOf(server, { url: `${server.url}${path}`, rootPath });
    expect(await client.get(WEB)).toMatchObject({ metadata: WEB });
  });

  it("carries the token as it is at that moment", async () => {
    const server = await start({ tokens: [{ token: "one" }, { token: "two" }] });
    const tokens = ["one\n", "two", "three"];
    const client = clientOf(server, { token: async () => tokens.shift() ?? "" });
    await client.get(WEB);
    await client.patch(WEB, PATCH);
    expect((await failure(client.get(WEB))).code).toBe("unauthorized");
    expect((await failure(client.get(WEB))).message).toContain("empty");
  });

  it.each([
    ["no single line", async () => `${TOKEN}\n${TOKEN}`],
    ["could not be read", () => Promise.reject(new Error(`no file ${TOKEN}`))],
  ])("is not sent with a token that %s", async (words, token) => {
    const server = await start();
    const error = await failure(clientOf(server, { token }).get(WEB));
    expect([error.code, error.message]).toEqual(["unauthorized", expect.stringContaining(words)]);
    expect(server.requests).toEqual([]);
  });

  it("goes through the dispatcher of the settings", async () => {
    const server = await start();
    const dispatcher = new Agent({ headersTimeout: 1000 });
    await dispatcher.close();
    expect((await failure(clientOf(server, { dispatcher }).get(WEB))).code).toBe("unavailable");
  });

  it.each(["..", "a/b", "", "a?b", "web#x"])("is not made for the name %j", async (name) => {
    const server = await start();
    const error = await failure(clientOf(server).get({ namespace: "argocd", name }));
    expect(error.code).toBe("not-found");
    expect(server.requests).toEqual([]);
  });
});

describe("an answer", () => {
  const gateway = (code: number, message: string): string =>
    JSON.stringify({ error: message, code, message });

  it.each<[string, ArgoCdApiFault, string, RegExp]>([
    ["401", { status: 401, body: gateway(16, "token expired") }, "unauthorized", /token expired/],
    [
      "403 for nobody knows what",
      { status: 403, body: gateway(7, "permission denied") },
      "not-found",
      /applications, get/,
    ],
    [
      "403 with a reason",
      { status: 403, body: gateway(7, "permission denied: applications, update, p/web") },
      "forbidden",
      /update, p\/web/,
    ],
    ["403 of a proxy", { status: 403, body: "<html>" }, "forbidden", /HTTP 403\)$/],
    [
      "404 of Argo CD",
      { status: 404, body: gateway(5, 'applications "web" not found') },
      "not-found",
      /"web" not found/,
    ],
    ["404 of a proxy", { status: 404, body: "nothing here" }, "invalid-response", /rootPath/],
    ["408", { status: 408 }, "unavailable", /later/],
    ["429", { status: 429, body: gateway(8, "slow down") }, "unavailable", /slow down/],
    ["502", { status: 502, body: "<html>bad gateway</html>" }, "unavailable", /HTTP 502\)$/],
    ["503", { status: 503 }, "unavailable", /failed/],
    ["400", { status: 400, body: gateway(3, "spec is invalid") }, "rejected", /spec is invalid/],
    [
      "a redirect",
      { status: 307, headers: { location: "https://elsewhere.example" } },
      "invalid-response",
      /rootPath/,
    ],
    ["a page", { status: 200, body: "<!doctype html>" }, "invalid-response", /something else/],
    [
      "another Application",
      { status: 200, body: JSON.stringify(manifest("api")) },
      "not-found",
      /argocd\/api/,
    ],
  ])("of %s has its code", async (_title, fault, code, words) => {
    const server = await start({ faults: [fault] });
    for (const call of [clientOf(server).get(WEB), clientOf(server).patch(WEB, PATCH)]) {
      const error = await failure(call);
      expect([error.code, error.message]).toEqual([code, expect.stringMatching(words)]);
      expect(error.message).toContain("argocd/web");
      expect(error.retryable).toBe(code === "unavailable");
    }
  });

  it.each<[string, number, string]>([
    [
      "a test",
      500,
      "error applying patch: testing value /metadata/resourceVersion failed: test failed",
    ],
    [
      "a test, without the server's words",
      400,
      "testing value /spec/source/helm failed: test failed",
    ],
    ["a test, in short", 500, "test failed"],
    [
      "a test of what is gone",
      500,
      "error applying patch: test operation does not apply: is missing path: /spec/sources/1: missing value",
    ],
    [
      "a replacement of what is gone",
      500,
      "error applying patch: replace operation does not apply: doc is missing key: /a: missing value",
    ],
    [
      "an index that is gone",
      400,
      "error in test for path: '/a/3': Unable to access invalid index: 3: invalid index referenced",
    ],
    ["others that are always faster", 500, "Failed to update application. Too many conflicts"],
    ["the cluster", 409, "Operation cannot be fulfilled: the object has been modified"],
  ])("of a lost race is a conflict: %s", async (_title, status, message) => {
    const server = await start({ faults: [{ status, body: gateway(2, message) }] });
    const error = await failure(clientOf(server).patch(WEB, PATCH));
    expect([error.code, error.retryable]).toEqual(["conflict", true]);
    expect((await failure(clientOf(server).get(WEB))).code).not.toBe("conflict");
  });

  it("never shows the token, long text or control characters", async () => {
    const text = `bad ${TOKEN}\u001B[31m\n${"x".repeat(5000)}`;
    const server = await start({ faults: [{ status: 401, body: gateway(16, text) }] });
    const error = await failure(clientOf(server).get(WEB));
    expect(error.message).toContain("bad [secret] xxx");
    expect(error.message.length).toBeLessThan(800);
  });

  it("of more than it takes for an Application is not read", async () => {
    const body = JSON.stringify({ ...manifest("web"), status: "x".repeat(17 * 1024 * 1024) });
    const server = await start({ faults: [{ status: 200, body }] });
    expect((await failure(clientOf(server).get(WEB))).code).toBe("invalid-response");
  });

  it("that does not come is unavailable", async () => {
    const server = await start({ faults: [{ hang: true }] });
    const error = await failure(clientOf(server, { requestTimeoutMs: 50 }).get(WEB));
    expect([error.code, error.message]).toEqual([
      "unavailable",
      expect.stringContaining("within 50 ms"),
    ]);
  });

  it("that breaks off is unavailable", async () => {
    const server = await start({ faults: [{ dropAnswer: true }] });
    expect((await failure(clientOf(server).get(WEB))).code).toBe("unavailable");
  });

  it("is not waited for once the call is cancelled", async () => {
    const controller = new AbortController();
    const before = async (): Promise<void> => controller.abort();
    const server = await start({ faults: [{ before, hang: true }] });
    const call = clientOf(server).get(WEB, { signal: controller.signal });
    expect((await failure(call)).code).toBe("cancelled");
    const again = clientOf(server).get(WEB, { signal: controller.signal });
    expect((await failure(again)).code).toBe("cancelled");
    expect(server.requests).toHaveLength(1);
  });

  it("of nobody is unavailable", async () => {
    const server = await start();
    await server.close();
    const error = await failure(clientOf(server).get(WEB));
    expect([error.code, error.message]).toEqual([
      "unavailable",
      expect.stringContaining("ECONNREFUSED"),
    ]);
  });
});

describe("an outage behind the server is retryable, and named as one", () => {
  const gateway = (code: number, message: string): string =>
    JSON.stringify({ error: message, code, message });
  const invalid = "application spec for web is invalid: InvalidSpecError:";

  it.each([
    ["the host of the repository", `${invalid} repository not accessible: repo client error`],
    [
      "a repo-server that restarts",
      `${invalid} Unable to generate manifests in a: rpc error: code = Unavailable desc = connection error`,
    ],
    [
      "a repo-server that is slow",
      `${invalid} rpc error: code = DeadlineExceeded desc = context deadline exceeded`,
    ],
    [
      "the network",
      `${invalid} failed to list refs: dial tcp: lookup git.example.com: no such host`,
    ],
  ])("%s", async (_title, message) => {
    const server = await start({ faults: [{ status: 400, body: gateway(3, message) }] });
    const error = await failure(clientOf(server).patch(WEB, PATCH));
    expect([error.code, error.retryable]).toEqual(["unavailable", true]);
    expect(error.message).toMatch(/cannot reach the repository or its own repo-server: an outage/u);
    expect(error.message).toContain(message.slice(0, 40));
  });

  it("while what is wrong with the Application itself is not", async () => {
    const body = gateway(3, `${invalid} spec.destination.server is missing`);
    const server = await start({ faults: [{ status: 400, body }] });
    expect((await failure(clientOf(server).patch(WEB, PATCH))).code).toBe("rejected");
  });

  it.each(["GET", "PATCH"] as const)("its Kubernetes API, for a %s", async (method) => {
    const server = await start({ faults: [{ method, clusterDown: true }] });
    const client = clientOf(server);
    const name = { ...WEB, project: "default" };
    const error = await failure(method === "GET" ? client.get(name) : client.patch(name, PATCH));
    expect([error.code, error.retryable]).toEqual(["unavailable", true]);
    expect(error.message).toMatch(
      /default\/web\), as it does while its Kubernetes API does not answer: an outage/u,
    );
  });

  it("is over as soon as the Kubernetes API answers again", async () => {
    const server = await start({ faults: [{ clusterDown: true, times: 1 }] });
    const name = { ...WEB, project: "default" };
    const client = clientOf(server);
    await failure(client.get(name));
    expect(await client.get(name)).toMatchObject({ metadata: WEB });
  });
});

describe("with its project, an Application", () => {
  const named = { ...WEB, project: "default" };

  it("is asked for and patched under it", async () => {
    const server = await start();
    const client = clientOf(server);
    await client.get(named);
    await client.patch(named, PATCH);
    expect(server.requests[0]?.path).toBe(
      "/api/v1/applications/web?appNamespace=argocd&project=default",
    );
    expect(server.requests[1]?.body).toMatchObject({ appNamespace: "argocd", project: "default" });
  });

  it.each([
    ["that is absent", { ...named, name: "gone" }],
    ["that is of another project", { ...named, project: "other" }],
  ])("%s is not found", async (_title, name) => {
    const server = await start();
    const error = await failure(clientOf(server).get(name));
    expect([error.code, error.retryable]).toEqual(["not-found", false]);
    expect(error.message).toMatch(/ has no such Application \(HTTP 404\)/u);
  });

  it("that the token may not get is forbidden", async () => {
    const server = await start({ tokens: [{ token: TOKEN, projects: ["other"] }] });
    const error = await failure(clientOf(server).get(named));
    expect([error.code, error.retryable]).toEqual(["forbidden", false]);
    expect(error.message).toContain(
      "does not let its token get it (applications, get, default/web)",
    );
    expect(server.requests.map(({ path }) => path).slice(1)).toEqual([
      "/api/v1/account/can-i/applications/get/default/argocd/web",
      "/api/v1/account/can-i/applications/get/default/web",
    ]);
  });

  it("is either where the server does not say what the token may do", async () => {
    const denial = JSON.stringify({ code: 7, message: "permission denied" });
    const server = createServer((request, response) => {
      const isRight = request.url?.includes("can-i") ?? false;
      response.writeHead(isRight ? 404 : 403).end(isRight ? "nothing here" : denial);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const url = `http://127.0.0.1:${address.port}`;
    const client = createArgoCdApiClient({ url, token: TOKEN, allowHttp: true });
    const error = await failure(client.get(named));
    server.closeAllConnections();
    server.close();
    expect(error.code).toBe("unavailable");
    expect(error.message).toMatch(
      /does not say whether its token may get it .* or its Kubernetes API/u,
    );
  });
});

describe("an old server, which knows no namespaces", () => {
  it("is not taken at its word when it reads", async () => {
    const server = await start({
      faults: [{ status: 200, body: JSON.stringify(manifest("web")) }],
    });
    const error = await failure(clientOf(server).get({ namespace: "team-a", name: "web" }));
    expect(error.code).toBe("not-found");
  });
});

describe("permissions", () => {
  it.each([
    ["of another project", { projects: ["other"] }, "not-found"],
    ["to read only", { mayUpdate: false }, "forbidden"],
  ])("%s are enough or not", async (_title, rights, code) => {
    const server = await start({ tokens: [{ token: TOKEN, ...rights }] });
    expect((await failure(clientOf(server).patch(WEB, PATCH))).code).toBe(code);
    expect(server.application(WEB)).toMatchObject({ spec: { source: { path: "a" } } });
  });

  it("for a namespace that the server does not manage are missing", async () => {
    const server = await start();
    const error = await failure(clientOf(server).get({ namespace: "team-a", name: "web" }));
    expect([error.code, error.message]).toEqual([
      "forbidden",
      expect.stringContaining("namespace 'team-a' is not permitted"),
    ]);
  });

  it("do not help a manifest that the server finds wrong", async () => {
    const server = await start({ validate: () => "path b does not exist" });
    const error = await failure(clientOf(server).patch(WEB, PATCH));
    expect([error.code, error.message]).toEqual([
      "rejected",
      expect.stringContaining("path b does not exist"),
    ]);
  });
});

describe("TLS", () => {
  it("is verified", async () => {
    const server = await start({ tls: loopbackTls });
    const error = await failure(clientOf(server, { allowHttp: false }).get(WEB));
    expect([error.code, error.message]).toEqual([
      "unavailable",
      expect.stringMatching(/DEPTH_ZERO_SELF_SIGNED_CERT.*setting ca/u),
    ]);
    expect(server.requests).toEqual([]);
  });

  it("is verified by the authorities of the settings alone", async () => {
    const server = await start({ tls: loopbackTls });
    const settings = { allowHttp: false, ca: rootCertificates[0] };
    expect((await failure(clientOf(server, settings).get(WEB))).code).toBe("unavailable");
  });

  it.each([
    ["an authority of the settings", { ca: loopbackTls.cert }],
    ["any certificate if that is wanted", { insecure: true }],
    [
      "what the dispatcher trusts",
      { dispatcher: new Agent({ connect: { ca: loopbackTls.cert } }) },
    ],
  ])("trusts %s", async (_title, settings) => {
    const server = await start({ tls: loopbackTls });
    expect(await clientOf(server, { allowHttp: false, ...settings }).get(WEB)).toMatchObject({
      metadata: WEB,
    });
  });
});

describe("settings that cannot be used are refused at once", () => {
  it.each<[string, Partial<ArgoCdApiClientSettings>, RegExp]>([
    ["plain HTTP", { url: "http://argocd.example.com", allowHttp: false }, /allowHttp/],
    ["no URL", { url: "argocd.example.com" }, /not a URL/],
    ["another scheme", { url: "ftp://argocd.example.com" }, /ftp:/],
    ["user information", { url: `https://u:${TOKEN}@argocd.example.com` }, /user information/],
    ["a query", { url: "https://argocd.example.com?x=1" }, /query/],
    ["authorities beside a dispatcher", { ca: "x", dispatcher: new Agent() }, /dispatcher/],
    [
      "no verification beside a dispatcher",
      { insecure: true, dispatcher: new Agent() },
      /dispatcher/,
    ],
  ])("%s", (_title, settings, words) => {
    const create = (): unknown =>
      createArgoCdApiClient({ url: "https://argocd.example.com", token: TOKEN, ...settings });
    expect(create).toThrow(TypeError);
    expect(create).toThrow(words);
    expect(create).not.toThrow(new RegExp(TOKEN, "u"));
  });
});

describe("an answer that is encoded without being asked", () => {
  async function getFrom(coding: string, body: Uint8Array): Promise<unknown> {
    const asked: unknown[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers["accept-encoding"]);
      response.writeHead(200, { "content-encoding": coding }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const url = `http://127.0.0.1:${address.port}`;
    try {
      return await createArgoCdApiClient({ url, token: TOKEN, allowHttp: true }).get(WEB);
    } finally {
      expect(asked).toEqual(["identity"]);
      server.closeAllConnections();
      server.close();
    }
  }

  it("is decoded", async () => {
    const application = manifest("web", { path: "a" });
    await expect(getFrom("gzip", gzipSync(JSON.stringify(application)))).resolves.toEqual(
      application,
    );
  });

  it.each([
    ["what it does not say", Buffer.from("{}"), "is not the gzip that its header names"],
    ["more than its limit", gzipSync(Buffer.alloc(64 * 1024 * 1024)), "is larger than"],
  ])("is an error where it holds %s", async (_, body, message) => {
    const error = await failure(getFrom("gzip", body));
    expect(error.code).toBe("invalid-response");
    expect(error.message).toContain(message);
  });
});

it.each([{ dispatcher: new Agent() }, { ca: "PEM" }, { insecure: true }])(
  "settings that the runtime would ignore are refused: %o",
  (settings) => {
    vi.stubGlobal("Bun", {});
    try {
      const create = () => createArgoCdApiClient({ url: "https://a", token: TOKEN, ...settings });
      expect(create).toThrow(/^createArgoCdApiClient: Bun ignores the setting\(s\) /u);
    } finally {
      vi.unstubAllGlobals();
    }
  },
);

it("an answer that is not HTTP leaves none of its bytes in the error", async () => {
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(`HTTP/1.1 2oo ${TOKEN}\r\nx: ${TOKEN}\r\n\r\n`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = `http://127.0.0.1:${address.port}`;
  const error = await failure(
    createArgoCdApiClient({ url, token: TOKEN, allowHttp: true }).get(WEB),
  );
  expect(error.cause).toBeInstanceOf(Error);
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(TOKEN);
  server.close();
});
