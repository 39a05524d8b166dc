import type { RequestListener } from "node:http";
import {
  createDockerHubRegistry,
  type DockerHubRegistrySettings,
} from "@image-updater/registry-oci";
import type { Credential, TagSummary } from "@image-updater/core";
import { describe, expect, it } from "vitest";
import { createJumpingClock } from "../support/jumping-clock.js";
import { registryErrorOf, startServer } from "../support/loopback.js";

const hub = { host: "docker.io", path: "nginx", apiUrl: "https://index.docker.io" };
const TAGS = "/v2/namespaces/library/repositories/nginx/tags?page_size=100";
const digest = `sha256:${"a".repeat(64)}`;

interface Seen {
  readonly requests: string[];
  describe(settings?: DockerHubRegistrySettings): Promise<readonly TagSummary[]>;
}

/** Docker Hub's API, by a listener of the test. */
async function startHub(listener: RequestListener): Promise<Seen> {
  const requests: string[] = [];
  const hubApiUrl = await startServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    listener(request, response);
  });
  return {
    requests,
    async describe(settings = {}): Promise<readonly TagSummary[]> {
      const more = { tagTimes: "hub-api", hubApiUrl, retries: 0, ...settings } as const;
      return (await createDockerHubRegistry(more).describeTags?.(hub)) ?? [];
    },
  };
}

function page(results: readonly object[], next: string | null = null): string {
  return JSON.stringify({ count: 1, next, previous: null, results });
}

function always(credential: Credential) {
  return { forRepository: async (): Promise<Credential> => credential };
}

describe("describeTags", () => {
  it("waits no longer for credentials than it is told", async () => {
    const server = await startHub((_request, response) => response.end(page([])));
    const credentials = { forRepository: () => new Promise<never>(() => undefined) };
    const waiting = server.describe({ credentials, credentialTimeoutMs: 20 });
    const error = await registryErrorOf(waiting);
    expect([error.code, error.message]).toEqual([
      "unavailable",
      expect.stringContaining("could not be had within 0.02 s"),
    ]);
    expect(server.requests).toEqual([]);
  });

  it("is there only for those who asked for it", () => {
    expect(createDockerHubRegistry().describeTags).toBeUndefined();
  });

  it("reads digests and push times of all pages", async () => {
    const server = await startHub(({ url, headers }, response) => {
      const next = `http://${headers.host}${TAGS}&page=2`;
      const pushed = { tag_last_pushed: "2026-01-02T03:04:05.678901Z", digest };
      const updated = { last_updated: "2025-01-02T03:04:05Z", digest: null };
      if (url === TAGS) response.end(page([{ name: "1.0", ...pushed }], next));
      else {
        response.end(
          page([
            { name: "1.1", tag_last_pushed: null, ...updated },
            { name: "1.0", ...updated },
            { name: "2.0", digest: "md5:1", tag_last_pushed: "yesterday" },
            { name: `sha256-${"a".repeat(64)}.sig`, ...pushed },
          ]),
        );
      }
    });
    expect(await server.describe()).toEqual([
      {
        name: "1.0",
        digest,
        created: { at: "2026-01-02T03:04:05.678901Z", source: "docker-hub-push" },
      },
      { name: "1.1", created: { at: "2025-01-02T03:04:05Z", source: "docker-hub-push" } },
      { name: "2.0" },
    ]);
    expect(server.requests).toEqual([`GET ${TAGS}`, `GET ${TAGS}&page=2`]);
  });

  const many = Array.from({ length: 250 }, (_, index) => ({ name: `1.0.${index}` }));
  it.each([
    ["a count", 100, { count: 250 }, 3],
    ["a count and shorter pages than asked for", 50, { count: 250 }, 5],
    ["no count", 100, {}, 3],
  ])("asks on where no page names the next, with %s", async (_, size, more, requests) => {
    const server = await startHub(({ url = "" }, response) => {
      const number = Number(new URL(url, "http://r").searchParams.get("page") ?? 1);
      const results = many.slice((number - 1) * size, number * size);
      response.end(JSON.stringify({ results, next: null, ...more }));
    });
    await expect(server.describe()).resolves.toHaveLength(250);
    expect(server.requests).toHaveLength(requests);
  });

  it("ends where the API knows no page after a full one, and not where that is the same again", async () => {
    const hundred = many.slice(0, 100);
    const ending = await startHub(({ url }, response) => {
      if (url !== TAGS) response.writeHead(404).end('{"message":"page not found"}');
      else response.end(JSON.stringify({ results: hundred, next: null }));
    });
    await expect(ending.describe()).resolves.toHaveLength(100);
    const same = await startHub((_, response) => {
      response.end(JSON.stringify({ results: hundred, next: null, count: 250 }));
    });
    expect((await registryErrorOf(same.describe())).code).toBe("invalid-response");
    expect(same.requests).toHaveLength(2);
  });

  it("waits until the time that X-Retry-After names", async () => {
    const clock = createJumpingClock(Date.parse("2026-01-01T00:00:00Z"));
    let count = 0;
    const server = await startHub((_, response) => {
      count += 1;
      if (count > 1) response.end(page([{ name: "1.0" }]));
      else
        response
          .writeHead(429, { "x-retry-after": String(Date.parse("2026-01-01T00:00:20Z") / 1000) })
          .end();
    });
    const tags = await server.describe({ clock, retries: 1, random: () => 0 });
    expect([tags, clock.delays]).toEqual([[{ name: "1.0" }], [20_000]]);
  });

  it.each([
    [404, "not-found"],
    [401, "unauthorized"],
    [403, "forbidden"],
    [429, "rate-limited"],
    [500, "unavailable"],
  ])("throws for %i", async (status, code) => {
    const server = await startHub((_, response) => {
      response.writeHead(status).end();
    });
    const error = await registryErrorOf(server.describe());
    expect(error).toMatchObject({
      code,
      context: { host: "docker.io", repository: "library/nginx", status },
    });
  });

  it.each([
    ["another origin", "https://evil.example.com/tags", "refused-address"],
    ["itself", TAGS, "invalid-response"],
    ["no URL", "http://[", "invalid-response"],
  ])("refuses a next page that is %s", async (_, next, code) => {
    const server = await startHub((__, response) => {
      response.end(page([{ name: "1.0" }], next));
    });
    expect((await registryErrorOf(server.describe())).code).toBe(code);
  });

  it("refuses what is not a page, and a base that is not a URL", async () => {
    const server = await startHub((_, response) => response.end('{"message":"hello"}'));
    expect((await registryErrorOf(server.describe())).code).toBe("invalid-response");
    const error = await registryErrorOf(server.describe({ hubApiUrl: "hub" }));
    expect(error.code).toBe("refused-address");
  });
});

