import { generateKeyPairSync } from "node:crypto";
import type { GitCredential } from "@image-updater/core";
import { MockAgent } from "undici";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createGithubApi } from "../src/api-commit/github-api.js";
import type { GitWriteBackSettings } from "../src/git-write-back-settings.js";
import { systemClock } from "@image-updater/core/system";
import { startGitServer, type GitTestServer } from "../src/testing/index.js";
import { startGithubApi, type GithubApiServer } from "../src/testing/start-github-api.js";
import { change, codeOf, localGit, messageOf, override, setImage, setValue } from "./changes.js";

const TOKEN = "ghs_0123456789abcdef";
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PEM = privateKey.export({ type: "pkcs1", format: "pem" }).toString();

// What a look at the branches is on GitHub.
const LOOK_UP = { command: "ls-refs" } as const;

describe("by the API of GitHub,", () => {
  let server: GitTestServer;
  let api: GithubApiServer;
  let url: string;
  let name: string;
  let count = 0;

  beforeAll(async () => {
    const auth = { username: "x-access-token", password: TOKEN };
    server = await startGitServer({ auth });
    api = await startGithubApi(server, { token: TOKEN });
  });
  afterAll(async () => {
    await api.close();
    await server.close();
  });
  beforeEach(async () => {
    count += 1;
    name = `team/app-${count}`;
    const files = {
      "values.yaml": "a: v1\nb: v1\n",
      "run.yaml": { content: "a: v1\n", mode: "100755" },
    };
    ({ url } = await server.createRepository(name, { branches: { main: files } }));
    server.setFaults([]);
    server.clearRequests();
    api.setFaults([]);
  });

  const target = (settings: GitWriteBackSettings = {}): ReturnType<typeof localGit> => {
    const app: GitCredential = {
      kind: "github-app",
      appId: "1",
      installationId: "2",
      privateKey: PEM,
      baseUrl: api.url,
    };
    const credentials = { forGit: () => Promise.resolve(app) };
    return localGit({ commitMethod: "api", credentials, ...settings });
  };
  const edit = (path: string, value: string): ReturnType<typeof change> =>
    change(`${path}-${value}`, { repository: url }, [setValue("values.yaml", path, value)]);
  const subjects = async (branch = "main"): Promise<readonly string[]> =>
    (await server.log(name, branch)).map(({ message }) => message.split("\n")[0] ?? "");
  const ours = (what: string): string => `build: automatic update of ${what}`;
  const commits = (): number =>
    api.operations.filter((operation) => operation === "createCommitOnBranch").length;

  describe("a commit", () => {
    it("is GitHub's, and nothing is pushed", async () => {
      const message = "build: automatic update of app\n\nupdates image a\nupdates image b\n";
      const [result] = await target().write([{ ...edit("a", "v2"), message }]);
      const [tip, ...others] = await server.log(name, "main");
      expect(result).toEqual({
        kind: "written",
        revision: tip?.id,
        branch: "main",
        paths: ["values.yaml"],
      });
      expect(others).toHaveLength(1);
      expect(tip).toMatchObject({ author: "app[bot]", message: message.trimEnd() });
      expect(await server.readFile(name, "main", "values.yaml")).toBe("a: v2\nb: v1\n");
      expect(server.requests.some(({ service }) => service === "git-receive-pack")).toBe(false);
      await server.fsck(name);
    });

    it("is one per change, in order", async () => {
      const results = await target().write([
        edit("a", "v2"),
        edit("a", "v2"),
        change("bad", { repository: url }, [setImage("none.yaml")]),
        edit("b", "v2"),
        change("new", { repository: url }, [override("new/app.yaml", "v2")]),
      ]);
      expect(results.map(codeOf)).toEqual([
        "written",
        "unchanged",
        "file-not-found",
        "written",
        "written",
      ]);
      expect(await subjects()).toEqual([ours("new"), ours("b-v2"), ours("a-v2"), "first commit"]);
      const revisions = results.map((result) => (result.kind === "written" ? result.revision : ""));
      const log = await server.log(name, "main");
      expect(revisions.filter((revision) => revision !== "")).toEqual(
        log
          .map(({ id }) => id)
          .slice(0, 3)
          .toReversed(),
      );
      await server.fsck(name);
    });

    it("is one for all where that is wanted", async () => {
      const changes = [edit("a", "v2"), edit("b", "v2")];
      const results = await target({ commits: "one" }).write(changes);
      expect(await subjects()).toEqual([
        "build: automatic update of 2 applications",
        "first commit",
      ]);
      const [tip] = await server.log(name, "main");
      expect(results).toMatchObject([{ revision: tip?.id }, { revision: tip?.id }]);
    });

    it("keeps the mode of a file that is there", async () => {
      const edits = [setValue("run.yaml", "a", "v2"), override("new.yaml", "v2")];
      await target().write([change("app", { repository: url }, edits)]);
      const listed = await server.git(name, ["ls-tree", "main", "run.yaml", "new.yaml"]);
      expect(listed.toString()).toMatch(/^100644 [^\n]*\tnew.yaml\n100755 [^\n]*\trun.yaml\n$/u);
    });

    it("is signed off where that is wanted, and signed by nobody but GitHub", async () => {
      const sign = (): Promise<string> => Promise.reject(new Error("not asked"));
      const author = { name: "Bot", email: "bot@example.com" };
      const settings = { signOff: true, signer: { sign }, author };
      const results = await target(settings).write([edit("a", "v2")]);
      expect(results.map(codeOf)).toEqual(["written"]);
      expect((await server.log(name, "main"))[0]?.message).toBe(
        `${ours("a-v2")}\n\nSigned-off-by: Bot <bot@example.com>`,
      );
    });

    it("is not asked for when nothing changes", async () => {
      const results = await target().write([edit("a", "v1")]);
      expect(results).toEqual([{ kind: "unchanged" }]);
      expect(commits()).toBe(0);
    });

    it("goes to a branch that is created at its base first", async () => {
      const location = { repository: url, base: "main", branch: "updates/app" };
      const results = await target().write([
        { ...edit("a", "v2"), location },
        { ...edit("b", "v2"), location },
      ]);
      expect(results.map(codeOf)).toEqual(["written", "written"]);
      expect(await subjects("updates/app")).toEqual([ours("b-v2"), ours("a-v2"), "first commit"]);
      expect(await subjects()).toEqual(["first commit"]);
      expect(api.operations.filter((operation) => operation === "createRef")).toHaveLength(1);
    });

    it("creates no branch when nothing changes", async () => {
      const location = { repository: url, base: "main", branch: "work" };
      await target().write([{ ...edit("a", "v1"), location }]);
      expect((await server.git(name, ["branch", "--list", "work"])).toString()).toBe("");
    });
  });

  describe("somebody else", () => {
    it("who pushes before the commit loses nothing", async () => {
      const before = (): Promise<string> =>
        server.commit(name, "main", { "values.yaml": "a: v1\nb: v9\n" }, "theirs");
      api.setFaults([{ operation: "createCommitOnBranch", times: 1, before }]);
      const results = await target().write([edit("a", "v2")]);
      expect(results.map(codeOf)).toEqual(["written"]);
      expect(await subjects()).toEqual([ours("a-v2"), "theirs", "first commit"]);
      expect(await server.readFile(name, "main", "values.yaml")).toBe("a: v2\nb: v9\n");
      expect(commits()).toBe(2);
    });

    it("who makes the same edit leaves nothing to do", async () => {
      const before = (): Promise<string> =>
        server.commit(name, "main", { "values.yaml": "a: v2\nb: v1\n" }, "theirs");
      api.setFaults([{ operation: "createCommitOnBranch", times: 1, before }]);
      expect(await target().write([edit("a", "v2")])).toEqual([{ kind: "unchanged" }]);
      expect(await subjects()).toEqual(["theirs", "first commit"]);
    });

    it("who creates the branch first loses nothing", async () => {
      const before = async (): Promise<void> => {
        await server.git(name, ["branch", "work", "main"]);
        await server.commit(name, "work", { "theirs.txt": "x" }, "theirs");
      };
      api.setFaults([{ operation: "createRef", times: 1, before }]);
      const location = { repository: url, base: "main", branch: "work" };
      const results = await target().write([{ ...edit("a", "v2"), location }]);
      expect(results.map(codeOf)).toEqual(["written"]);
      expect(await subjects("work")).toEqual([ours("a-v2"), "theirs", "first commit"]);
    });

    it("who is always faster makes it a conflict at the deadline", async () => {
      let theirs = 0;
      const before = async (): Promise<void> => {
        theirs += 1;
        await server.commit(name, "main", { "theirs.txt": String(theirs) }, "theirs");
      };
      api.setFaults([{ operation: "createCommitOnBranch", before }]);
      const results = await target({ deadlineMs: 400 }).write([edit("a", "v2")]);
      expect(results.map(codeOf)).toEqual(["conflict"]);
      expect(await server.log(name, "main")).toHaveLength(theirs + 1);
    });
  });

  describe("an answer that is lost", () => {
    it("is that of a commit that is found, and not made twice", async () => {
      api.setFaults([{ operation: "createCommitOnBranch", times: 1, dropAnswer: true }]);
      const [result] = await target().write([edit("a", "v2")]);
      const log = await server.log(name, "main");
      expect(log).toHaveLength(2);
      expect(result).toMatchObject({ kind: "written", revision: log[0]?.id });
      expect(commits()).toBe(1);
    });

    it("is that of a commit that is found below another one", async () => {
      const before = (): Promise<string> =>
        server.commit(name, "main", { "values.yaml": "a: v3\nb: v1\n" }, "theirs");
      // The first look is before the commit, the second is for it.
      const looks = [
        { ...LOOK_UP, times: 1 },
        { ...LOOK_UP, times: 1, before },
      ];
      server.setFaults(looks);
      api.setFaults([{ operation: "createCommitOnBranch", times: 1, dropAnswer: true }]);
      const [result] = await target().write([edit("a", "v2")]);
      const [theirs, made] = await server.log(name, "main");
      expect(theirs?.message).toContain("theirs");
      expect(result).toMatchObject({ kind: "written", revision: made?.id });
      expect(await subjects()).toEqual(["theirs", ours("a-v2"), "first commit"]);
      expect(commits()).toBe(1);
    });

    it("is that of a commit that is made later, while it is asked for again", async () => {
      const late = (): Promise<string> =>
        server.commit(name, "main", { "values.yaml": "a: v2\nb: v1\n" }, ours("a-v2"));
      api.setFaults([
        { operation: "createCommitOnBranch", times: 1, reply: { status: 502, body: {} } },
        { operation: "createCommitOnBranch", times: 1, before: late },
      ]);
      const [result] = await target().write([edit("a", "v2")]);
      const [tip] = await server.log(name, "main");
      expect(result).toMatchObject({ kind: "written", revision: tip?.id });
      expect(await subjects()).toEqual([ours("a-v2"), "first commit"]);
    });

    it("is looked for again when the branch cannot be read at once", async () => {
      server.setFaults([
        { ...LOOK_UP, times: 1 },
        { ...LOOK_UP, times: 1, status: 503 },
      ]);
      api.setFaults([{ operation: "createCommitOnBranch", times: 1, dropAnswer: true }]);
      const [result] = await target().write([edit("a", "v2")]);
      expect(codeOf(result)).toBe("written");
      expect(await subjects()).toEqual([ours("a-v2"), "first commit"]);
      expect(commits()).toBe(1);
    });

    it.each([
      [{ status: 502, body: {} }],
      [{ status: 200, body: { nonsense: true } }],
      [{ status: 200, body: { data: null, errors: [{ message: "Something went wrong" }] } }],
      [{ status: 200, body: { data: {}, errors: [{ type: "RATE_LIMITED", message: "slow" }] } }],
      [{ status: 403, body: {}, headers: { "retry-after": "0" } }],
    ])("and never was one, %o, is asked for again", async (reply) => {
      api.setFaults([{ operation: "createCommitOnBranch", times: 1, reply }]);
      expect((await target().write([edit("a", "v2")])).map(codeOf)).toEqual(["written"]);
      expect(await subjects()).toEqual([ours("a-v2"), "first commit"]);
      expect(commits()).toBe(2);
    });

    it("is that of a new branch that is there all the same", async () => {
      api.setFaults([{ operation: "createRef", times: 1, dropAnswer: true }]);
      const location = { repository: url, base: "main", branch: "work" };
      const results = await target().write([{ ...edit("a", "v2"), location }]);
      expect(results.map(codeOf)).toEqual(["written"]);
      expect(await subjects("work")).toEqual([ours("a-v2"), "first commit"]);
    });
  });

  describe("a refusal", () => {
    const errors = (type: string): object => ({
      data: { createCommitOnBranch: null },
      errors: [{ type, message: `no, ${TOKEN} may not` }],
    });

    it.each([
      [{ status: 200, body: errors("FORBIDDEN") }, "forbidden"],
      [{ status: 200, body: errors("NOT_FOUND") }, "not-found"],
      [{ status: 200, body: errors("UNPROCESSABLE") }, "rejected"],
      [{ status: 200, body: { errors: [{ message: "Variable $input is wrong" }] } }, "rejected"],
      [{ status: 401, body: { message: `Bad credentials ${TOKEN}` } }, "unauthorized"],
      [{ status: 403, body: { message: `no ${TOKEN}` } }, "forbidden"],
      [{ status: 404, body: {} }, "not-found"],
      [{ status: 503, body: { message: TOKEN } }, "unavailable"],
      [{ status: 200, body: "<html>" }, "invalid-response"],
    ])("in the form of %j is %s", async (reply, code) => {
      api.setFaults([{ operation: "createCommitOnBranch", reply }]);
      const results = await target().write([edit("a", "v2")]);
      expect(results.map(codeOf)).toEqual([code]);
      expect(messageOf(results[0])).toContain(url);
      expect(JSON.stringify(results)).not.toContain(TOKEN);
      expect(await subjects()).toEqual(["first commit"]);
    });

    it("to create a branch is one of the change", async () => {
      const reply = { status: 422, body: { message: "Reference name is not allowed" } };
      api.setFaults([{ operation: "createRef", reply }]);
      const location = { repository: url, base: "main", branch: "work" };
      const results = await target().write([{ ...edit("a", "v2"), location }]);
      expect(results.map(codeOf)).toEqual(["rejected"]);
      expect(messageOf(results[0])).toContain("not allowed");
    });

    it("of one commit leaves the others alone", async () => {
      const reply = { status: 200, body: errors("UNPROCESSABLE") };
      api.setFaults([{ operation: "createCommitOnBranch", times: 1, reply }]);
      const results = await target().write([edit("a", "v2"), edit("b", "v2")]);
      expect(results.map(codeOf)).toEqual(["rejected", "written"]);
      expect(await server.readFile(name, "main", "values.yaml")).toBe("a: v1\nb: v2\n");
    });
  });

  it("is left out without a GitHub App, and the results say so", async () => {
    const basic = { kind: "basic", username: "x-access-token", password: TOKEN } as const;
    const credentials = { forGit: () => Promise.resolve(basic) };
    const results = await target({ credentials }).write([edit("a", "v2"), edit("a", "v2")]);
    const notes = [expect.stringContaining("GitHub App")];
    expect(results).toMatchObject([{ kind: "written", notes }, { kind: "unchanged" }]);
    expect(api.operations).toEqual([]);
    expect((await server.log(name, "main"))[0]?.author).toBe("argocd-image-updater");
  });

  it("is cancelled by a signal", async () => {
    const controller = new AbortController();
    const before = async (): Promise<void> => controller.abort();
    api.setFaults([{ operation: "createCommitOnBranch", before }]);
    const { signal } = controller;
    const results = await target().write([edit("a", "v2"), edit("b", "v2")], { signal });
    expect(results.map(codeOf)).toEqual(["cancelled", "cancelled"]);
  });
});

