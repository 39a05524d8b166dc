import { rm } from "node:fs/promises";
import type { GitCredential, WriteResult } from "@image-updater/core";
import { Agent, type Dispatcher } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import type { GitWriteBackSettings } from "../src/git-write-back-settings.js";
import {
  startGitServer,
  type FixtureFiles,
  type GitServerOptions,
  type GitTestServer,
} from "../src/testing/index.js";
import { change, codeOf, localGit, messageOf, override, setValue } from "./changes.js";

const servers: GitTestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const DEEP = "a/b/c/values.yaml";
const FILES: FixtureFiles = {
  [DEEP]: "tag: v1\n",
  "a/other.yaml": "tag: v1\nname: other\n",
  "z/other.yaml": "tag: v1\nname: another\n",
};

interface Stage {
  readonly server: GitTestServer;
  readonly url: string;
  /** Sets the value of a file, and answers what became of it and which requests it took. */
  set(value: string, file?: string): Promise<readonly [result: unknown, requests: Requests]>;
}

/** In order; those that follow each other alike are counted. */
type Requests = readonly string[];

async function stage(
  options: GitServerOptions = {},
  settings: GitWriteBackSettings = {},
  files: FixtureFiles = FILES,
): Promise<Stage> {
  const server = await startGitServer(options);
  servers.push(server);
  const { url } = await server.createRepository("app", { branches: { main: files } });
  const target = localGit(settings);
  return {
    server,
    url,
    set: async (value, file = DEEP) => {
      server.clearRequests();
      const location = { repository: url, base: "main" };
      const results = await target.write([change("app", location, [setValue(file, "tag", value)])]);
      return [codeOf(results[0]), requestsOf(server)];
    },
  };
}

function requestsOf({ requests }: GitTestServer): Requests {
  return requests.map(({ service = "", command }) => command ?? service.replace("git-", ""));
}

const fetches = (count: number): readonly string[] => Array.from({ length: count }, () => "fetch");
const GREETING = "info/refs";
const PUSH = "receive-pack";
/** Before the first push, the server is asked what it can do for one. */
const FIRST_PUSH = ["info/refs", PUSH];

