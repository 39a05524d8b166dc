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
    ["what is no tag", '{"tags":["../../x","","1"]}', ["1"]],
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
    ["what is no URL", "<http://[>; rel=next", "invalid-response"],
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
    const client = createClient({ registries });
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
