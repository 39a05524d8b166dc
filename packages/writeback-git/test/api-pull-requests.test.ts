import { generateKeyPairSync } from "node:crypto";
import type { GitCredential, WriteBackChange, WriteResult } from "@image-updater/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  startForgeServer,
  startGithubApi,
  startGitServer,
  type ForgeTestServer,
  type GithubApiServer,
  type GitTestServer,
} from "../src/testing/index.js";
import { change, codeOf, gitSettings, localGit, setValue } from "./changes.js";
import { branchOf, commitsOf, notesOf, pullRequestOf } from "./forge/forge-world.js";

const TOKEN = "ghs_0123456789abcdef";
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PEM = privateKey.export({ type: "pkcs1", format: "pem" }).toString();

describe("a pull request of a GitHub App whose commits are made by the API", () => {
  let git: GitTestServer;
  let commits: GithubApiServer;
  let forge: ForgeTestServer;
  let name: string;
  let url: string;
  let count = 0;

  beforeAll(async () => {
    git = await startGitServer({ auth: { username: "x-access-token", password: TOKEN } });
    commits = await startGithubApi(git, { token: TOKEN });
    // Who makes commits by the API opens pull requests under the same name.
    forge = await startForgeServer({ kind: "github", token: TOKEN, account: "app[bot]" });
  });
  afterAll(async () => {
    await Promise.all([git.close(), commits.close(), forge.close()]);
  });
  beforeEach(async () => {
    count += 1;
    name = `team/app-${count}`;
    const files = { "values.yaml": "a: v1\nb: v1\n" };
    ({ url } = await git.createRepository(name, { branches: { main: files } }));
    forge.addRepository(name, { commits: commitsOf(git, name) });
    git.clearRequests();
    commits.setFaults([]);
  });

  const edit = (path: string, value: string): WriteBackChange =>
    change(
      path,
      { repository: url, base: "main", branch: branchOf(value) },
      [setValue("values.yaml", path, value)],
      { settings: { ...gitSettings, pullRequest: { forge: "github", labels: ["images"] } } },
    );
  const write = (...changes: readonly WriteBackChange[]): Promise<readonly WriteResult[]> => {
    const app: GitCredential = {
      kind: "github-app",
      appId: "1",
      installationId: "2",
      privateKey: PEM,
      baseUrl: commits.url,
    };
    return localGit({
      commitMethod: "api",
      credentials: { forGit: () => Promise.resolve(app) },
      pullRequests: { apiUrls: { [new URL(url).host]: forge.url } },
    }).write(changes);
  };
  const states = (): readonly string[] => forge.pullRequests(name).map(({ state }) => state);

  it("is opened for all changes of its branch, and nothing is pushed", async () => {
    const results = await write(edit("a", "v2"), edit("b", "v2"));
    expect(results.map(codeOf)).toEqual(["written", "written"]);
    const log = await git.log(name, branchOf("v2"));
    expect(log.map(({ author }) => author)).toEqual(["app[bot]", "app[bot]", "Somebody Else"]);
    expect(results).toMatchObject([{ revision: log[1]?.id }, { revision: log[0]?.id }]);
    expect(pullRequestOf(results[0])).toMatchObject({ number: 1, state: "open" });
    expect(forge.pullRequests(name)).toMatchObject([{ labels: ["images"], author: "app[bot]" }]);
    expect(git.requests.some(({ service }) => service === "git-receive-pack")).toBe(false);
    const again = await write(edit("a", "v2"), edit("b", "v2"));
    expect(again.map(codeOf)).toEqual(["unchanged", "unchanged"]);
    expect(states()).toEqual(["open"]);
    await git.fsck(name);
  });

  it("is closed when a newer one takes its place, for its commits are ours", async () => {
    await write(edit("a", "v2"));
    const [result] = await write(edit("a", "v3"));
    expect(pullRequestOf(result)).toMatchObject({ number: 2, state: "open" });
    expect(notesOf(result)).toBe("");
    expect(states()).toEqual(["closed", "open"]);
  });

  it("stays open when somebody else committed to its branch, which a note says", async () => {
    await write(edit("a", "v2"));
    await git.commit(name, branchOf("v2"), { "theirs.txt": "x" }, "theirs");
    const [result] = await write(edit("a", "v3"));
    expect(notesOf(result)).toContain("somebody else committed");
    expect(states()).toEqual(["open", "open"]);
  });

  it("is opened once, though the answers to commit and request are lost", async () => {
    commits.setFaults([{ operation: "createCommitOnBranch", times: 1, dropAnswer: true }]);
    forge.setFaults([{ method: "POST", path: "/pulls", times: 1, dropAnswer: true }]);
    await write(edit("a", "v2"));
    const [result] = await write(edit("a", "v2"));
    expect(pullRequestOf(result)).toMatchObject({ number: 1, state: "open" });
    expect(await git.log(name, branchOf("v2"))).toHaveLength(2);
    expect(states()).toEqual(["open"]);
    forge.setFaults([]);
  });
});