describe("the requests of a change", () => {
  it("are one per folder level the first time, two the next time, one for nothing to do", async () => {
    const { server, set } = await stage();
    // The commit, its tree, three folders, the file.
    const first = [GREETING, "ls-refs", ...fetches(6), ...FIRST_PUSH];
    expect(await set("v2")).toEqual(["written", first]);
    expect(await set("v3")).toEqual(["written", ["ls-refs", PUSH]]);
    expect(await set("v3")).toEqual(["unchanged", ["ls-refs"]]);
    expect(await server.readFile("app", "main", DEEP)).toBe("tag: v3\n");
    await server.fsck("app");
  });

  it("after a read are those for the push", async () => {
    const { server, url } = await stage();
    const target = localGit();
    const location = { repository: url };
    const { application, settings } = change("app", location, []);
    await target.read([{ application, settings, location, paths: [DEEP] }]);
    server.clearRequests();
    await target.write([change("app", location, [setValue(DEEP, "tag", "v2")])]);
    expect(requestsOf(server)).toEqual(["ls-refs", ...FIRST_PUSH]);
  });

  it("are for what is new only when the branch has moved", async () => {
    const { server, set } = await stage();
    await set("v2");
    await server.commit("app", "main", { "z/other.yaml": "tag: v9\n" });
    // The commit and its tree; the folders of our file are the same.
    expect(await set("v3")).toEqual(["written", ["ls-refs", ...fetches(2), PUSH]]);
    await server.commit("app", "main", { "a/other.yaml": "tag: v9\n" });
    expect(await set("v4")).toEqual(["written", ["ls-refs", ...fetches(3), PUSH]]);
    await server.commit("app", "main", { [DEEP]: "tag: v5\n" });
    expect(await set("v5")).toEqual(["unchanged", ["ls-refs", ...fetches(6)]]);
    expect(await server.readFile("app", "main", "z/other.yaml")).toBe("tag: v9\n");
    await server.fsck("app");
  });

  it("are for what is not known of another file, when the branch has not moved", async () => {
    const { set } = await stage();
    await set("v2");
    expect(await set("v2", "a/other.yaml")).toEqual(["written", ["ls-refs", "fetch", PUSH]]);
    expect(await set("v2", "z/other.yaml")).toEqual(["written", ["ls-refs", ...fetches(2), PUSH]]);
  });

  it("are as many for several files as for the deepest", async () => {
    const { server, url } = await stage();
    const files = [DEEP, "a/other.yaml", "z/other.yaml", "z/new/file.yaml"];
    await localGit().write(
      files.map((file) => change(file, { repository: url }, [override(file, "v2")])),
    );
    expect(requestsOf(server)).toEqual([GREETING, "ls-refs", ...fetches(6), ...FIRST_PUSH]);
  });

  it("are one more for a file that a folder asked for with it holds, too", async () => {
    const same = "tag: v1\n";
    const { server, url } = await stage({}, {}, { "same.yaml": same, "a/same.yaml": same });
    const location = { repository: url };
    const results = await localGit().write([
      change("one", location, [setValue("same.yaml", "tag", "v2")]),
      change("two", location, [override("a/new.yaml", "v2")]),
    ]);
    expect(results.map(codeOf)).toEqual(["written", "written"]);
    expect(requestsOf(server)).toEqual([GREETING, "ls-refs", ...fetches(4), ...FIRST_PUSH]);
  });

  it("are few when many folders are asked for, or when requests cost more than bytes", async () => {
    const { server, url } = await stage();
    const many = Array.from({ length: 21 }, (_, index) => `a/b/c/${index}/new.yaml`);
    await localGit().write(
      many.map((file) => change(file, { repository: url }, [override(file, "v2")])),
    );
    // All folders at once; none of the files is there.
    expect(requestsOf(server)).toEqual([GREETING, "ls-refs", "fetch", ...FIRST_PUSH]);

    const other = await stage({}, { prefer: "fewer-requests" });
    const expected = [GREETING, "ls-refs", ...fetches(2), ...FIRST_PUSH];
    expect(await other.set("v2")).toEqual(["written", expected]);
    expect(await other.set("v3")).toEqual(["written", ["ls-refs", PUSH]]);
    await other.server.commit("app", "main", { "a/other.yaml": "tag: v9\n" });
    expect(await other.set("v4")).toEqual(["written", ["ls-refs", "fetch", PUSH]]);
  });

  it("begin anew when nothing may be remembered", async () => {
    const { set } = await stage({}, { cacheBytes: 0 });
    await set("v2");
    expect(await set("v3")).toEqual(["written", ["ls-refs", ...fetches(6), PUSH]]);
  });

  it("greet the server again after an hour", async () => {
    let now = Date.now();
    const clock = { now: () => new Date(now), delay: () => Promise.resolve() };
    const { set } = await stage({}, { clock });
    await set("v2");
    now += 59 * 60_000;
    expect(await set("v3")).toEqual(["written", ["ls-refs", PUSH]]);
    now += 2 * 60_000;
    expect(await set("v4")).toEqual(["written", [GREETING, "ls-refs", ...FIRST_PUSH]]);
  });

  it("show one identity nothing that another one has seen", async () => {
    let credential: GitCredential = { kind: "basic", username: "one", password: "1" };
    const { set } = await stage({}, { credentials: { forGit: async () => credential } });
    await set("v2");
    expect(await set("v2")).toEqual(["unchanged", ["ls-refs"]]);
    credential = { kind: "basic", username: "two", password: "2" };
    expect(await set("v2")).toEqual(["unchanged", [GREETING, "ls-refs", ...fetches(6)]]);
  });
});

