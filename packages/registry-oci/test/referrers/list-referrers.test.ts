import type { IncomingMessage, ServerResponse } from "node:http";
import type { Referrer, ReferrersOptions } from "@image-updater/core";
import type { OciTestOptions, OciTestServer } from "@image-updater/registry-oci/testing";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../src/manifest/digest.js";
import {
  createClient,
  pathsOf,
  registryErrorOf,
  repositoryOf,
  startRegistry,
  startServer,
} from "../support/loopback.js";

const SIGNATURE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const SBOM = "application/spdx+json";
const SUBJECT = `sha256:${"a".repeat(64)}`;
const TAG = `sha256-${"a".repeat(64)}`;
const ONE = `sha256:${"1".repeat(64)}`;
const TWO = `sha256:${"2".repeat(64)}`;

type Found = readonly Referrer[] | "unsupported" | undefined;

interface Attached {
  readonly server: OciTestServer;
  readonly subject: string;
  readonly digests: readonly string[];
}

/** A registry with an image to which three artifacts are attached, and another without. */
async function startAttached(options: OciTestOptions): Promise<Attached> {
  const server = await startRegistry({ fixture: { "team/app": [{ tag: "1" }] }, ...options });
  const subject = server.push("team/app", { tag: "2", content: "attached to" });
  const digests = [
    server.attach("team/app", subject, { artifactType: SIGNATURE, annotations: { by: "ci" } }),
    server.attach("team/app", subject, { artifactType: SBOM }),
    server.attach("team/app", subject, { artifactType: SIGNATURE, annotations: { by: "team" } }),
  ];
  return { server, subject, digests };
}

async function list(
  server: OciTestServer,
  digest: string,
  options?: ReferrersOptions,
): Promise<Found> {
  return createClient().listReferrers?.(repositoryOf(server), digest, options);
}

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** Asks a registry that answers as told, and 404 to everything else. */
async function listOf(
  answers: { readonly api?: Answer; readonly tag?: Answer },
  options?: ReferrersOptions,
  digest: string = SUBJECT,
): Promise<{ readonly found: Found; readonly urls: readonly string[] }> {
  const urls: string[] = [];
  const url = await startServer((request, response) => {
    const path = request.url ?? "";
    urls.push(path);
    const isApi = path.startsWith("/v2/a/referrers/");
    const isTag = path.startsWith("/v2/a/manifests/");
    const answer = (isApi && answers.api) || (isTag && answers.tag) || notFound;
    answer(response, request);
  });
  const repository = { host: "r", path: "a", apiUrl: url };
  return { found: await createClient().listReferrers?.(repository, digest, options), urls };
}

const notFound: Answer = (response) => {
  response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
};

function json(value: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(200, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(value));
  };
}

function status(code: number, headers: Record<string, string> = {}, body = ""): Answer {
  return (response) => {
    response.writeHead(code, headers).end(body);
  };
}

function index(...digests: readonly string[]): object {
  return { schemaVersion: 2, manifests: digests.map((digest) => ({ digest })) };
}

function plain(...digests: readonly string[]): readonly Referrer[] {
  return digests.map((digest) => ({ digest, annotations: {} }));
}

/** What the fallback tag of these tests holds. */
const fromTag = { found: plain(TWO), urls: expect.arrayContaining([`/v2/a/manifests/${TAG}`]) };

