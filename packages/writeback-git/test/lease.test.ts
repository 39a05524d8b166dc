import { repositoryPathProblem, type WriteBackChange, type WriteResult } from "@image-updater/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "@image-updater/core/system";
import {
  createHttpTransport,
  createRepositoryMemories,
  createSmartHttp,
  type GitRemote,
  openGitRemote,
} from "@image-updater/git-remote";
import {
  startGitServer,
  type FixtureFiles,
  type GitServerFault,
  type GitTestServer,
} from "../src/testing/index.js";
import { writeBranch } from "../src/write/write-branch.js";
import { change, codeOf, override, setImage, setValue } from "./changes.js";
import { SERVERS } from "./servers.js";

const BOT = { name: "Bot", email: "bot@example.com" };
const PERSON = "Somebody Else <somebody@example.com> 1700000000 +0000";
const OURS = `Bot <${BOT.email}> 1700000000 +0000`;

function openRemote(url: string): GitRemote {
  const clock = systemClock();
  const memory = createRepositoryMemories({ cacheBytes: 1024 * 1024, clock })(url);
  const send = createHttpTransport({ dispatcher: undefined, requestTimeoutMs: 600_000 });
  const authorization = { header: undefined, secrets: [] };
  const transport = createSmartHttp({ url, authorization, send });
  const preferences = { maxPackBytes: 1024 * 1024, prefer: "fewer-bytes" } as const;
  return openGitRemote({ transport, memory, preferences, pathProblem: repositoryPathProblem });
}

