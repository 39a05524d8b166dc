import type { GitConnection, GitCredential } from "@image-updater/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createGitWriteBack } from "../src/create-git-write-back.js";
import {
  createTlsAuthority,
  startGitServer,
  startHttpProxy,
  startTlsFront,
  type GitTestServer,
  type HttpProxyOptions,
  type HttpProxyServer,
  type TlsAuthority,
  type TlsFront,
} from "../src/testing/index.js";
import { change, codeOf, messageOf, override } from "./changes.js";
import { describeWith } from "./describe-with.js";

const PASSWORD = "s3cr3t-t0ken";
const LOGIN = { kind: "basic", username: "bot", password: PASSWORD } as const;
const PROXY_LOGIN = { username: "proxy user", password: "pr0xy:p@ss/word" };

let server: GitTestServer;
let inner: string;
const proxies: HttpProxyServer[] = [];

beforeAll(async () => {
  server = await startGitServer({ auth: LOGIN });
  ({ url: inner } = await server.createRepository("app", { branches: { main: { a: "a" } } }));
});
afterAll(() => server.close());
afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  server.clearRequests();
});

async function startProxy(options: HttpProxyOptions = {}): Promise<HttpProxyServer> {
  const proxy = await startHttpProxy(options);
  proxies.push(proxy);
  return proxy;
}

let count = 0;
async function write(
  url: string,
  connection: GitConnection,
): Promise<{ readonly code: unknown; readonly message: string }> {
  count += 1;
  const credential: GitCredential = { ...LOGIN, connection };
  const target = createGitWriteBack({
    credentials: { forGit: () => Promise.resolve(credential) },
    allowHttp: true,
    deadlineMs: 0,
  });
  const edits = [override("app.yaml", `v${count}`)];
  const results = await target.write([change("app", { repository: url }, edits)]);
  const text = JSON.stringify(results);
  for (const secret of [PASSWORD, PROXY_LOGIN.password, encodeURIComponent(PROXY_LOGIN.password)]) {
    expect(text).not.toContain(secret);
  }
  return { code: codeOf(results[0]), message: messageOf(results[0]) };
}

describe("a proxy for plain HTTP", () => {
  it("is sent whole URLs, with its own user and password", async () => {
    const proxy = await startProxy({ auth: PROXY_LOGIN });
    // A name that only the proxy knows.
    const url = inner.replace("127.0.0.1", "git.example.test");
    expect((await write(url, { proxy: proxy.url })).code).toBe("written");
    expect(await server.readFile("app", "main", "app.yaml")).toContain(`v${count}`);
    expect(proxy.requests.length).toBeGreaterThan(2);
    for (const { method, target, authorized, sawAuthorization } of proxy.requests) {
      expect(method).not.toBe("CONNECT");
      expect(target).toContain(url);
      expect([authorized, sawAuthorization]).toEqual([true, true]);
    }
  });

  it("says when it wants other credentials", async () => {
    const proxy = await startProxy({ auth: PROXY_LOGIN });
    const { code, message } = await write(inner, { proxy: proxy.url.replace("proxy", "nobody") });
    expect(code).toBe("unauthorized");
    expect(message).toContain("the proxy wants other credentials");
    expect(server.requests).toEqual([]);
  });

  it("is left out for hosts that are exempt", async () => {
    const proxy = await startProxy();
    const noProxy = "example.com, 127.0.0.0/8";
    expect((await write(inner, { proxy: proxy.url, noProxy })).code).toBe("written");
    expect(proxy.requests).toEqual([]);
  });

  it("may be named without a scheme", async () => {
    const proxy = await startProxy();
    expect((await write(inner, { proxy: proxy.url.replace("http://", "") })).code).toBe("written");
    expect(proxy.requests).not.toEqual([]);
  });
});

describeWith(["git", "git"], ["openssl", "openssl"])("a proxy for TLS", () => {
  let authority: TlsAuthority;
  let front: TlsFront;
  let url: string;

  beforeAll(async () => {
    authority = await createTlsAuthority();
    const hosts = ["localhost", "git.example.test"];
    front = await startTlsFront(server.url, await authority.issue({ hosts }));
    url = front.urlOf(inner);
  });
  afterAll(() => Promise.all([front.close(), authority.close()]));

  const trusting = (proxy: HttpProxyServer): GitConnection => ({
    ca: authority.certificate,
    proxy: proxy.url,
  });

  it("gives tunnels, and sees no credentials but its own", async () => {
    const proxy = await startProxy({ auth: PROXY_LOGIN });
    const remote = url.replace("localhost", "git.example.test");
    expect((await write(remote, trusting(proxy))).code).toBe("written");
    expect(await server.readFile("app", "main", "app.yaml")).toContain(`v${count}`);
    expect(proxy.requests.length).toBeGreaterThan(0);
    for (const request of proxy.requests) {
      expect(request).toEqual({
        method: "CONNECT",
        target: new URL(remote).host,
        authorized: true,
        sawAuthorization: false,
      });
    }
  });

  it("does not take the place of the server's certificate", async () => {
    const proxy = await startProxy();
    expect((await write(url, { proxy: proxy.url })).code).toBe("certificate");
    const other = url.replace("localhost", "other.example.test");
    const { code, message } = await write(other, trusting(proxy));
    expect(code).toBe("certificate");
    expect(message).toContain("other.example.test");
    expect((await write(other, { proxy: proxy.url, insecure: true })).code).toBe("written");
  });

  it("may speak TLS itself, with a certificate of the same authority", async () => {
    const proxy = await startProxy({ tls: await authority.issue(), auth: PROXY_LOGIN });
    expect((await write(url, trusting(proxy))).code).toBe("written");
    expect((await write(inner, trusting(proxy))).code).toBe("written");
    expect(new Set(proxy.requests.map(({ method }) => method))).toEqual(
      new Set(["CONNECT", "GET", "POST"]),
    );
  });

  it("is not trusted for its name, even where the server is", async () => {
    const proxy = await startProxy({ tls: await authority.issue({ hosts: ["example.com"] }) });
    const { code, message } = await write(url, { ...trusting(proxy), insecure: true });
    expect(code).toBe("certificate");
    expect(message).toContain(new URL(proxy.url).host);
    expect(proxy.requests).toEqual([]);
  });

  it.each([
    ["wants other credentials", { auth: PROXY_LOGIN }, "unauthorized", "HTTP 407"],
    ["lets nobody through", { fault: { status: 403 } }, "forbidden", "HTTP 403"],
    ["does not find the server", { fault: { status: 502 } }, "unavailable", "HTTP 502"],
    ["breaks the connection", { fault: "drop" }, "unavailable", "through the proxy"],
  ] as const)("that %s is named", async (_title, options, code, words) => {
    const proxy = await startProxy(options);
    const { origin, host } = new URL(proxy.url);
    const result = await write(url, { ...trusting(proxy), proxy: origin });
    expect(result.code).toBe(code);
    expect(result.message).toContain(words);
    expect(result.message).toContain(host);
    expect(server.requests).toEqual([]);
  });

  it("that is not there is named", async () => {
    const proxy = await startHttpProxy();
    await proxy.close();
    const { code, message } = await write(url, trusting(proxy));
    expect(code).toBe("unavailable");
    expect(message).toContain(`through the proxy ${new URL(proxy.url).host}`);
  });
});