describe("listReferrers", () => {
  it.each([
    [{ referrers: "api" }, 1],
    [{ referrers: "api", pageSize: 1 }, 3],
    [{ referrers: "tag" }, 2],
    [{ referrers: "web-page" }, 2],
  ] as const)("lists all of a registry with %j in %i requests", async (options, requests) => {
    const { server, subject, digests } = await startAttached(options);
    const [first, second, third] = digests;
    await expect(list(server, subject)).resolves.toEqual([
      { digest: first, artifactType: SIGNATURE, annotations: { by: "ci" } },
      { digest: second, artifactType: SBOM, annotations: {} },
      { digest: third, artifactType: SIGNATURE, annotations: { by: "team" } },
    ]);
    expect(server.requests).toHaveLength(requests);
  });

  it.each(["api", "tag"] as const)("lists those of one type by %s", async (referrers) => {
    const { server, subject, digests } = await startAttached({ referrers, pageSize: 1 });
    const found = await list(server, subject, { artifactType: SIGNATURE });
    expect(found).toMatchObject([{ digest: digests[0] }, { digest: digests[2] }]);
    await expect(list(server, subject, { artifactType: "x/y" })).resolves.toEqual([]);
    expect(server.requests[0]?.path).toMatch(/\?artifactType=application%2F.*v0\.3%2Bjson$/);
  });

  it.each([
    ["api", []],
    ["tag", "unsupported"],
    ["none", "unsupported"],
    ["web-page", "unsupported"],
  ] as const)("says of an image without any, kept by %s: %j", async (referrers, expected) => {
    const { server } = await startAttached({ referrers });
    const bare = await createClient().resolveDigest(repositoryOf(server), "1");
    await expect(list(server, bare ?? "")).resolves.toEqual(expected);
  });

  it("says unsupported where artifacts are attached and cannot be found", async () => {
    const { server, subject } = await startAttached({ referrers: "none" });
    await expect(list(server, subject)).resolves.toBe("unsupported");
  });

  it("asks with the same token for the API and for the tag", async () => {
    const auth = { username: "u", password: "p", anonymousPull: true };
    const { server, subject } = await startAttached({ referrers: "tag", auth });
    await expect(list(server, subject)).resolves.toHaveLength(3);
    const tag = subject.replace(":", "-");
    expect(pathsOf(server)).toEqual([
      `GET /v2/team/app/referrers/${subject} 401`,
      "GET /token 200",
      `GET /v2/team/app/referrers/${subject} 404`,
      `GET /v2/team/app/manifests/${tag} 200`,
    ]);
  });

  it("shows no fallback tag in the list of tags", async () => {
    const { server } = await startAttached({ referrers: "tag" });
    await expect(createClient().listTags(repositoryOf(server))).resolves.toEqual(["1", "2"]);
  });

  it("cuts the fallback tag of a sha512", async () => {
    const digest = `sha512:${"0123456789abcdef".repeat(8)}`;
    const { found, urls } = await listOf({ tag: json(index(ONE)) }, {}, digest);
    expect(found).toEqual(plain(ONE));
    expect(urls.at(-1)).toBe(`/v2/a/manifests/sha512-${"0123456789abcdef".repeat(4)}`);
  });

  it.each(["", "latest", "sha256:abc", `sha256:${"A".repeat(64)}`, "sha256:../../x"])(
    "refuses %j, which is not a digest",
    async (digest) => {
      const server = await startRegistry();
      const error = await registryErrorOf(list(server, digest));
      expect(error.code).toBe("refused-address");
      expect(server.requests).toEqual([]);
    },
  );
});

describe("a registry without the referrers API", () => {
  const away = { location: "http://localhost:1/web" };
  const html = { "content-type": "text/html; charset=utf-8" };

  it.each([
    ["400", status(400)],
    ["404", status(404)],
    ["404 with a web page", status(404, html, "<html>")],
    ["405", status(405)],
    ["406", status(406)],
    ["501", status(501)],
    ["301 to another host", status(301, away)],
    ["302 to another host", status(302, away)],
    ["307 to another host", status(307, away)],
    ["303 to another host", status(303, away)],
    ["303 to itself", status(303, { location: "/web" })],
    ["303 to nowhere", status(303)],
    ["302 to what is not a URL", status(302, { location: "http://[" })],
    ["a web page", status(200, html, "<!doctype html>")],
    ["a web page that says it is none", status(200, {}, "\n <html>")],
  ])("that says %s has the tag's referrers, or none that are known", async (_, api) => {
    const { found, urls } = await listOf({ api, tag: json(index(TWO)) });
    expect({ found, urls }).toEqual(fromTag);
    expect(urls).not.toContain("/web");
    expect((await listOf({ api })).found).toBe("unsupported");
  });

  it.each([
    ["an image", { config: { mediaType: "x/y", digest: ONE, size: 1 }, layers: [] }],
    ["an empty object", {}],
    ["a list", []],
  ])("takes a tag with %s for no answer", async (_, manifest) => {
    expect((await listOf({ tag: json(manifest) })).found).toBe("unsupported");
  });

  it("takes a tag with an empty index for an answer", async () => {
    expect((await listOf({ tag: json(index()) })).found).toEqual([]);
  });

  it.each([
    ["a refusal", status(403), "forbidden"],
    ["a failure", status(500), "unavailable"],
    ["a limit", status(429), "rate-limited"],
    ["a web page's 404", status(404, html, "<html>"), "not-found"],
    ["a web page", status(200, html, "<html>"), "invalid-response"],
    ["other bytes", json(index(ONE), { "docker-content-digest": TWO }), "digest-mismatch"],
  ])("fails where the tag is %s", async (_, tag, code) => {
    expect(await registryErrorOf(listOf({ tag }))).toMatchObject({
      code,
      context: { host: "r", repository: "a", reference: TAG },
    });
  });

  it("verifies the index at the tag", async () => {
    const bytes = JSON.stringify(index(ONE));
    const headers = { "docker-content-digest": digestOf(Buffer.from(bytes)) };
    expect((await listOf({ tag: json(index(ONE), headers) })).found).toEqual(plain(ONE));
  });
});

