import { describe, expect, it } from "vitest";
import {
  createClient,
  pathsOf,
  registryErrorOf,
  repositoryOf,
  startRegistry,
  startServer,
} from "../support/loopback.js";

const tags = Array.from({ length: 25 }, (_, index) => `1.${index}`);
const fixture = { "team/app": tags.map((tag) => ({ tag })), "team/empty": [] };

/** A registry that answers the pages as they are written. */
async function listOf(
  ...pages: readonly (readonly [body: string, link?: string])[]
): Promise<readonly string[]> {
  const steps = [...pages];
  const url = await startServer((_, response) => {
    const [body = "", link] = steps.shift() ?? [];
    if (link !== undefined) response.setHeader("link", link);
    response.end(body);
  });
  return createClient().listTags({ host: "r", path: "a", apiUrl: url });
}

interface PagerOptions {
  /** Goes on after `last`. */
  readonly last?: boolean;
  /** Sends the last tag of the page before once more. */
  readonly inclusive?: boolean;
  /** Most tags of a page. */
  readonly most?: number;
  readonly ignoresSize?: boolean;
  /** The status for a size that is too large; else the page is made smaller. */
  readonly refusal?: number;
  readonly refusesAll?: boolean;
  readonly refusesLast?: number;
  /** From this tag on it goes on no further. */
  readonly stopsAt?: number;
}

interface Pager {
  list(path?: string): Promise<readonly string[]>;
  readonly queries: readonly string[];
}

function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `1.0.${index}`);
}

/** A registry with so many tags that never sends a link. */
async function startPager(count: number, options: PagerOptions): Promise<Pager> {
  const { most = 1000, refusesAll = false, refusesLast, stopsAt = count } = options;
  const queries: string[] = [];
  const all = numbered(count);
  const apiUrl = await startServer((request, response) => {
    const { searchParams: query } = new URL(request.url ?? "/", "http://r");
    queries.push(query.toString());
    const size = Number(query.get("n") ?? most);
    const last = query.get("last");
    const isRefused = query.has("n") && (size > most || refusesAll);
    const status = last !== null && refusesLast !== undefined ? refusesLast : options.refusal;
    if (status !== undefined && (isRefused || status === refusesLast)) {
      response.writeHead(status).end("[]");
      return;
    }
    const after = last === null || options.last !== true ? -1 : all.indexOf(last);
    const start = Math.min(after, stopsAt - 1) + (options.inclusive === true && after >= 0 ? 0 : 1);
    const end = options.ignoresSize === true ? count : start + Math.min(size, most);
    response.end(JSON.stringify({ tags: all.slice(start, end) }));
  });
  const client = createClient();
  return { queries, list: (path = "a") => client.listTags({ host: "r", path, apiUrl }) };
}