describe("a server that lets nobody leave out objects", () => {
  it("is asked for the whole commit, once", async () => {
    const { server, set } = await stage({ filters: false });
    expect(await set("v2")).toEqual(["written", [GREETING, "ls-refs", "fetch", ...FIRST_PUSH]]);
    expect(await set("v3")).toEqual(["written", ["ls-refs", PUSH]]);
    expect(await set("v3")).toEqual(["unchanged", ["ls-refs"]]);
    await server.commit("app", "main", { "z/other.yaml": "tag: v9\n" });
    expect(await set("v4")).toEqual(["written", ["ls-refs", "fetch", PUSH]]);
    await server.fsck("app");
  });

  it("and speaks protocol version 0 is asked in two requests, then in one, besides the push", async () => {
    const { server, set } = await stage({ protocol: 0, filters: false });
    expect(await set("v2")).toEqual(["written", [GREETING, "upload-pack", ...FIRST_PUSH]]);
    expect(await set("v3")).toEqual(["written", [GREETING, PUSH]]);
    expect(await set("v3")).toEqual(["unchanged", [GREETING]]);
    await server.fsck("app");
  });
});

describe("a server of protocol version 0 with filters", () => {
  it("is asked folder by folder if it sends any object", async () => {
    const { server, set } = await stage({ protocol: 0 });
    const uploads = Array.from({ length: 6 }, () => "upload-pack");
    expect(await set("v2")).toEqual(["written", [GREETING, ...uploads, ...FIRST_PUSH]]);
    expect(await set("v3")).toEqual(["written", [GREETING, PUSH]]);
    await server.fsck("app");
  });

  it.each([
    ["allowTipSHA1InWant", 1],
    ["allowReachableSHA1InWant", 6],
  ])("and %s only takes %i requests for the objects", async (key, uploads) => {
    const { server, set } = await stage({ protocol: 0 });
    await server.git("app", ["config", "uploadpack.allowAnySHA1InWant", "false"]);
    await server.git("app", ["config", `uploadpack.${key}`, "true"]);
    const [result, requests] = await set("v2");
    expect(result).toBe("written");
    expect(requests.filter((request) => request === "upload-pack")).toHaveLength(uploads);
    await server.fsck("app");
  });
});

describe("a server that refuses a filter although it has filters", () => {
  it.each([
    ["tree", 3, 1],
    ["blob:none", 6, 2],
    ["both", 3, 1],
  ])("is asked in another way and not again: %s", async (name, first, later) => {
    for (const protocol of [2, 0] as const) {
      const { server, set } = await stage({ protocol });
      for (const filter of name === "both" ? ["tree", "blob:none"] : [name]) {
        await server.git("app", ["config", `uploadpackfilter.${filter}.allow`, "false"]);
      }
      const uploads = (requests: Requests): number =>
        requests.filter((request) => request === "fetch" || request === "upload-pack").length;
      const [result, requests] = await set("v2");
      expect([result, uploads(requests)]).toEqual(["written", first]);
      await server.commit("app", "main", { "z/other.yaml": "tag: v9\n" });
      const [again, fewer] = await set("v3");
      expect([again, uploads(fewer)]).toEqual(["written", later]);
      await server.fsck("app");
    }
  });
});

describe("a server that is known", () => {
  it.each([[{ garbage: true }], [{ status: 404 }], [{ status: 400, body: "unknown command" }]])(
    "and answers otherwise than before, %o, is greeted anew",
    async (fault) => {
      const { server, set } = await stage();
      await set("v2");
      server.setFaults([{ command: "ls-refs", times: 1, ...fault }]);
      const anew = ["ls-refs", GREETING, "ls-refs", ...FIRST_PUSH];
      expect(await set("v3")).toEqual(["written", anew]);
    },
  );

  it.each([
    [{ status: 503 }, "unavailable"],
    [{ status: 401 }, "unauthorized"],
  ])("and fails, %o, is not", async (fault, code) => {
    const { server, set } = await stage({}, { deadlineMs: 0 });
    await set("v2");
    server.setFaults([{ command: "ls-refs", ...fault }]);
    expect(await set("v3")).toEqual([code, ["ls-refs"]]);
  });
});

it("finds a repository that moved where it was found before", async () => {
  const { server, url } = await stage();
  const location = "/app.git/info/refs?service=git-upload-pack";
  server.setFaults([{ repository: "old", status: 301, headers: { location } }]);
  const target = localGit();
  const write = (value: string): Promise<readonly WriteResult[]> =>
    target.write([
      change("app", { repository: url.replace("app.git", "old.git") }, [
        setValue(DEEP, "tag", value),
      ]),
    ]);
  await write("v2");
  server.clearRequests();
  expect((await write("v3")).map(codeOf)).toEqual(["written"]);
  expect(server.requests.map(({ repository }) => repository)).toEqual(["app", "app"]);
});

