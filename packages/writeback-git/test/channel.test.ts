import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryPathProblem, type WriteResult } from "@image-updater/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "@image-updater/core/system";
import { createRepositoryMemories, openGitRemote } from "@image-updater/git-remote";
import {
  createGitProgram,
  createGitRepositories,
  type GitProgram,
  type GitRepositories,
} from "@image-updater/git-remote/testing";
import { writeRepository } from "../src/write/write-repository.js";
import { change, codeOf, setValue } from "./changes.js";
import { createChannelTransport, type ChannelTransport } from "./channel-transport.js";

let home: string;
let program: GitProgram;
let repositories: GitRepositories;
let transport: ChannelTransport | undefined;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "channel-"));
  program = createGitProgram(home);
  repositories = createGitRepositories(home, program);
});
afterEach(async () => {
  transport?.close();
  await program.close();
  await rm(home, { recursive: true, force: true, maxRetries: 3 });
});

/** Writes a value again and again, in the way of a transport that is not HTTP. */
async function stage(
  protocol: 0 | 2,
  filters: boolean,
): Promise<(value: string) => Promise<readonly [result: unknown, started: readonly string[]]>> {
  const files = { "a/b/values.yaml": "tag: v1\n", "c/other.yaml": "tag: v1\n" };
  const { path } = await repositories.createRepository("app", { branches: { main: files } });
  await repositories.git("app", ["config", "uploadpack.allowFilter", String(filters)]);
  const channels = createChannelTransport(program.start, path, protocol);
  transport = channels;
  const clock = systemClock();
  const memories = createRepositoryMemories({ cacheBytes: 1024 * 1024, clock });
  const preferences = { prefer: "fewer-bytes", maxPackBytes: 1024 * 1024 } as const;
  const remote = openGitRemote({
    transport: channels,
    memory: memories(path),
    preferences,
    pathProblem: repositoryPathProblem,
  });
  const limits = {
    target: path,
    clock,
    random: Math.random,
    deadlineMs: 10_000,
    signal: undefined,
  };
  const author = { name: "bot", email: "bot@example.com" };
  return async (value) => {
    const before = channels.started.length;
    const location = { repository: path, base: "main" };
    const item = change("app", location, [setValue("a/b/values.yaml", "tag", value)]);
    const results = await writeRepository({ remote, author, limits }, [
      { index: 0, item, location },
    ]);
    const result: WriteResult | undefined = results.get(0);
    return [codeOf(result), channels.started.slice(before)];
  };
}

describe("a transport whose channels stay open", () => {
  it("carries all requests of an attempt in one channel, and the push in another", async () => {
    const write = await stage(2, true);
    expect(await write("v2")).toEqual(["written", ["upload-pack", "receive-pack"]]);
    // A new channel each time: one that is open remembers where branches were.
    expect(await write("v3")).toEqual(["written", ["upload-pack", "receive-pack"]]);
    await repositories.commit("app", "main", { "c/other.yaml": "tag: v9\n" });
    expect(await write("v4")).toEqual(["written", ["upload-pack", "receive-pack"]]);
    expect(await write("v4")).toEqual(["unchanged", ["upload-pack"]]);
    expect(await repositories.readFile("app", "main", "c/other.yaml")).toBe("tag: v9\n");
    await repositories.fsck("app");
  });

  it.each([
    [2, false, 1],
    [0, false, 1],
    // One for each of commit, tree, two folders and file.
    [0, true, 5],
  ] as const)("works in version %i with filters %s", async (protocol, filters, uploads) => {
    const write = await stage(protocol, filters);
    const [result, started] = await write("v2");
    expect(result).toBe("written");
    expect(started.filter((name) => name === "upload-pack")).toHaveLength(uploads);
    expect(await write("v2")).toEqual(["unchanged", ["upload-pack"]]);
    await repositories.fsck("app");
  });
});