describe("listTags", () => {
  it.each([
    [{}, 1],
    [{ pageSize: 10 }, 3],
    [{ pageSize: 10, links: "absolute" }, 3],
    [{ pageSize: 25 }, 1],
    [{ pageSize: 1 }, 25],
  ] as const)("lists all tags of a registry with %j in %i requests", async (options, requests) => {
    const server = await startRegistry({ fixture, ...options });
    const found = await createClient().listTags(repositoryOf(server));
    expect(found).toEqual(tags.toSorted());
    expect(server.requests).toHaveLength(requests);
    expect(server.requests[0]?.path).toBe("/v2/team/app/tags/list?n=1000");
  });

  it("keeps the registry's order", async () => {
    const server = await startRegistry({ fixture, pageSize: 7, order: "pushed" });
    await expect(createClient().listTags(repositoryOf(server))).resolves.toEqual(tags);
  });

  it("lists nothing of an empty repository", async () => {
    const server = await startRegistry({ fixture });
    await expect(createClient().listTags(repositoryOf(server, "team/empty"))).resolves.toEqual([]);
  });

  it("says not-found for a repository that is not there", async () => {
    const server = await startRegistry({ fixture });
    const error = await registryErrorOf(createClient().listTags(repositoryOf(server, "x/y")));
    expect(error).toMatchObject({
      code: "not-found",
      context: { host: server.host, repository: "x/y", status: 404 },
    });
  });

  it("fails as a whole when one page fails", async () => {
    const faults = [{ on: "tags-page", behave: "server-error" }] as const;
    const server = await startRegistry({ fixture, pageSize: 10, faults });
    const error = await registryErrorOf(createClient().listTags(repositoryOf(server)));
    expect(error.code).toBe("unavailable");
    expect(pathsOf(server)).toHaveLength(2);
  });

  it("tries a page again", async () => {
    const faults = [{ on: "tags-page", behave: "disconnect", times: 1 }] as const;
    const server = await startRegistry({ fixture, pageSize: 10, faults });
    const client = createClient({ retries: 1, random: () => 0 });
    await expect(client.listTags(repositoryOf(server))).resolves.toHaveLength(25);
  });

  it.each([
    ["no list", '{"name":"a","tags":null}', []],
    ["holes", '{"tags":["1",null,"2"]}', ["1", "2"]],
    ["a tag twice", '{"tags":["1","2","1"]}', ["1", "2"]],
    ["digests", `{"tags":["1","sha256:${"a".repeat(64)}"]}`, ["1"]],
    ["signatures", `{"tags":["sha256-${"a".repeat(64)}.sig","1"]}`, ["1"]],
    [
      "more than was asked for",
      '{"child":["x"],"manifest":{"sha256:1":{"tag":["1"]}},"tags":["1"]}',
      ["1"],
    ],
    ["what is not a tag", '{"tags":["../../x","","1"]}', ["1"]],
  ])("reads a list with %s", async (_, body, expected) => {
    await expect(listOf([body])).resolves.toEqual(expected);
  });

  it("drops a tag that two pages have", async () => {
    const list = listOf(
      ['{"tags":["1","2"]}', '</v2/a/tags/list?last=2>; rel="next"'],
      ['{"tags":["2","3"]}'],
    );
    await expect(list).resolves.toEqual(["1", "2", "3"]);
  });

  it.each([
    ["HTML", "<html>"],
    ["nothing", ""],
    ["an array", "[]"],
    ["no tags", '{"name":"a"}'],
    ["an error with status 200", '{"errors":[{"code":"DENIED"}]}'],
    ["numbers", '{"tags":[1]}'],
  ])("refuses %s", async (_, body) => {
    expect(await registryErrorOf(listOf([body]))).toMatchObject({ code: "invalid-response" });
  });

  it.each([
    ["another host", "<http://127.0.0.2:80/v2/a/tags/list?last=1>; rel=next", "refused-address"],
    ["another scheme", "<https://127.0.0.1/v2/a/tags/list?last=1>; rel=next", "refused-address"],
    ["itself", "</v2/a/tags/list?n=1000>; rel=next", "invalid-response"],
    ["what is not a URL", "<http://[>; rel=next", "invalid-response"],
  ])("refuses a next page that is %s", async (_, link, code) => {
    const error = await registryErrorOf(listOf(['{"tags":["1"]}', link]));
    expect(error.code).toBe(code);
  });

  it("gives up on pages without end", async () => {
    let count = 0;
    const url = await startServer((_, response) => {
      count += 1;
      response.setHeader("link", `</v2/a/tags/list?last=${count}>; rel="next"`);
      response.end(`{"tags":["${count}"]}`);
    });
    const registries = [{ apiUrl: url }];
    const client = createClient({ registriesConf: registries });
    const error = await registryErrorOf(client.listTags({ host: "r", path: "a", apiUrl: url }));
    expect(error).toMatchObject({
      code: "invalid-response",
      message: expect.stringContaining("1000 pages"),
    });
    expect(count).toBe(1000);
  });

  it("gives up on pages that repeat themselves under other names", async () => {
    let count = 0;
    const url = await startServer((_, response) => {
      count += 1;
      response.setHeader("link", `</v2/a/tags/list?last=${count}>; rel="next"`);
      response.end('{"tags":["1","2"]}');
    });
    const error = await registryErrorOf(
      createClient().listTags({ host: "r", path: "a", apiUrl: url }),
    );
    expect(error).toMatchObject({
      code: "invalid-response",
      message: expect.stringContaining("repeat themselves"),
    });
    expect(count).toBe(4);
  });

  it("goes on after pages without tags", async () => {
    const pages = Array.from({ length: 5 }, (_, index) => {
      return ['{"tags":[]}', `</v2/a/tags/list?last=${index}>; rel="next"`] as const;
    });
    await expect(listOf(...pages, ['{"tags":["1"]}'])).resolves.toEqual(["1"]);
  });

  it("follows a redirect to another place, without credentials when it is another origin", async () => {
    const seen: (string | undefined)[] = [];
    const away = await startServer((request, response) => {
      seen.push(request.url, request.headers.authorization);
      response.end('{"tags":["1"]}');
    });
    const url = await startServer((request, response) => {
      if (request.headers.authorization === undefined) {
        response.writeHead(401, { "www-authenticate": "Basic" }).end();
      } else response.writeHead(307, { location: `${away}${request.url}` }).end();
    });
    const user = { kind: "basic", username: "u", password: "p" } as const;
    const client = createClient({ credentials: { forRepository: async () => user } });
    await expect(client.listTags({ host: "r", path: "a", apiUrl: url })).resolves.toEqual(["1"]);
    expect(seen).toEqual(["/v2/a/tags/list?n=1000", undefined]);
  });

  it.each([
    [1500, { last: true }, 2],
    [1000, { last: true }, 2],
    [100, { last: true, most: 100 }, 2],
    [250, { last: true, most: 100 }, 3],
    [150, { last: true, most: 50 }, 4],
    [250, { last: true, most: 100, inclusive: true }, 3],
    [99, { last: true, most: 100 }, 1],
    [2500, { ignoresSize: true }, 1],
    // As Distribution 2, which does not page; what a page size would do tells it from who cuts.
    [1000, { ignoresSize: true }, 3],
    [100, { ignoresSize: true }, 3],
    [100, { ignoresSize: true, refusesLast: 400 }, 3],
  ])(
    "lists %i tags of a server with %j that sends no link, in %i requests",
    async (count, how, requests) => {
      const server = await startPager(count, how);
      await expect(server.list()).resolves.toEqual(numbered(count));
      expect(server.queries).toHaveLength(requests);
    },
  );

  it.each([
    ["does not go on after a tag", 1500, {}],
    ["does not go on after a tag, and sends 100 at most", 150, { most: 100 }],
    ["refuses to go on after a tag", 1500, { refusesLast: 422 }],
    ["goes on once and then not", 2500, { last: true, stopsAt: 1000 }],
  ])("is an error where a server that sends no link %s", async (_, count, how) => {
    const error = await registryErrorOf((await startPager(count, how)).list());
    expect(error).toMatchObject({
      code: "invalid-response",
      message: expect.stringContaining("may be longer than"),
    });
  });

  it.each([400, 405, 422])(
    "asks for smaller pages where a size is refused with %i, and for such at once from then on",
    async (refusal) => {
      const server = await startPager(150, { last: true, most: 100, refusal });
      await expect(server.list()).resolves.toEqual(numbered(150));
      await expect(server.list("other")).resolves.toEqual(numbered(150));
      expect(server.queries).toEqual([
        "n=1000",
        "n=100",
        "n=100&last=1.0.99",
        "n=100",
        "n=100&last=1.0.99",
      ]);
    },
  );

  it("asks without a page size where all are refused, and says what then is the answer", async () => {
    const taken = await startPager(120, { last: true, most: 100, refusal: 400, refusesAll: true });
    await expect(taken.list()).resolves.toEqual(numbered(120));
    await expect(taken.list()).resolves.toEqual(numbered(120));
    expect(taken.queries).toEqual(["n=1000", "n=100", "", "last=1.0.99", "", "last=1.0.99"]);
    const url = await startServer((_, response) => {
      response.writeHead(400).end('{"errors":[{"code":"NAME_INVALID"}]}');
    });
    const error = await registryErrorOf(
      createClient().listTags({ host: "r", path: "a", apiUrl: url }),
    );
    expect(error.message).toContain("answered 400 (NAME_INVALID)");
  });

  it.each([
    "</v2/team/app/tags/list?last=1&n=1000>; rel=next",
    "</other/v2/team/app/tags/list?last=1&n=1000>; rel=next",
  ])("keeps its own path and takes the query of %s", async (link) => {
    const asked: (string | undefined)[] = [];
    const url = await startServer((request, response) => {
      asked.push(request.url);
      if (asked.length === 1) response.setHeader("link", link);
      response.end(`{"tags":["${asked.length}"]}`);
    });
    const repository = { host: "r", path: "docker/team/app", apiUrl: url };
    await expect(createClient().listTags(repository)).resolves.toEqual(["1", "2"]);
    expect(asked[1]).toBe("/v2/docker/team/app/tags/list?last=1&n=1000");
  });

  it("asks on after a full page that a link led to, should the link to the next be forgotten", async () => {
    const pages = [1000, 1000, 1].map((size, index) => {
      return Array.from({ length: size }, (_, tag) => `${index}.0.${tag}`);
    });
    const link = '</v2/a/tags/list?last=x>; rel="next"';
    const list = listOf(
      ...pages.map((names, index) => {
        const body = JSON.stringify({ tags: names });
        return index === 0 ? ([body, link] as const) : ([body] as const);
      }),
    );
    await expect(list).resolves.toHaveLength(2001);
  });

  it("follows a next page at another path, and knows the last one by its links", async () => {
    const list = listOf(
      ['{"tags":["1"]}', '</v2/a/tags/list/2>; rel="next"'],
      [JSON.stringify({ tags: numbered(50) }), '</v2/a/tags/list>; rel="prev"'],
    );
    await expect(list).resolves.toHaveLength(51);
  });

  it("is an error where links name a tag that they named before", async () => {
    let count = 0;
    const url = await startServer((_, response) => {
      count += 1;
      response.setHeader("link", `</v2/a/tags/list?last=5&page=${count}>; rel="next"`);
      response.end(`{"tags":["${count}"]}`);
    });
    const error = await registryErrorOf(
      createClient().listTags({ host: "r", path: "a", apiUrl: url }),
    );
    expect(error).toMatchObject({
      code: "invalid-response",
      message: expect.stringContaining("circle"),
    });
    expect(count).toBe(2);
  });

  it.each(["<?last=1", "next", '</1>, </2>, </3>; rel="prev"'])(
    "is an error where the link %j cannot be read",
    async (link) => {
      const error = await registryErrorOf(listOf(['{"tags":["1"]}', link]));
      expect(error).toMatchObject({
        code: "invalid-response",
        message: expect.stringContaining("Link"),
      });
    },
  );

  it.each([
    ["team/../admin", "http://127.0.0.1:1"],
    ["", "http://127.0.0.1:1"],
    ["a?x", "http://127.0.0.1:1"],
    ["a", "127.0.0.1:1"],
    ["a", "ftp://127.0.0.1:1"],
    ["a", "http://user:secret@127.0.0.1:1"],
  ])("refuses the repository %j at %s", async (path, apiUrl) => {
    const error = await registryErrorOf(createClient().listTags({ host: "r", path, apiUrl }));
    expect(error.code).toBe("refused-address");
    expect(error.message).not.toContain("secret");
  });
});