describe("a registry with the referrers API", () => {
  it.each([
    [401, "unauthorized"],
    [403, "forbidden"],
    [429, "rate-limited"],
    [500, "unavailable"],
    [503, "unavailable"],
  ])("that says %i is an error, whatever the tag holds", async (code, expected) => {
    const html = { "content-type": "text/html" };
    const answers = { api: status(code, html, "<html>"), tag: json(index(TWO)) };
    const error = await registryErrorOf(listOf(answers));
    expect(error).toMatchObject({ code: expected, context: { reference: SUBJECT } });
  });

  it.each([
    ["no index", {}],
    ["a list", []],
    ["an error with status 200", { errors: [{ code: "DENIED" }] }],
    ["what is not a descriptor", { manifests: ["x"] }],
    ["no digest", { manifests: [{ artifactType: SBOM }] }],
    ["a digest that is none", index("sha256:../../x")],
  ])("is refused when it answers with %s", async (_, value) => {
    const answers = { api: json(value), tag: json(index(TWO)) };
    expect((await registryErrorOf(listOf(answers))).code).toBe("invalid-response");
  });

  it("is refused when it answers with what is not JSON", async () => {
    const answers = { api: status(200, {}, "oops"), tag: json(index(TWO)) };
    expect((await registryErrorOf(listOf(answers))).code).toBe("invalid-response");
  });

  it("may write null for what is empty", async () => {
    expect((await listOf({ api: json({ manifests: null }) })).found).toEqual([]);
    const entry = { digest: ONE, artifactType: "", annotations: null };
    expect((await listOf({ api: json({ manifests: [entry] }) })).found).toEqual(plain(ONE));
  });

  it("keeps the annotations that are texts", async () => {
    const annotations = { good: "yes", number: 1, nothing: null, list: [] };
    const { found } = await listOf({ api: json({ manifests: [{ digest: ONE, annotations }] }) });
    expect(found).toEqual([{ digest: ONE, annotations: { good: "yes" } }]);
  });

  it("need not filter", async () => {
    const manifests = [
      { digest: ONE, artifactType: SBOM },
      { digest: TWO, artifactType: SIGNATURE },
      { digest: SUBJECT },
    ];
    const { found, urls } = await listOf({ api: json({ manifests }) }, { artifactType: SBOM });
    expect(found).toEqual([{ digest: ONE, artifactType: SBOM, annotations: {} }]);
    expect(urls).toHaveLength(1);
  });

  it("may send to another of its own paths", async () => {
    const api: Answer = (response, request) => {
      if (request.url?.endsWith("/") === true) json(index(ONE))(response, request);
      else status(307, { location: `${request.url}/` })(response, request);
    };
    const { found, urls } = await listOf({ api, tag: json(index(TWO)) });
    expect(found).toEqual(plain(ONE));
    expect(urls).toHaveLength(2);
  });
});

describe("the pages of the referrers API", () => {
  const PATH = `/v2/a/referrers/${SUBJECT}`;

  /** One answer for each request in turn. */
  function pages(...steps: readonly Answer[]): Answer {
    const left = [...steps];
    return (response, request) => (left.shift() ?? notFound)(response, request);
  }

  const linked = (link: string): Answer => json(index(ONE), { link: `<${link}>; rel="next"` });

  it("are read to the last, each referrer once", async () => {
    const api = pages(linked(`${PATH}?p=2`), linked(`${PATH}?p=3`), json(index(ONE, TWO)));
    expect((await listOf({ api })).found).toEqual(plain(ONE, TWO));
  });

  it.each([
    ["is refused", status(403), "forbidden"],
    ["fails", status(503), "unavailable"],
    ["is not there", status(404), "not-found"],
    ["leads to another host", status(303, { location: "http://localhost:1/" }), "invalid-response"],
    ["is a web page", status(200, { "content-type": "text/html" }, "<p>"), "invalid-response"],
  ])("fail as a whole when the second %s", async (_, second, code) => {
    const answers = { api: pages(linked(`${PATH}?p=2`), second), tag: json(index(TWO)) };
    expect((await registryErrorOf(listOf(answers))).code).toBe(code);
  });

  it.each([
    ["another host", "http://127.0.0.2:80/v2/a/referrers/x", "refused-address"],
    ["the first", PATH, "invalid-response"],
    ["what is not a URL", "http://[", "invalid-response"],
  ])("may not lead to %s", async (_, link, code) => {
    expect((await registryErrorOf(listOf({ api: linked(link) }))).code).toBe(code);
  });

  it("have an end", async () => {
    let count = 0;
    const url = await startServer((request, response) => {
      count += 1;
      linked(`${PATH}?p=${count}`)(response, request);
    });
    const client = createClient({ registriesConf: [{ apiUrl: url }] });
    const listed = client.listReferrers?.({ host: "r", path: "a", apiUrl: url }, SUBJECT);
    const error = await registryErrorOf(Promise.resolve(listed));
    expect(error).toMatchObject({
      code: "invalid-response",
      message: expect.stringContaining("200 pages"),
    });
    expect(count).toBe(200);
  });

  it("hold so many referrers and no more", async () => {
    const digests = (count: number): readonly string[] =>
      Array.from({ length: count }, (_, at) => digestOf(Buffer.from(String(at))));
    expect((await listOf({ api: json(index(...digests(10_000))) })).found).toHaveLength(10_000);
    const error = await registryErrorOf(listOf({ api: json(index(...digests(10_001))) }));
    expect(error.code).toBe("too-large");
  });
});