describe("the API of GitHub", () => {
  it.each([
    ["https://github.com/o/r.git", undefined, "https://api.github.com", "/graphql", "/repos/o/r"],
    [
      "https://github.com/o/r",
      "https://api.github.com",
      "https://api.github.com",
      "/graphql",
      "/repos/o/r",
    ],
    [
      "https://git.example.com/o/r.git",
      undefined,
      "https://git.example.com",
      "/api/graphql",
      "/api/v3/repos/o/r",
    ],
    [
      "https://git.example.com/o/r.git",
      "https://ghe.example.com/api/v3",
      "https://ghe.example.com",
      "/api/graphql",
      "/api/v3/repos/o/r",
    ],
    [
      "https://team.ghe.com/o/r.git",
      "https://api.team.ghe.com",
      "https://api.team.ghe.com",
      "/graphql",
      "/repos/o/r",
    ],
  ])("of %s with the base URL %s is at %s%s", async (target, baseUrl, origin, graphql, rest) => {
    const dispatcher = new MockAgent();
    dispatcher.disableNetConnect();
    const pool = dispatcher.get(origin);
    const oid = "a".repeat(40);
    const data = { createCommitOnBranch: { commit: { oid } } };
    pool.intercept({ method: "POST", path: graphql }).reply(200, { data });
    pool.intercept({ method: "POST", path: `${rest}/git/refs` }).reply(201, {});
    const clock = systemClock();
    const limits = { target, clock, random: Math.random, deadlineMs: 0, signal: undefined };
    const forge = { kind: "github-app", token: TOKEN, baseUrl, dispatcher } as const;
    const api = createGithubApi({ forge, target, branch: "main", limits });
    await api.createBranch(oid);
    const commit = { parent: oid, subject: "s", body: "", files: new Map() };
    expect(await api.createCommit(commit)).toBe(oid);
    dispatcher.assertNoPendingInterceptors();
    await dispatcher.close();
  });

  it("has no repository of another form", () => {
    const clock = systemClock();
    const target = "https://github.com/only-one";
    const limits = { target, clock, random: Math.random, deadlineMs: 0, signal: undefined };
    const forge = { kind: "github-app", token: TOKEN, dispatcher: undefined } as const;
    expect(() => createGithubApi({ forge, target, branch: "main", limits })).toThrow(
      expect.objectContaining({ code: "unsupported" }),
    );
  });
});
