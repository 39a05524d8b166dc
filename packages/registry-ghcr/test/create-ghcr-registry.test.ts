import { describe, expect, it } from "vitest";
import { githubToken } from "@image-updater/registry-ghcr";
import {
  always,
  createClient,
  registryErrorOf,
  repositoryAt,
  startRegistry,
  startServer,
} from "./support/loopback.js";

const AMD64 = { platforms: ["linux/amd64"] };
const fixture = { "acme/app": [{ tag: "1.0" }] };
const auth = { username: "x-access-token", password: "ghp_valid" };

describe("the repositories a client serves", () => {
  it.each([
    ["ghcr.io", undefined, true],
    ["GHCR.io", undefined, true],
    ["docker.io", undefined, false],
    ["ghcr.io.example", undefined, false],
    ["containers.github.example", undefined, false],
    ["containers.github.example", ["containers.github.example"], true],
    ["ghcr.io", ["containers.github.example"], false],
  ])("%s with hosts %s: %s", (host, hosts, expected) => {
    const repository = { host, path: "acme/app", apiUrl: `https://${host}` };
    expect(createClient({ hosts }).serves(repository)).toBe(expected);
  });
});

describe("names with capitals", () => {
  it("are asked for in lower case, tags as they are", async () => {
    const server = await startRegistry({
      fixture: { "acme/my-app/web": [{ tag: "V1" }, { tag: "v1" }] },
      auth: { ...auth, anonymousPull: true },
    });
    const client = createClient();
    const repository = repositoryAt(server.url, "ACME/My-App/Web");
    await expect(client.listTags(repository)).resolves.toEqual(["V1", "v1"]);
    expect((await client.describeTag(repository, "V1", AMD64)).kind).toBe("image");
    await expect(client.resolveDigest(repository, "V1")).resolves.toMatch(/^sha256:/);
    expect(server.requests.map(({ path }) => path).filter((path) => /ACME|My/.test(path))).toEqual(
      [],
    );
  });

  it("leave the caller's repository alone", async () => {
    const server = await startRegistry({ fixture });
    const repository = Object.freeze(repositoryAt(server.url, "Acme/App"));
    await createClient().listTags(repository);
    expect(repository.path).toBe("Acme/App");
  });
});

describe("referrers", () => {
  const artifactType = "application/vnd.dev.sigstore.bundle.v0.3+json";

  it("are those of the fallback tag, and the web page is not followed", async () => {
    const server = await startRegistry({ fixture, referrers: "web-page" });
    const subject = server.push("acme/app", { tag: "2.0", content: "signed" });
    const digest = server.attach("acme/app", subject, { artifactType, annotations: { by: "ci" } });
    const found = createClient().listReferrers?.(repositoryAt(server.url, "Acme/App"), subject);
    await expect(found).resolves.toEqual([{ digest, artifactType, annotations: { by: "ci" } }]);
    expect(server.requests).toEqual([
      { method: "GET", path: `/v2/acme/app/referrers/${subject}`, status: 303 },
      { method: "GET", path: `/v2/acme/app/manifests/${subject.replace(":", "-")}`, status: 200 },
    ]);
  });

  it.each(["web-page", "tag"] as const)(
    "are not known where there is no such tag, by %s",
    async (referrers) => {
      const server = await startRegistry({ fixture, referrers });
      const subject = server.push("acme/app", { tag: "1.0" });
      const found = createClient().listReferrers?.(repositoryAt(server.url), subject);
      await expect(found).resolves.toBe("unsupported");
    },
  );

  it("of a package that may not be read are an explained refusal", async () => {
    const server = await startRegistry({ fixture, auth, referrers: "web-page" });
    const subject = server.push("acme/app", { tag: "1.0" });
    const client = createClient({ credentials: githubToken(() => "ghp_expired") });
    const found = client.listReferrers?.(repositoryAt(server.url), subject);
    const error = await registryErrorOf(Promise.resolve(found));
    expect(error.code).toBe("unauthorized");
    expect(error.message).toContain("the credentials are stale");
  });
});