describe("credentials", () => {
  const user = { kind: "basic", username: "robot", password: "s3cret" } as const;

  /** Takes the tokens that the token resource gave, each for as long as `accepts` says. */
  async function startPrivateHub(
    accepts: (token: string) => boolean,
  ): Promise<Seen & { readonly bodies: string[] }> {
    const bodies: string[] = [];
    let count = 0;
    const server = await startHub((request, response) => {
      if (request.url === TAGS) {
        const token = request.headers.authorization?.replace("Bearer ", "") ?? "";
        if (accepts(token)) response.end(page([{ name: "1.0" }]));
        else response.writeHead(401).end();
        return;
      }
      request.on("data", (chunk) => bodies.push(String(chunk)));
      request.on("end", () => {
        count += 1;
        const isUser = bodies.at(-1) === '{"identifier":"robot","secret":"s3cret"}';
        response.writeHead(isUser ? 200 : 401).end(`{"access_token":"token-${count}"}`);
      });
    });
    return { ...server, bodies };
  }

  it("are exchanged for a token", async () => {
    const server = await startPrivateHub((token) => token === "token-1");
    await expect(server.describe({ credentials: always(user) })).resolves.toHaveLength(1);
    expect(server.requests).toEqual(["POST /v2/auth/token", `GET ${TAGS}`]);
  });

  it("are exchanged once more when the token is refused", async () => {
    const server = await startPrivateHub((token) => token === "token-2");
    await expect(server.describe({ credentials: always(user) })).resolves.toHaveLength(1);
    expect(server.bodies).toHaveLength(2);
  });

  it("that are wrong are an error without them", async () => {
    const server = await startPrivateHub(() => true);
    const credentials = always({ ...user, password: "wrong-s3cret" });
    const error = await registryErrorOf(server.describe({ credentials }));
    expect(error.code).toBe("unauthorized");
    expect(error.message).not.toContain("s3cret");
    expect(server.requests).toEqual(["POST /v2/auth/token"]);
  });

  it("of another kind are not sent", async () => {
    const server = await startPrivateHub((token) => token === "");
    const credentials = always({ kind: "bearer", token: "t" });
    await expect(server.describe({ credentials })).resolves.toHaveLength(1);
  });
});
