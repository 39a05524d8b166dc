import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startGitServer, type GitTestServer } from "../src/testing/index.js";
import { SERVERS } from "./servers.js";
import { change, codeOf, localGit, messageOf, override } from "./changes.js";
import { mainOf } from "../../../test/setup/whole.js";

// How branches are looked up is what differs here.
describe.each(
  mainOf(SERVERS.filter(({ title }) => !title.includes("filters") || title === "with filters")),
)("on a server $title,", ({ options }) => {
  let server: GitTestServer;
  let url: string;
  let name: string;
  let count = 0;

  beforeAll(async () => {
    server = await startGitServer(options);
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    count += 1;
    name = `branches-${count}`;
    const branches = { trunk: { "a.txt": "trunk" }, release: { "a.txt": "release" } };
    ({ url } = await server.createRepository(name, { branches, defaultBranch: "trunk" }));
    server.clearRequests();
  });

  const edit = (value = "v2"): ReturnType<typeof override> => override("app.yaml", value);
  const subjects = async (branch: string): Promise<readonly string[]> =>
    (await server.log(name, branch)).map(({ message }) => message.split("\n")[0] ?? "");

  describe("the branch that is written", () => {
    it.each([
      [undefined, "trunk"],
      ["", "trunk"],
      ["HEAD", "trunk"],
      ["release", "release"],
      ["refs/heads/release", "release"],
    ])("is, for the base %o, %s", async (base, branch) => {
      const [result] = await localGit().write([change("app", { repository: url, base }, [edit()])]);
      expect(result).toMatchObject({ kind: "written", branch });
      expect(await server.log(name, branch)).toHaveLength(2);
    });

    it("is created from the base, whose tip does not move", async () => {
      const location = { repository: url, base: "release", branch: "updates/app-v2" };
      const [result] = await localGit().write([change("app", location, [edit()])]);
      expect(result).toMatchObject({ kind: "written", branch: "updates/app-v2" });
      expect(await subjects("updates/app-v2")).toEqual([
        "build: automatic update of app",
        "first commit",
      ]);
      expect(await server.readFile(name, "updates/app-v2", "a.txt")).toBe("release");
      expect(await server.log(name, "release")).toHaveLength(1);
      await server.fsck(name);
    });

    it("is extended when it is there, even if its base is not", async () => {
      await server.git(name, ["branch", "work", "release"]);
      await server.commit(name, "work", { "b.txt": "somebody else's" });
      const location = { repository: url, base: "gone", branch: "work" };
      const [result] = await localGit().write([change("app", location, [edit()])]);
      expect(codeOf(result)).toBe("written");
      expect(await server.log(name, "work")).toHaveLength(3);
      expect(await server.readFile(name, "work", "b.txt")).toBe("somebody else's");
    });

    it("is not created when nothing changes", async () => {
      const location = { repository: url, base: "trunk", branch: "work" };
      expect(await localGit().write([change("app", location, [])])).toEqual([
        { kind: "unchanged" },
      ]);
      expect((await server.git(name, ["branch", "--list", "work"])).toString()).toBe("");
    });

    it("is pushed once per branch", async () => {
      const results = await localGit().write([
        change("one", { repository: url, base: "release" }, [override("one.yaml", "v2")]),
        change("two", { repository: url }, [override("two.yaml", "v2")]),
        change("three", { repository: url, branch: "release" }, [override("three.yaml", "v2")]),
      ]);
      expect(results.map(codeOf)).toEqual(["written", "written", "written"]);
      expect(await server.log(name, "release")).toHaveLength(3);
      expect(await server.log(name, "trunk")).toHaveLength(2);
      const services = server.requests.map(({ service }) => service);
      expect(services.filter((service) => service === "git-receive-pack")).toHaveLength(2);
    });
  });

  describe("a branch that cannot be written", () => {
    it.each([
      ["main", "branch-not-found", 'no branch "main"'],
      ["v1.2.3", "branch-not-found", "that is a tag"],
      ["0a1b2c3d4e", "branch-not-found", "looks like a commit id"],
      ["1.*", "branch-not-found", 'no branch "1.*"'],
    ])("as base, %s, is %s", async (base, code, words) => {
      await server.git(name, ["tag", "v1.2.3", "trunk"]);
      const [result] = await localGit().write([change("app", { repository: url, base }, [edit()])]);
      expect(codeOf(result)).toBe(code);
      expect(messageOf(result)).toContain(words);
    });

    it.each(["a..b", "sha256:abc", "x.lock", "-x", "a b", "HEAD@{1}", "/x", "x/", "a/.b"])(
      "is refused as %s",
      async (branch) => {
        const results = await localGit().write([
          change("app", { repository: url, base: "trunk", branch }, [edit()]),
          change("good", { repository: url, base: "trunk" }, [edit()]),
        ]);
        expect(results.map(codeOf)).toEqual(["invalid-branch", "written"]);
      },
    );

    it("is reported for a repository without any commit", async () => {
      const empty = await server.createRepository(`${name}-empty`);
      const results = await localGit().write([
        change("app", { repository: empty.url }, [edit()]),
        change("app", { repository: empty.url, base: "main" }, [edit()]),
      ]);
      expect(results.map(codeOf)).toEqual(["branch-not-found", "branch-not-found"]);
    });

    it("may also be one of a repository whose HEAD names nothing", async () => {
      await server.git(name, ["symbolic-ref", "HEAD", "refs/heads/gone"]);
      const results = await localGit().write([
        change("none", { repository: url }, [edit()]),
        change("app", { repository: url, base: "release" }, [edit()]),
      ]);
      expect(results.map(codeOf)).toEqual(["branch-not-found", "written"]);
      expect(messageOf(results[0])).toContain("name the base branch");
    });
  });
});
