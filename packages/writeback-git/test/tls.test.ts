import type { GitConnection, GitCredential } from "@image-updater/core";
import { Agent } from "undici";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { createGitWriteBack } from "../src/create-git-write-back.js";
import type { GitWriteBackSettings } from "../src/git-write-back-settings.js";
import {
  createTlsAuthority,
  startGitServer,
  startTlsFront,
  type GitTestServer,
  type TlsAuthority,
  type TlsFront,
  type TlsFrontOptions,
} from "../src/testing/index.js";
import { change, codeOf, messageOf, override } from "./changes.js";
import { describeWith } from "./describe-with.js";

const PASSWORD = "s3cr3t-t0ken";
const LOGIN = { kind: "basic", username: "bot", password: PASSWORD } as const;

describeWith(["git", "git"], ["openssl", "openssl"])("a server that speaks TLS", () => {
  let server: GitTestServer;
  let inner: string;
  let authority: TlsAuthority;
  let stranger: TlsAuthority;
  const fronts: TlsFront[] = [];

  beforeAll(async () => {
    server = await startGitServer({ auth: LOGIN });
    ({ url: inner } = await server.createRepository("app", { branches: { main: { a: "a" } } }));
    [authority, stranger] = await Promise.all([
      createTlsAuthority(),
      createTlsAuthority("Somebody Else"),
    ]);
  });
  afterAll(() => Promise.all([server.close(), authority.close(), stranger.close()]));
  afterEach(async () => {
    await Promise.all(fronts.splice(0).map((front) => front.close()));
    server.clearRequests();
  });

  async function startFront(options: Partial<TlsFrontOptions> = {}): Promise<TlsFront> {
    const certificate = options.certificate === undefined ? await authority.issue() : {};
    const front = await startTlsFront(server.url, {
      key: "",
      certificate: "",
      ...certificate,
      ...options,
    });
    fronts.push(front);
    return front;
  }

  let count = 0;
  async function write(
    front: TlsFront,
    connection: GitConnection | undefined,
    settings: GitWriteBackSettings = {},
    url: string = front.urlOf(inner),
  ): Promise<{ readonly code: unknown; readonly message: string }> {
    count += 1;
    const credential: GitCredential = { ...LOGIN, connection };
    const target = createGitWriteBack({
      credentials: { forGit: () => Promise.resolve(credential) },
      random: () => 0,
      ...settings,
    });
    const edits = [override("app.yaml", `v${count}`)];
    const results = await target.write([change("app", { repository: url }, edits)]);
    const text = JSON.stringify(results);
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain("BEGIN");
    return { code: codeOf(results[0]), message: messageOf(results[0]) };
  }

  it("is trusted by the authority that the credential names, besides those that are well known", async () => {
    const front = await startFront();
    const ca = `${stranger.certificate}\n# a comment\n${authority.certificate}`;
    expect((await write(front, { ca })).code).toBe("written");
    expect(await server.readFile("app", "main", "app.yaml")).toContain(`v${count}`);
    await server.fsck("app");
  });

  it("keeps its connections between calls", async () => {
    const front = await startFront();
    const credential: GitCredential = { ...LOGIN, connection: { ca: authority.certificate } };
    const target = createGitWriteBack({
      credentials: { forGit: () => Promise.resolve({ ...credential }) },
    });
    const location = { repository: front.urlOf(inner) };
    for (const value of ["k1", "k2", "k3", "k4", "k5", "k6"]) {
      const results = await target.write([change("app", location, [override("kept.yaml", value)])]);
      expect(codeOf(results[0])).toBe("written");
    }
    // One would do if a new request never overtook the end of the last answer.
    expect(front.connections).toBeLessThan(6);
  });

  it("need not be trusted where the credential says so", async () => {
    const front = await startFront(
      await authority.issue({ expired: true, hosts: ["example.com"] }),
    );
    expect((await write(front, { insecure: true })).code).toBe("written");
  });

  it.each([
    ["of an unknown authority", {}, 'give the authority\'s certificate as "ca"'],
    ["that has expired", { expired: true }, "has expired"],
    ["for another host", { hosts: ["git.example.com"] }, "is for other hosts"],
  ])("is refused for a certificate %s, at the first attempt", async (title, options, words) => {
    const front = await startFront(await authority.issue(options));
    const ca = title === "of an unknown authority" ? stranger.certificate : authority.certificate;
    const { code, message } = await write(front, { ca });
    expect(code).toBe("certificate");
    expect(message).toContain(words);
    expect(message).toContain(new URL(front.url).host);
    expect(front.connections).toBe(1);
    expect(server.requests).toEqual([]);
  });

  it("is refused without any settings, too", async () => {
    const front = await startFront();
    expect((await write(front, undefined)).code).toBe("certificate");
    expect((await write(front, {})).code).toBe("certificate");
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)(
    "may demand a client certificate, in %s",
    async (maxVersion) => {
      const clientAuthority = authority.certificate;
      const front = await startFront({ ...(await authority.issue()), clientAuthority, maxVersion });
      const ca = authority.certificate;
      const clientCertificate = await authority.issue({ hosts: ["bot.example.com"] });
      expect((await write(front, { ca, clientCertificate })).code).toBe("written");
      server.clearRequests();
      const { code, message } = await write(front, { ca });
      expect(code).toBe("unauthorized");
      expect(message).toContain("client certificate");
      expect(message).toContain(new URL(front.url).host);
      expect(server.requests).toEqual([]);
    },
  );

  it("does not use a client certificate for more than one identity's connections", async () => {
    const clientAuthority = authority.certificate;
    const front = await startFront({ ...(await authority.issue()), clientAuthority });
    const ca = authority.certificate;
    let connection: GitConnection = { ca, clientCertificate: await authority.issue() };
    const target = createGitWriteBack({
      credentials: { forGit: () => Promise.resolve({ ...LOGIN, connection }) },
      random: () => 0,
    });
    const changes = [
      change("app", { repository: front.urlOf(inner) }, [override("one.yaml", "v1")]),
    ];
    expect((await target.write(changes)).map(codeOf)).toEqual(["written"]);
    connection = { ca };
    expect((await target.write(changes)).map(codeOf)).toEqual(["unauthorized"]);
  });

  it("is not a server of plain HTTP", async () => {
    const front = await startFront();
    const url = inner.replace("http://", "https://");
    const { code, message } = await write(front, { ca: authority.certificate }, {}, url);
    expect(code).toBe("invalid-response");
    expect(message).toContain("does not speak TLS");
  });

  it("is reached with the credential's settings alone, even if there is a dispatcher", async () => {
    const front = await startFront();
    let requests = 0;
    const dispatcher = new Agent({ connect: { ca: authority.certificate } }).compose(
      (dispatch) => (options, handler) => {
        requests += 1;
        return dispatch(options, handler);
      },
    );
    expect((await write(front, { ca: authority.certificate }, { dispatcher })).code).toBe(
      "written",
    );
    expect(requests).toBe(0);
    expect((await write(front, { noProxy: "*" }, { dispatcher })).code).toBe("written");
    expect(requests).toBeGreaterThan(0);
    await dispatcher.close();
  });

  it.each([
    ["ca", { ca: `no ${PASSWORD}` }],
    ["ca", { ca: `-----BEGIN CERTIFICATE-----\n${PASSWORD}\n-----END CERTIFICATE-----` }],
    ["clientCertificate", { clientCertificate: { certificate: PASSWORD, key: PASSWORD } }],
    ["proxy", { proxy: `ftp://bot:${PASSWORD}@127.0.0.1` }],
    ["proxy", { proxy: `http://bot:${PASSWORD}@` }],
  ])("is not asked with a useless %s, which no message shows", async (field, connection) => {
    const front = await startFront();
    const { code, message } = await write(front, connection);
    expect(code).toBe("invalid-secret");
    expect(message).toContain(`"${field}"`);
    expect(message).toContain(front.urlOf(inner));
    expect(front.connections).toBe(0);
  });

  it("is not asked with a key that belongs to another certificate", async () => {
    const front = await startFront();
    const [{ certificate }, { key }] = await Promise.all([authority.issue(), authority.issue()]);
    const { code } = await write(front, { clientCertificate: { certificate, key } });
    expect(code).toBe("invalid-secret");
  });
});