describe.each(SERVERS)("a branch that starts anew, on a server $title,", ({ options, lookUp }) => {
  let server: GitTestServer;
  let url: string;
  let name: string;
  let remote: GitRemote;
  let count = 0;

  beforeAll(async () => {
    server = await startGitServer(options);
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    count += 1;
    name = `lease-${count}`;
    const files = { "values.yaml": "tag: v1\nother: v1\n", "README.md": "one\n" };
    ({ url } = await server.createRepository(name, { branches: { main: files } }));
    remote = openRemote(url);
    server.setFaults([]);
    server.clearRequests();
  });

  const edit = (value: string, path = "tag"): WriteBackChange =>
    change(`${path}-${value}`, { repository: url, base: "main", branch: "work" }, [
      setValue("values.yaml", path, value),
    ]);
  const write = (
    changes: readonly WriteBackChange[],
    rebuild = true,
    deadlineMs = 10_000,
  ): Promise<readonly WriteResult[]> =>
    writeBranch(
      {
        remote,
        target: { branch: "work", base: "main" },
        changes,
        author: BOT,
        rebuild,
        limits: {
          target: url,
          clock: systemClock(),
          random: Math.random,
          deadlineMs,
          signal: undefined,
        },
      },
      undefined,
    );
  const subjects = async (branch = "work"): Promise<readonly string[]> =>
    (await server.log(name, branch)).map(({ message }) => message.split("\n")[0] ?? "");
  const pushes = (): number =>
    server.requests.filter(({ service }) => service === "git-receive-pack").length;
  const ours = (value: string): string => `build: automatic update of tag-${value}`;
  /** A commit with any author and committer on top of a branch. */
  const commitAs = async (author: string, committer: string, subject: string): Promise<void> => {
    const head = `commit refs/heads/work\nauthor ${author}\ncommitter ${committer}\n`;
    const data = `data ${subject.length}\n${subject}\n`;
    const from = (await server.git(name, ["rev-parse", "work"])).toString();
    const file = `M 100644 inline ${subject}.txt\ndata 1\nx\n`;
    await server.git(name, ["fast-import", "--quiet"], `${head}${data}from ${from}${file}`);
  };

  it("stays, as whoever approved it saw it, while others change other files of its base", async () => {
    await write([edit("v2"), edit("v2", "other")]);
    const before = await server.log(name, "work");
    for (const text of ["two\n", "three\n", "four\n"]) {
      await server.commit(
        name,
        "main",
        { "README.md": text, [`${text.length}.md`]: text },
        "theirs",
      );
      server.clearRequests();
      // Whatever was remembered of the repository is forgotten, as when the process starts again.
      remote = openRemote(url);
      const results = await write([edit("v2"), edit("v2", "other")]);
      expect(results).toEqual([{ kind: "unchanged" }, { kind: "unchanged" }]);
      expect(pushes()).toBe(0);
    }
    expect(await server.log(name, "work")).toEqual(before);
  });

  it.each<readonly [string, FixtureFiles, string]>([
    ["in another line", { "values.yaml": "tag: v1\nother: v9\n" }, "tag: v2\nother: v9\n"],
    ["in the same line", { "values.yaml": "tag: v1.5\nother: v1\n" }, "tag: v2\nother: v1\n"],
    [
      "in its mode",
      { "values.yaml": { content: "tag: v1\nother: v1\n", mode: "100755" } },
      "tag: v2\nother: v1\n",
    ],
  ])(
    "goes on top of its base when a file that it edits moved there, %s",
    async (_, files, text) => {
      await write([edit("v2")]);
      await server.commit(name, "main", files, "theirs");
      const results = await write([edit("v2")]);
      const [tip] = await server.log(name, "work");
      expect(results).toMatchObject([{ kind: "written", revision: tip?.id, branch: "work" }]);
      expect(await subjects()).toEqual([ours("v2"), "theirs", "first commit"]);
      expect(await server.readFile(name, "work", "values.yaml")).toBe(text);
      await server.fsck(name);
    },
  );

  it("goes on top of its base when what it adds is there now", async () => {
    const location = { repository: url, base: "main", branch: "work" };
    const added = change("new", location, [override("new.yaml", "v2")]);
    await write([added]);
    await server.commit(name, "main", { "new.yaml": "helm: {}\n" }, "theirs");
    expect((await write([added])).map(codeOf)).toEqual(["written"]);
    expect((await subjects())[1]).toBe("theirs");
  });

  it("holds the new edits only", async () => {
    await write([edit("v2"), edit("v2", "other")]);
    expect(await subjects()).toHaveLength(3);
    const results = await write([edit("v3")]);
    expect(results.map(codeOf)).toEqual(["written"]);
    expect(await subjects()).toEqual([ours("v3"), "first commit"]);
    expect(await server.readFile(name, "work", "values.yaml")).toBe("tag: v3\nother: v1\n");
    await server.fsck(name);
  });

  it("is left alone when it holds what it should", async () => {
    await write([edit("v2"), edit("v2", "other")]);
    server.clearRequests();
    expect(await write([edit("v2"), edit("v2", "other")])).toEqual([
      { kind: "unchanged" },
      { kind: "unchanged" },
    ]);
    expect(pushes()).toBe(0);
    // Nothing that is known already is asked for again.
    expect(server.requests).toHaveLength(1);
  });

  it("is left alone when its base holds the edits", async () => {
    await write([edit("v2")]);
    const before = await server.log(name, "work");
    await server.commit(name, "main", { "values.yaml": "tag: v3\nother: v1\n" }, "theirs");
    expect(await write([edit("v3")])).toEqual([{ kind: "unchanged" }]);
    expect(await server.log(name, "work")).toEqual(before);
  });

  it("starts anew after it was merged", async () => {
    await write([edit("v2")]);
    await server.git(name, ["update-ref", "refs/heads/main", "refs/heads/work"]);
    await server.commit(name, "main", { "README.md": "two\n" }, "theirs");
    expect((await write([edit("v3")])).map(codeOf)).toEqual(["written"]);
    expect(await subjects()).toEqual([ours("v3"), "theirs", ours("v2"), "first commit"]);
  });

  it("keeps a commit of somebody else at its tip", async () => {
    await write([edit("v2")]);
    await server.commit(name, "work", { "theirs.txt": "x" }, "theirs");
    await server.commit(name, "main", { "README.md": "two\n" });
    expect((await write([edit("v3")])).map(codeOf)).toEqual(["written"]);
    expect(await subjects()).toEqual([ours("v3"), "theirs", ours("v2"), "first commit"]);
    expect(await server.readFile(name, "work", "theirs.txt")).toBe("x");
  });

  it("keeps a commit of somebody else below one of ours", async () => {
    await write([edit("v2")]);
    await server.commit(name, "work", { "theirs.txt": "x" }, "theirs");
    await write([edit("v3")], false);
    expect((await write([edit("v4")])).map(codeOf)).toEqual(["written"]);
    expect(await subjects()).toEqual([
      ours("v4"),
      ours("v3"),
      "theirs",
      ours("v2"),
      "first commit",
    ]);
    await server.fsck(name);
  });

  it.each([
    ["committed by somebody else", OURS, PERSON],
    ["authored by somebody else", PERSON, OURS],
  ])("keeps a commit that was %s", async (_title, author, committer) => {
    await write([edit("v2")]);
    await commitAs(author, committer, "amended");
    await commitAs(OURS, OURS, "later");
    expect((await write([edit("v3")])).map(codeOf)).toEqual(["written"]);
    expect(await subjects()).toEqual([ours("v3"), "later", "amended", ours("v2"), "first commit"]);
  });

  it("keeps a commit of somebody else that lands while it is pushed", async () => {
    await write([edit("v2")]);
    const before = (): Promise<string> =>
      server.commit(name, "work", { "theirs.txt": "x" }, "theirs");
    server.setFaults([{ service: "git-receive-pack", times: 1, before }]);
    expect((await write([edit("v3")])).map(codeOf)).toEqual(["written"]);
    expect(await subjects()).toEqual([ours("v3"), "theirs", ours("v2"), "first commit"]);
    expect(await server.readFile(name, "work", "theirs.txt")).toBe("x");
    await server.fsck(name);
  });

  it("keeps a commit of somebody else that lands before it is pushed", async () => {
    await write([edit("v2")]);
    // Otherwise nothing would have to be fetched.
    remote = openRemote(url);
    const before = (): Promise<string> =>
      server.commit(name, "work", { "theirs.txt": "x" }, "theirs");
    const fetch: GitServerFault =
      lookUp.command === undefined ? { service: "git-upload-pack" } : { command: "fetch" };
    server.setFaults([{ ...fetch, times: 1, before }]);
    expect((await write([edit("v3")])).map(codeOf)).toEqual(["written"]);
    expect(await subjects()).toEqual([ours("v3"), "theirs", ours("v2"), "first commit"]);
  });

  it("follows what another one of ours pushed meanwhile", async () => {
    await write([edit("v2")]);
    const before = (): Promise<void> => commitAs(OURS, OURS, "sibling");
    server.setFaults([{ service: "git-receive-pack", times: 1, before }]);
    expect((await write([edit("v3")])).map(codeOf)).toEqual(["written"]);
    expect(await subjects()).toEqual([ours("v3"), "first commit"]);
  });

  it("is pushed once when the answer is lost", async () => {
    await write([edit("v2")]);
    server.setFaults([
      { service: "git-receive-pack", times: 1, dropAnswer: true },
      { ...lookUp, times: 1 },
      { ...lookUp, times: 1, status: 503 },
    ]);
    server.clearRequests();
    expect((await write([edit("v3")])).map(codeOf)).toEqual(["written"]);
    expect(pushes()).toBe(1);
    expect(await subjects()).toEqual([ours("v3"), "first commit"]);
  });

  it("is extended where the server takes no replacement", async () => {
    await write([edit("v2")]);
    await server.git(name, ["config", "receive.denyNonFastForwards", "true"]);
    expect((await write([edit("v3")])).map(codeOf)).toEqual(["written"]);
    expect(await subjects()).toEqual([ours("v3"), ours("v2"), "first commit"]);
  });

  it("is refused as ever where the server takes nothing", async () => {
    await write([edit("v2")]);
    await server.installHook(name, "pre-receive", "echo frozen >&2; exit 1");
    expect((await write([edit("v3")])).map(codeOf)).toEqual(["rejected"]);
    expect(await subjects()).toEqual([ours("v2"), "first commit"]);
  });

  it("keeps what it has when an edit is refused on its base", async () => {
    await write([edit("v2")]);
    const location = { repository: url, base: "main", branch: "work" };
    const bad = change("bad", location, [setImage("none/kustomization.yaml")]);
    expect((await write([bad, edit("v3")])).map(codeOf)).toEqual(["file-not-found", "written"]);
    expect(await subjects()).toEqual([ours("v3"), ours("v2"), "first commit"]);
  });

  it("is extended when its base is gone", async () => {
    await write([edit("v2")]);
    await server.git(name, ["update-ref", "-d", "refs/heads/main"]);
    expect((await write([edit("v3")])).map(codeOf)).toEqual(["written"]);
    expect(await subjects()).toEqual([ours("v3"), ours("v2"), "first commit"]);
  });

  it("is created from its base when it is not there", async () => {
    expect((await write([edit("v2")])).map(codeOf)).toEqual(["written"]);
    expect(await subjects()).toEqual([ours("v2"), "first commit"]);
    expect(await subjects("main")).toEqual(["first commit"]);
  });

  it("has files of its own only", async () => {
    const location = { repository: url, base: "main", branch: "work" };
    await write([change("old", location, [override("old.yaml", "v2")])]);
    await write([change("new", location, [override("new.yaml", "v2")])]);
    expect(await server.readFile(name, "work", "old.yaml")).toBeUndefined();
    expect(await server.readFile(name, "work", "new.yaml")).toContain("v2");
  });
});
