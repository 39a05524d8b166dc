import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startGitServer } from "../src/testing/index.js";
import { change, codeOf, gitSettings, messageOf, override } from "./changes.js";
import { FORGES, TOKEN } from "./forge/forges.js";
import {
  branchOf,
  notesOf,
  pullRequestOf,
  startForgeWorld,
  type ForgeProject,
  type ForgeWorld,
} from "./forge/forge-world.js";
import { mainOf } from "../../../test/setup/whole.js";

describe.each(mainOf(FORGES))("on %s, a change that asks for a pull request", (kind) => {
  let world: ForgeWorld;
  let project: ForgeProject;

  beforeAll(async () => {
    world = await startForgeWorld(kind);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    project = await world.createRepository();
    forget();
  });
  afterEach(() => world.api.setFaults([]));

  const forget = (): void => {
    world.api.clearRequests();
    world.git.clearRequests();
  };
  const pushes = (): number =>
    world.git.requests.filter(({ service }) => service === "git-receive-pack").length;

  describe("is written to a branch of its own, and", () => {
    it("one is opened", async () => {
      const [result] = await project.write([project.change("v2")]);
      const url: unknown = expect.stringContaining(`${project.path}/`);
      expect(result).toMatchObject({ kind: "written", branch: branchOf("v2") });
      expect(pullRequestOf(result)).toEqual({ number: 1, url, state: "open" });
      expect(notesOf(result)).toBe("");
      expect(project.pullRequests()).toMatchObject([
        {
          head: branchOf("v2"),
          base: "main",
          title: "build: automatic update of app",
          body: "updates image nginx to v2",
          labels: [],
        },
      ]);
      expect(await project.subjects(branchOf("v2"))).toHaveLength(2);
      expect(await project.subjects("main")).toHaveLength(1);
      await world.git.fsck(project.path);
    });

    it.each([undefined, "HEAD", "refs/heads/main"])(
      "one is opened for the base %o",
      async (base) => {
        const location = { repository: project.url, base, branch: branchOf("v2") };
        const [result] = await project.write([project.change("v2", { location })]);
        expect(pullRequestOf(result)).toMatchObject({ number: 1, state: "open" });
        expect(project.pullRequests()).toMatchObject([{ base: "main", head: branchOf("v2") }]);
      },
    );

    it("the second time, nothing is written anywhere", async () => {
      const labels = ["images", "bot"];
      const settings = { ...gitSettings, pullRequest: { forge: kind, labels } };
      const [first] = await project.write([project.change("v2", { settings })]);
      forget();
      const [second] = await project.write([project.change("v2", { settings })]);
      expect(second).toEqual({ kind: "unchanged", pullRequest: pullRequestOf(first) });
      expect(world.api.writes()).toEqual([]);
      expect(pushes()).toBe(0);
      expect(project.pullRequests()).toMatchObject([{ labels: ["images", "bot"] }]);
    });

    it("one is opened for all changes of the branch", async () => {
      const changes = ["one", "two"].map((name) =>
        project.change("v2", {
          application: { name, namespace: "argocd" },
          edits: [override(`${name}.yaml`, "v2")],
          message: `build: update of ${name}\n\nsets ${name} to v2\n`,
        }),
      );
      const results = await project.write(changes);
      expect(results.map(codeOf)).toEqual(["written", "written"]);
      const [pullRequest, ...others] = project.pullRequests();
      expect(others).toEqual([]);
      expect(pullRequest?.title).toContain("2 applications");
      expect(pullRequest?.body).toBe(
        "### argocd/one\n\nsets one to v2\n\n### argocd/two\n\nsets two to v2",
      );
      forget();
      expect((await project.write(changes)).map(codeOf)).toEqual(["unchanged", "unchanged"]);
      expect(world.api.writes()).toEqual([]);
    });

    it("its branch keeps what a change without one writes to it in the same call", async () => {
      const location = { repository: project.url, base: "main", branch: branchOf("v2") };
      const plain = change("other", location, [override("other.yaml", "v2")]);
      const results = await project.write([plain, project.change("v2")]);
      expect(results.map(codeOf)).toEqual(["written", "written"]);
      const branch = branchOf("v2");
      expect(await world.git.readFile(project.path, branch, "other.yaml")).toContain("v2");
      expect(await world.git.readFile(project.path, branch, "app.yaml")).toContain("v2");
      expect(project.pullRequests()).toHaveLength(1);
    });

    it("one is opened with the token that stands in the URL of the repository", async () => {
      const repository = project.url.replace("//", `//bot:${TOKEN}@`);
      const location = { repository, base: "main", branch: branchOf("v2") };
      const results = await project.write([project.change("v2", { location })], {
        credentials: undefined,
      });
      expect(pullRequestOf(results[0])).toMatchObject({ number: 1, state: "open" });
      expect(JSON.stringify(results)).not.toContain(TOKEN);
    });

    it("one that fails does not stop the others of the branch", async () => {
      const bad = project.change("v2", { edits: [override("../outside.yaml", "v2")] });
      const results = await project.write([bad, project.change("v2")]);
      expect(results.map(({ kind: outcome }) => outcome)).toEqual(["failed", "written"]);
      expect(pullRequestOf(results[1])).toMatchObject({ number: 1, state: "open" });
      // Of what is not in it, it does not speak.
      expect(project.pullRequests()).toMatchObject([{ body: "updates image nginx to v2" }]);
    });

    it("none is opened when the base holds it already", async () => {
      await project.write([
        change("app", { repository: project.url, base: "main" }, [override("app.yaml", "v2")]),
      ]);
      forget();
      const [result] = await project.write([project.change("v2")]);
      expect(result).toEqual({ kind: "unchanged" });
      expect(await project.branches()).toEqual(["main"]);
      expect(world.api.writes()).toEqual([]);
    });

    it("none is opened again when it was merged", async () => {
      await project.write([project.change("v2")]);
      await world.git.git(project.path, ["update-ref", "refs/heads/main", branchOf("v2")]);
      world.api.edit(project.path, 1, { state: "merged" });
      forget();
      const [result] = await project.write([project.change("v2")]);
      expect(result).toMatchObject({
        kind: "unchanged",
        pullRequest: { number: 1, state: "merged" },
      });
      expect(world.api.writes()).toEqual([]);
      await world.git.git(project.path, ["branch", "-D", branchOf("v2")]);
      expect(await project.write([project.change("v2")])).toEqual([result]);
      expect(await project.branches()).toEqual(["main"]);
    });

    it("it stays as it was approved while others change other files of its base", async () => {
      await project.write([project.change("v2")]);
      const approved = await world.git.log(project.path, branchOf("v2"));
      forget();
      for (const number of [1, 2, 3, 4, 5]) {
        const files = { [`docs/${number}.md`]: "newer" };
        await world.git.commit(project.path, "main", files, "on main");
        const [result] = await project.write([project.change("v2")]);
        expect(result).toMatchObject({ kind: "unchanged", pullRequest: { number: 1 } });
      }
      expect(await world.git.log(project.path, branchOf("v2"))).toEqual(approved);
      expect(pushes()).toBe(0);
      expect(world.api.writes()).toEqual([]);
    });

    it("it is made anew, in the same pull request, when it no longer merges", async () => {
      await project.write([project.change("v2")]);
      const theirs =
        "helm:\n  parameters:\n  - name: image.tag\n    value: v1\n    forcestring: true\n";
      await world.git.commit(project.path, "main", { "app.yaml": theirs }, "on main");
      const [result] = await project.write([project.change("v2")]);
      expect(result).toMatchObject({ kind: "written", pullRequest: { number: 1 } });
      expect(await project.subjects(branchOf("v2"))).toEqual([
        "build: automatic update of app",
        "on main",
        "first commit",
      ]);
      expect(project.pullRequests()).toHaveLength(1);
    });

    it("one follows its base", async () => {
      await project.write([project.change("v2")]);
      await world.git.commit(project.path, "main", { "b.txt": "newer" }, "on main");
      const [result] = await project.write([
        project.change("v2", { edits: [override("app.yaml", "v2"), override("b.yaml", "v2")] }),
      ]);
      expect(result).toMatchObject({ kind: "written", pullRequest: { number: 1 } });
      expect(await project.subjects(branchOf("v2"))).toEqual([
        "build: automatic update of app",
        "on main",
        "first commit",
      ]);
      expect(project.pullRequests()).toHaveLength(1);
    });
  });

  describe("whose pull request is open", () => {
    it("restores its text, and keeps labels and the mark of a draft", async () => {
      await project.write([project.change("v2")]);
      const title = "Draft: something else";
      world.api.edit(project.path, 1, { title, body: "of others", labels: ["by hand"] });
      const settings = { ...gitSettings, pullRequest: { forge: kind, labels: ["images"] } };
      const [result] = await project.write([project.change("v2", { settings })]);
      expect(result?.kind).toBe("unchanged");
      expect(project.pullRequests()).toMatchObject([
        {
          title: "Draft: build: automatic update of app",
          body: "updates image nginx to v2",
          labels: ["by hand", "images"],
        },
      ]);
      forget();
      await project.write([project.change("v2", { settings })]);
      expect(world.api.writes()).toEqual([]);
    });

    it("does not mind how the forge ends lines", async () => {
      const message = "a title\n\none\ntwo\n";
      await project.write([project.change("v2", { message })]);
      world.api.edit(project.path, 1, { body: "one\r\ntwo\r\n" });
      forget();
      await project.write([project.change("v2", { message })]);
      expect(world.api.writes()).toEqual([]);
    });
  });

  describe("whose pull request somebody closed", () => {
    it("is left alone, as its branch is", async () => {
      await project.write([project.change("v2")]);
      world.api.edit(project.path, 1, { state: "closed" });
      await world.git.git(project.path, ["branch", "-D", branchOf("v2")]);
      forget();
      const [result] = await project.write([project.change("v2")]);
      expect(result).toMatchObject({
        kind: "unchanged",
        pullRequest: { number: 1, state: "closed" },
      });
      expect(notesOf(result)).toContain("somebody closed pull request 1");
      expect(await project.branches()).toEqual(["main"]);
      expect(world.api.writes()).toEqual([]);
      expect(pushes()).toBe(0);
    });

    it("does not hold back another update", async () => {
      await project.write([project.change("v2")]);
      world.api.edit(project.path, 1, { state: "closed" });
      const [result] = await project.write([project.change("v3")]);
      expect(pullRequestOf(result)).toMatchObject({ number: 2, state: "open" });
    });

    it("goes on in an older one that is open", async () => {
      await project.write([project.change("v2")]);
      world.api.open(project.path, { head: branchOf("v2"), base: "main", state: "closed" });
      const [result] = await project.write([project.change("v2")]);
      expect(pullRequestOf(result)).toMatchObject({ number: 1, state: "open" });
    });

    it("goes on once it is open again", async () => {
      await project.write([project.change("v2")]);
      world.api.edit(project.path, 1, { state: "closed" });
      await project.write([project.change("v2")]);
      world.api.edit(project.path, 1, { state: "open" });
      const [result] = await project.write([project.change("v2")]);
      expect(pullRequestOf(result)).toMatchObject({ number: 1, state: "open" });
    });
  });

  describe("fails", () => {
    it.each([
      ["a token that is refused", { status: 401 }, "unauthorized"],
      ["a rate limit", { status: 429, headers: { "retry-after": "3600" } }, "unavailable"],
      ["a page instead of an answer", { status: 200, body: "<html>" }, "invalid-response"],
    ] as const)("with %s, before anything is pushed", async (_title, fault, code) => {
      world.api.setFaults([fault]);
      const results = await project.write([
        project.change("v2"),
        change("plain", { repository: project.url, base: "main" }, [override("b.yaml", "v2")]),
      ]);
      expect(results.map(codeOf)).toEqual([code, "written"]);
      expect(JSON.stringify(results)).not.toContain(TOKEN);
      expect(await project.branches()).toEqual(["main"]);
    });

    it("when one cannot be opened, and the next run opens it", async () => {
      world.api.setFaults([{ method: "POST", status: 500 }]);
      const [result] = await project.write([project.change("v2")]);
      expect(codeOf(result)).toBe("unavailable");
      expect(messageOf(result)).toContain(`${branchOf("v2")} is pushed`);
      world.api.setFaults([]);
      const [second] = await project.write([project.change("v2")]);
      expect(second).toMatchObject({
        kind: "unchanged",
        pullRequest: { number: 1, state: "open" },
      });
    });

    it("when the answer is lost, and the next run finds what was opened", async () => {
      world.api.setFaults([{ method: "POST", dropAnswer: true }]);
      expect(codeOf((await project.write([project.change("v2")]))[0])).toBe("unavailable");
      world.api.setFaults([]);
      const [second] = await project.write([project.change("v2")]);
      expect(pullRequestOf(second)).toMatchObject({ number: 1, state: "open" });
      expect(project.pullRequests()).toHaveLength(1);
    });

    it("without a token, before anything is pushed", async () => {
      const open = await startGitServer();
      const branches = { main: { "app.yaml": "a: 1\n" } };
      const { url: repository } = await open.createRepository("team/open", { branches });
      const location = { repository, base: "main", branch: branchOf("v2") };
      const [result] = await project.write([project.change("v2", { location })], {
        credentials: undefined,
      });
      expect(codeOf(result)).toBe("unsupported");
      expect(messageOf(result)).toContain("needs a token");
      expect((await open.git("team/open", ["branch", "--list"])).toString()).toBe("* main\n");
      await open.close();
    });

    it.each([
      ["no branch of its own", { branch: undefined }, "invalid-branch", "branch of its own"],
      ["the base as its branch", { branch: "main" }, "invalid-branch", "branch of its own"],
      ["a base that is not there", { base: "gone" }, "branch-not-found", 'no branch "gone"'],
    ])("with %s", async (_title, names, code, words) => {
      await world.git.git(project.path, ["branch", branchOf("v2"), "main"]);
      const location = { repository: project.url, base: "main", branch: branchOf("v2"), ...names };
      const [result] = await project.write([project.change("v2", { location })]);
      expect(codeOf(result)).toBe(code);
      expect(messageOf(result)).toContain(words);
      expect(world.api.requests).toEqual([]);
    });
  });

  it("is kept apart from one for the same branch that asks for none", async () => {
    const plain = { settings: gitSettings, edits: [override("b.yaml", "v2")] };
    const results = await project.write([project.change("v2"), project.change("v2", plain)]);
    expect(results.map(codeOf)).toEqual(["written", "written"]);
    expect(results.map(pullRequestOf)).toEqual([expect.anything(), undefined]);
    expect(project.pullRequests()).toHaveLength(1);
  });

  it("has one for each base that it is to be merged into", async () => {
    await world.git.git(project.path, ["branch", "release", "main"]);
    const head = branchOf("v2");
    const bases = ["main", "release"].map((base) =>
      project.change("v2", { location: { repository: project.url, base, branch: head } }),
    );
    await project.write(bases.slice(0, 1));
    const results = await project.write(bases);
    expect(results.map(pullRequestOf)).toMatchObject([{ number: 1 }, { number: 2 }]);
    expect(project.pullRequests()).toMatchObject([
      { base: "main", state: "open" },
      { base: "release", state: "open" },
    ]);
  });

  it("finds the one that somebody else opened at the same moment", async () => {
    const head = branchOf("v2");
    const before = (): unknown => world.api.open(project.path, { head, base: "main" });
    world.api.setFaults([{ method: "POST", before, times: 1 }]);
    const [result] = await project.write([project.change("v2")]);
    expect(result).toMatchObject({ kind: "written", pullRequest: { number: 1, state: "open" } });
    expect(project.pullRequests()).toHaveLength(1);
  });

  it("is labelled later when that fails, and says so", async () => {
    const settings = { ...gitSettings, pullRequest: { forge: kind, labels: ["images"] } };
    await project.write([project.change("v2")]);
    world.api.setFaults([
      { method: "POST", path: "/labels", status: 403, body: { message: "no labels" } },
      { method: "PUT", status: 403, body: { message: "no labels" } },
    ]);
    const [result] = await project.write([project.change("v2", { settings })]);
    expect(result).toMatchObject({ kind: "unchanged", pullRequest: { number: 1, state: "open" } });
    expect(notesOf(result)).toMatch(/lacks the labels images.*no labels/u);
    world.api.setFaults([]);
    const [second] = await project.write([project.change("v2", { settings })]);
    expect(notesOf(second)).toBe("");
    expect(project.pullRequests()).toMatchObject([{ labels: ["images"] }]);
  });
});