describe("a repository with sha256 objects", () => {
  it.each([2, 0] as const)("is refused by name in protocol version %i", async (protocol) => {
    const server = await startGitServer({ protocol });
    servers.push(server);
    const { url: repository, path } = await server.createRepository("new");
    await rm(path, { recursive: true });
    await server.git("new", ["init", "--quiet", "--bare", "--object-format=sha256", path]);
    await server.commit("new", "main", { "a.yaml": "a" });
    const [result] = await localGit().write([
      change("app", { repository }, [override("a.yaml", "v2")]),
    ]);
    expect(codeOf(result)).toBe("unsupported");
    expect(messageOf(result)).toContain("sha256");
  });
});

describe("one file", () => {
  it("that is too large fails alone", async () => {
    const huge = Buffer.alloc(65 * 1024 * 1024);
    const files = { "huge.yaml": huge, "a.yaml": "tag: v1\n", "b/c.yaml": "tag: v1\n" };
    const { server, url } = await stage({}, {}, files);
    const results = await localGit().write(
      Object.keys(files).map((file) =>
        change(file, { repository: url }, [setValue(file, "tag", "v2")]),
      ),
    );
    expect(results.map(codeOf)).toEqual(["too-large", "written", "written"]);
    expect(await server.readFile("app", "main", "b/c.yaml")).toBe("tag: v2\n");
  });
});

/** A dispatcher that counts the bytes of bodies, on one connection. */
function countingAgent(): { readonly dispatcher: Dispatcher; readonly count: Count } {
  const count = { bytes: 0, connections: 0 };
  const agent = new Agent({ connections: 1, pipelining: 1 });
  agent.on("connect", () => {
    count.connections += 1;
  });
  const dispatcher = agent.compose((dispatch) => (options, handler) => {
    if (options.body instanceof Uint8Array) count.bytes += options.body.length;
    return dispatch(options, {
      ...handler,
      onRequestStart: (...args) => handler.onRequestStart?.(...args),
      onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (controller, chunk) => {
        count.bytes += chunk.length;
        handler.onResponseData?.(controller, chunk);
      },
      onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
      onResponseError: (...args) => handler.onResponseError?.(...args),
    });
  });
  return { dispatcher, count };
}

interface Count {
  readonly bytes: number;
  readonly connections: number;
}

describe("the bytes of a change", () => {
  it("do not grow with the repository, and one connection carries them all", async () => {
    const others = Array.from({ length: 3000 }, (_, index) => [
      `apps/app-${index % 300}/file-${index}.yaml`,
      `name: ${index}\n`.repeat(50),
    ]);
    const files = { ...Object.fromEntries(others), "apps/app-7/values.yaml": "tag: v1\n" };
    const { dispatcher, count } = countingAgent();
    const { server, set } = await stage({}, { dispatcher }, files);
    const [result] = await set("v2", "apps/app-7/values.yaml");
    expect(result).toBe("written");
    expect(count.bytes).toBeLessThan(25_000);
    expect(count.connections).toBe(1);
    await server.fsck("app");
    await dispatcher.close();
  });

  it("are those of one folder when it holds 10,000 files", async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `flat/file-${index}.yaml`);
    const files = Object.fromEntries(names.map((name) => [name, "tag: v1\n"]));
    const { dispatcher, count } = countingAgent();
    const { server, set } = await stage({}, { dispatcher }, files);
    const [result] = await set("v2", "flat/file-5000.yaml");
    expect(result).toBe("written");
    const tree = await server.git("app", ["cat-file", "tree", "main:flat"]);
    expect(count.bytes).toBeLessThan(2 * tree.length);
    const changed = await server.git("app", ["diff", "--name-only", "main~1", "main"]);
    expect(changed.toString()).toBe("flat/file-5000.yaml\n");
    await server.fsck("app");
    await dispatcher.close();
  });
});
