import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryPathProblem, type WriteBackChange, type WriteResult } from "@image-updater/core";
import { Agent, type Dispatcher } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import type { GitWriteBackSettings } from "../src/git-write-back-settings.js";
import { systemClock } from "@image-updater/core/system";
import { createRepositoryMemories, openGitRemote } from "@image-updater/git-remote";
import { createGitProgram, createGitRepositories } from "@image-updater/git-remote/testing";
import { startGitServer, startSshGitServer, type GitTestServer } from "../src/testing/index.js";
import { writeBranch } from "../src/write/write-branch.js";
import { change, codeOf, localGit, override, setValue } from "./changes.js";
import { createChannelTransport } from "./channel-transport.js";
import { SERVERS } from "./servers.js";
import { describeSsh, sshGit } from "./ssh-stage.js";
import { mainOf } from "../../../test/setup/whole.js";

const closers: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const COUNT = 3000;
const file = (index: number): string => `apps/flat/values-${index}.yaml`;
/** One folder of many files, whose tree has about 120 KB, half of them ids that nothing compresses. */
const FILES = {
  ...Object.fromEntries(
    Array.from({ length: COUNT }, (_, index) => [file(index), `name: ${index}\ntag: v1\n`]),
  ),
  "README.md": "one\n",
};
const TREE_BYTES = COUNT * 20;

/** A dispatcher that notes how large each push is. */
function pushMeter(): { readonly dispatcher: Dispatcher; take(): readonly number[] } {
  const pushes: number[] = [];
  const agent = new Agent();
  closers.push(() => agent.close());
  const dispatcher = agent.compose((dispatch) => (options, handler) => {
    const isPush = options.path.endsWith("/git-receive-pack");
    if (isPush && options.body instanceof Uint8Array) pushes.push(options.body.length);
    return dispatch(options, handler);
  });
  return { dispatcher, take: () => pushes.splice(0) };
}

interface Stage {
  readonly server: GitTestServer;
  readonly url: string;
  /** Writes changes, one per file; answers what became of them and how large the pushes were. */
  set(value: string, ...indexes: readonly number[]): Promise<Written>;
}

interface Written {
  readonly codes: readonly unknown[];
  readonly pushes: readonly number[];
}

async function stage(
  options: Parameters<typeof startGitServer>[0] = {},
  settings: GitWriteBackSettings = {},
): Promise<Stage> {
  const server = await startGitServer(options);
  closers.push(() => server.close());
  const { url } = await server.createRepository("app", { branches: { main: FILES } });
  const { dispatcher, take } = pushMeter();
  const target = localGit({ dispatcher, random: () => 0, ...settings });
  return {
    server,
    url,
    set: async (value, ...indexes) => {
      const location = { repository: url, base: "main" };
      const changes = indexes.map((index) =>
        change(`app-${index}`, location, [setValue(file(index), "tag", value)]),
      );
      return { codes: (await target.write(changes)).map(codeOf), pushes: take() };
    },
  };
}

describe.each(mainOf(SERVERS))("to a server $title,", ({ options }) => {
  it("a change in a folder of thousands sends that change", async () => {
    const { server, set } = await stage(options);
    const { codes, pushes } = await set("v2", 1234);
    expect(codes).toEqual(["written"]);
    expect(pushes).toHaveLength(1);
    expect(pushes[0]).toBeLessThan(1200);
    const changed = await server.git("app", ["diff", "--name-only", "main~1", "main"]);
    expect(changed.toString()).toBe(`${file(1234)}\n`);
    expect(await server.readFile("app", "main", file(1234))).toBe("name: 1234\ntag: v2\n");
    await server.fsck("app");
  });
});