describe("what GitHub refuses", () => {
  const REFUSALS = [
    ["the token server says 401", { on: "token", behave: "unauthorized" }, "unauthorized"],
    ["the token server says 403", { on: "token", behave: "forbidden" }, "forbidden"],
    ["the registry says 403", { on: "any", behave: "forbidden" }, "forbidden"],
  ] as const;

  it.each(REFUSALS)("is explained by the credentials where %s", async (_, fault, code) => {
    const server = await startRegistry({ fixture, auth, faults: [fault] });
    const client = createClient({ credentials: githubToken(() => auth.password) });
    const repository = repositoryAt(server.url);
    for (const call of [
      client.listTags(repository),
      client.describeTag(repository, "1.0", AMD64),
      client.resolveDigest(repository, "1.0"),
    ]) {
      const error = await registryErrorOf(call);
      expect(error).toMatchObject({ code, context: { host: "ghcr.io", repository: "acme/app" } });
      expect(error.message).toContain("the credentials are stale (expired or revoked), or lack");
      expect(error.message).toContain("read:packages");
      expect(error.message).not.toContain("ghp_");
    }
  });

  it("is a stale token also for a public package, and not read anonymously instead", async () => {
    const server = await startRegistry({ fixture, auth: { ...auth, anonymousPull: true } });
    const repository = repositoryAt(server.url);
    await expect(createClient().listTags(repository)).resolves.toEqual(["1.0"]);
    const client = createClient({ credentials: githubToken(() => "ghp_expired") });
    const error = await registryErrorOf(client.listTags(repository));
    expect(error).toMatchObject({ code: "unauthorized", retryable: false });
    expect(error.message).toMatch(/refused the credentials \(.+\); the credentials are stale/);
    expect(server.requests.map(({ status }) => status)).toEqual([401, 200, 200, 401, 401]);
  });

  it("is a package that is private or missing where nobody logged in", async () => {
    const server = await startRegistry({ fixture, auth });
    const error = await registryErrorOf(createClient().listTags(repositoryAt(server.url)));
    expect(error.code).toBe("unauthorized");
    expect(error.message).toContain("without credentials only public packages can be read");
    expect(error.message).not.toContain("stale");
  });

  it("is told apart for calls at the same time", async () => {
    const server = await startRegistry({ fixture, auth });
    const repository = repositoryAt(server.url);
    const credentials = {
      forRepository: async ({ reference }: { reference?: unknown }) =>
        reference === undefined
          ? ({ kind: "anonymous" } as const)
          : ({ kind: "basic", username: "u", password: "p" } as const),
    };
    const client = createClient({ credentials });
    const credential = { kind: "env", variable: "TOKEN" } as const;
    const [anonymous, stale] = await Promise.all([
      registryErrorOf(client.listTags(repository)),
      registryErrorOf(client.listTags(repository, { credential })),
    ]);
    expect(anonymous.message).toContain("without credentials");
    expect(stale.message).toContain("stale");
  });

  it("is not explained by credentials that could not be had", async () => {
    const server = await startRegistry({ fixture, auth });
    const client = createClient({ credentials: githubToken(() => "") });
    const error = await registryErrorOf(client.listTags(repositoryAt(server.url)));
    expect(error).toMatchObject({ code: "unauthorized" });
    expect(error.message).toMatch(/githubToken: there is no token; leave the credentials out/);
    expect(error.message).not.toContain("stale");
  });

  it("leaves other errors as they are", async () => {
    const faults = [{ on: "tags", behave: "server-error" }] as const;
    const server = await startRegistry({ fixture, auth, faults });
    const client = createClient({ credentials: githubToken(() => auth.password) });
    const error = await registryErrorOf(client.listTags(repositoryAt(server.url)));
    expect(error.code).toBe("unavailable");
    expect(error.message).not.toContain("stale");
  });

  it("is a limit where it says so, also as 403", async () => {
    const message = "You have exceeded a secondary rate limit. Please wait a few minutes.";
    const url = await startServer((_request, response) => {
      const body = JSON.stringify({ errors: [{ code: "DENIED", message }] });
      response.writeHead(403, { "content-type": "application/json" }).end(body);
    });
    const credentials = always({ kind: "basic", username: "u", password: "p" });
    const error = await registryErrorOf(createClient({ credentials }).listTags(repositoryAt(url)));
    expect(error).toMatchObject({
      code: "rate-limited",
      retryable: true,
      context: { status: 403 },
    });
    expect(error.message).not.toContain("stale");
  });

  it("for so many microseconds is a rate limit that is tried again", async () => {
    let asked = 0;
    const message = "retry-after: 880.092us, allowed: 44000/minute";
    const url = await startServer((_request, response) => {
      asked += 1;
      const body =
        asked < 3
          ? { errors: [{ code: "toomanyrequests", message }] }
          : { name: "acme/app", tags: ["1.0"] };
      response.writeHead(asked < 3 ? 429 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
    const delays: number[] = [];
    const clock = {
      now: () => new Date(1_700_000_000_000 + delays.reduce((sum, ms) => sum + ms, 0)),
      delay: async (ms: number) => {
        delays.push(ms);
      },
    };
    const client = createClient({ retries: 3, clock, random: () => 0 });
    await expect(client.listTags(repositoryAt(url))).resolves.toEqual(["1.0"]);
    expect(asked).toBe(3);
    // Less than a millisecond would be no pause.
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(500);
    const impatient = createClient({ retries: 0 });
    asked = 0;
    const error = await registryErrorOf(impatient.listTags(repositoryAt(url)));
    expect(error).toMatchObject({ code: "rate-limited", context: { retryAfterSeconds: 1 } });
    expect(error.message).toContain(message);
  });
});