describe("a push of several changes in one folder", () => {
  it.each([
    ["per-application", "main~12"],
    ["one", "main~1"],
  ] as const)("sends those, with commits %s", async (commits, before) => {
    const { server, set } = await stage({}, { commits });
    const indexes = Array.from({ length: 12 }, (_, index) => index * 250 + 7);
    const { codes, pushes } = await set("v2", ...indexes);
    expect(new Set(codes)).toEqual(new Set(["written"]));
    expect(pushes).toHaveLength(1);
    expect(pushes[0]).toBeLessThan(TREE_BYTES / 4);
    const changed = await server.git("app", ["diff", "--name-only", before, "main"]);
    expect(changed.toString().trim().split("\n").toSorted()).toEqual(
      indexes.map((index) => file(index)).toSorted(),
    );
    await server.fsck("app");
    expect((await set("v3", 7)).pushes[0]).toBeLessThan(1200);
    await server.fsck("app");
  });

  it("may undo each other", async () => {
    const { server, url } = await stage();
    const location = { repository: url, base: "main" };
    const values = ["v2", "v1", "v3", "v2"];
    const results = await localGit().write(
      values.map((value) => change(value, location, [setValue(file(5), "tag", value)])),
    );
    expect(results.map(codeOf)).toEqual(values.map(() => "written"));
    await server.fsck("app");
    expect(await server.readFile("app", "main", file(5))).toBe("name: 5\ntag: v2\n");
  });

  it("may make a folder that the server does not know, and go on in it", async () => {
    const { server, url } = await stage();
    const location = { repository: url, base: "main" };
    const names = Array.from({ length: 150 }, (_, index) => `new/${index}/override-${index}.yaml`);
    const flat = names.map((name) => name.replace(/\/\d+\//u, "/"));
    const target = localGit();
    const changes = [...names, ...flat].map((name) =>
      change(name, location, [override(name, "v2")]),
    );
    const results = await target.write(changes);
    expect(new Set(results.map(codeOf))).toEqual(new Set(["written"]));
    await server.fsck("app");
    const listed = await server.git("app", ["ls-tree", "--name-only", "-r", "main", "new/"]);
    expect(listed.toString().trim().split("\n")).toHaveLength(300);
  });

  it("goes to a branch that is new", async () => {
    const { server, url } = await stage();
    const { dispatcher, take } = pushMeter();
    const target = localGit({ dispatcher });
    const location = { repository: url, base: "main", branch: "work" };
    const write = (value: string): Promise<readonly WriteResult[]> =>
      target.write([change("app", location, [setValue(file(9), "tag", value)])]);
    expect((await write("v2")).map(codeOf)).toEqual(["written"]);
    expect((await write("v3")).map(codeOf)).toEqual(["written"]);
    expect(Math.max(...take())).toBeLessThan(1200);
    expect(await server.readFile("app", "work", file(9))).toBe("name: 9\ntag: v3\n");
    await server.fsck("app");
  });
});

describe("a server that takes no thin packs", () => {
  it("over a channel, gets whole objects at once and from then on", async () => {
    const home = await mkdtemp(join(tmpdir(), "thin-"));
    closers.push(() => rm(home, { recursive: true, force: true, maxRetries: 3 }));
    const program = createGitProgram(home);
    closers.push(() => program.close());
    const repositories = createGitRepositories(home, program);
    const { path } = await repositories.createRepository("app", { branches: { main: FILES } });
    // Small packs would be taken apart by a program that takes thin ones always.
    await repositories.git("app", ["config", "receive.unpackLimit", "1"]);
    const transport = createChannelTransport(
      ([name = "", ...args], environment) =>
        program.start([name, ...(name === "receive-pack" ? [REFUSE] : []), ...args], environment),
      path,
      2,
    );
    closers.push(async () => transport.close());
    const clock = systemClock();
    const memory = createRepositoryMemories({ cacheBytes: 1024 * 1024, clock })(path);
    const preferences = { prefer: "fewer-bytes", maxPackBytes: 1024 * 1024 } as const;
    const remote = openGitRemote({
      transport,
      memory,
      preferences,
      pathProblem: repositoryPathProblem,
    });
    const limits = { target: path, clock, random: () => 0, deadlineMs: 0, signal: undefined };
    const write = async (value: string): Promise<readonly [unknown, number]> => {
      const before = pushesOf(transport.started);
      const changes: readonly WriteBackChange[] = [
        change("app", { repository: path, base: "main" }, [setValue(file(3), "tag", value)]),
      ];
      const target = { branch: "main", base: "main" };
      const author = { name: "bot", email: "bot@example.com" };
      const results = await writeBranch({ remote, target, changes, author, limits }, undefined);
      return [codeOf(results[0]), pushesOf(transport.started) - before];
    };
    expect(await write("v2")).toEqual(["written", 2]);
    expect(await write("v3")).toEqual(["written", 1]);
    expect(await repositories.readFile("app", "main", file(3))).toBe("name: 3\ntag: v3\n");
    await repositories.fsck("app");
  });

  it("over HTTP, and breaks off instead of a report, gets whole objects the next time", async () => {
    const { server, set } = await stage();
    server.setFaults([{ service: "git-receive-pack", times: 1, status: 500 }]);
    const first = await set("v2", 1);
    expect(first.codes).toEqual(["written"]);
    expect(first.pushes).toHaveLength(2);
    expect(first.pushes[0]).toBeLessThan(1200);
    expect(first.pushes[1]).toBeGreaterThan(TREE_BYTES);
    const second = await set("v3", 1);
    expect(second.codes).toEqual(["written"]);
    expect(second.pushes.map((bytes) => bytes > TREE_BYTES)).toEqual([true]);
    await server.fsck("app");
  });

  it("is not one that takes no pack at all", async () => {
    const { server, set } = await stage();
    await server.git("app", ["config", "receive.maxInputSize", "100"]);
    const refused = await set("v2", 1);
    expect(refused.codes).toEqual(["rejected"]);
    expect(refused.pushes.map((bytes) => bytes > TREE_BYTES)).toEqual([false, true]);
    await server.git("app", ["config", "--unset", "receive.maxInputSize"]);
    const taken = await set("v3", 1);
    expect(taken.codes).toEqual(["written"]);
    expect(taken.pushes.map((bytes) => bytes > TREE_BYTES)).toEqual([false]);
  });

  it("is not one whose hook refuses, or where somebody else was faster", async () => {
    const { server, set } = await stage();
    await server.installHook("app", "pre-receive", "exit 1");
    const refused = await set("v2", 1);
    expect(refused.codes).toEqual(["rejected"]);
    expect(refused.pushes.map((bytes) => bytes > TREE_BYTES)).toEqual([false]);
    await server.installHook("app", "pre-receive", "exit 0");
    const before = (): Promise<string> => server.commit("app", "main", { [file(2)]: "tag: v9\n" });
    server.setFaults([{ service: "git-receive-pack", times: 1, before }]);
    const taken = await set("v3", 1);
    expect(taken.codes).toEqual(["written"]);
    expect(taken.pushes.map((bytes) => bytes > TREE_BYTES)).toEqual([false, false]);
    await server.fsck("app");
  });
});

const REFUSE = "--reject-thin-pack-for-testing";

function pushesOf(started: readonly string[]): number {
  return started.filter((name) => name === "receive-pack").length;
}

describeSsh("over SSH", () => {
  it.each([
    ["a server that takes thin packs gets one", [], 1],
    [
      "a server that takes none gets whole objects",
      [
        {
          program: "git-receive-pack",
          script: `exec git receive-pack ${REFUSE} "$(printf %s "$SSH_ORIGINAL_COMMAND" | cut -d"'" -f2)"`,
        },
      ],
      2,
    ],
  ] as const)("%s", async (_title, faults, pushes) => {
    const server = await startSshGitServer();
    closers.push(() => server.close());
    const { url } = await server.createRepository("app", { branches: { main: FILES } });
    await server.git("app", ["config", "receive.unpackLimit", "1"]);
    await server.setProgramFaults(faults);
    const location = { repository: url, base: "main" };
    const edits = [setValue(file(3), "tag", "v2")];
    const [result] = await sshGit(server).write([change("app", location, edits)]);
    expect(codeOf(result)).toBe("written");
    const commands = await server.commands();
    expect(commands.filter(({ command }) => command.includes("receive-pack"))).toHaveLength(pushes);
    expect(await server.readFile("app", "main", file(3))).toBe("name: 3\ntag: v2\n");
    await server.fsck("app");
  });
});
