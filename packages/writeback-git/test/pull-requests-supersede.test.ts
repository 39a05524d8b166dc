import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, override } from "./changes.js";
import { FORGES } from "./forge/forges.js";
import {
  branchOf,
  notesOf,
  pullRequestOf,
  startForgeWorld,
  type ForgeProject,
  type ForgeWorld,
} from "./forge/forge-world.js";
import { mainOf } from "../../../test/setup/whole.js";

describe.each(mainOf(FORGES))("on %s, a pull request whose place a newer one takes", (kind) => {
  let world: ForgeWorld;
  let project: ForgeProject;

  beforeAll(async () => {
    world = await startForgeWorld(kind);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    project = await world.createRepository();
    await project.write([project.change("v2")]);
    world.api.clearRequests();
    world.git.clearRequests();
  });
  afterEach(() => world.api.setFaults([]));

  const states = (): readonly string[] => project.pullRequests().map(({ state }) => state);
  const commitByHand = (branch: string): Promise<string> =>
    world.git.commit(project.path, branch, { "c.txt": "by hand" }, "by hand");

  it("is closed, with a comment that names the newer one", async () => {
    const [result] = await project.write([project.change("v3")]);
    expect(pullRequestOf(result)).toMatchObject({ number: 2, state: "open" });
    expect(notesOf(result)).toBe("");
    const [old, newer] = project.pullRequests();
    expect(old).toMatchObject({ state: "closed", title: "build: automatic update of app" });
    expect(old?.body).toMatch(/^updates image nginx to v2\n\n<!-- .* -->$/u);
    expect(old?.comments).toHaveLength(1);
    expect(old?.comments[0]).toMatch(/\/2$/u);
    expect(newer).toMatchObject({ state: "open", comments: [] });
    world.api.clearRequests();
    await project.write([project.change("v3")]);
    expect(world.api.writes()).toEqual([]);
  });

  it("is closed among many others, of which none is", async () => {
    const others = ["fix", "image-updater-", branchOf("v2", "deadbeef")];
    for (const head of others) world.api.open(project.path, { head, base: "main" });
    world.api.open(project.path, { head: branchOf("v2"), base: "release" });
    world.api.open(project.path, { head: branchOf("v1"), base: "main", fork: true });
    const [result] = await project.write([project.change("v3")]);
    expect(pullRequestOf(result)).toMatchObject({ number: 7, state: "open" });
    expect(states()).toEqual(["closed", "open", "open", "open", "open", "open", "open"]);
  });

  it("is closed although its branch is gone", async () => {
    await world.git.git(project.path, ["branch", "-D", branchOf("v2")]);
    await project.write([project.change("v3")]);
    expect(states()).toEqual(["closed", "open"]);
  });

  it("stays open where the settings say so", async () => {
    await project.write([project.change("v3")], { pullRequests: { supersede: "keep" } });
    expect(states()).toEqual(["open", "open"]);
  });

  it("stays open when somebody else committed to its branch, which a note says", async () => {
    await commitByHand(branchOf("v2"));
    const [result] = await project.write([project.change("v3")]);
    expect(result?.kind).toBe("written");
    expect(notesOf(result)).toContain("pull request 1");
    expect(notesOf(result)).toContain("somebody else committed");
    expect(states()).toEqual(["open", "open"]);
  });

  it("is closed by the author that its commits name", async () => {
    const author = { name: "Release Bot", email: "bot@example.com" };
    const branch = branchOf("v4");
    const location = { repository: project.url, base: "main", branch };
    await project.write([project.change("v4", { location, author })]);
    expect(states()).toEqual(["closed", "open"]);
    const [result] = await project.write([project.change("v5")]);
    expect(notesOf(result)).toContain("pull request 2");
    await project.write([project.change("v6", { author })]);
    expect(states()).toEqual(["closed", "closed", "closed", "open"]);
  });

  it("stays open when both are wanted by changes of one call", async () => {
    const other = { edits: [override("b.yaml", "v3")], application: OTHER };
    const both = [project.change("v2"), project.change("v3", other)];
    const results = await project.write(both);
    expect(results.map(codeOf)).toEqual(["unchanged", "written"]);
    expect(states()).toEqual(["open", "open"]);
    world.api.clearRequests();
    await project.write(both);
    expect(world.api.writes()).toEqual([]);
  });

  it("is opened anew when its update is wanted again", async () => {
    await project.write([project.change("v3")]);
    const [result] = await project.write([project.change("v2")]);
    expect(result).toMatchObject({ kind: "unchanged", pullRequest: { number: 3, state: "open" } });
    expect(states()).toEqual(["closed", "closed", "open"]);
  });

  it("stays open once a person opened it again", async () => {
    await project.write([project.change("v3")]);
    world.api.edit(project.path, 1, { state: "open" });
    const [result] = await project.write([project.change("v3")]);
    expect(notesOf(result)).toBe("");
    expect(states()).toEqual(["open", "open"]);
  });

  it("stays open when closing fails, which a note says, and is closed later", async () => {
    const fault = { status: 403, body: { message: "not yours" } };
    world.api.setFaults(["PATCH", "PUT"].map((method) => ({ method, ...fault })));
    const [result] = await project.write([project.change("v3")]);
    expect(result).toMatchObject({ kind: "written", pullRequest: { number: 2 } });
    expect(notesOf(result)).toMatch(/pull request 1 .*could not be closed.*not yours/u);
    world.api.setFaults([]);
    const [second] = await project.write([project.change("v3")]);
    expect(notesOf(second)).toBe("");
    expect(states()).toEqual(["closed", "open"]);
  });

  it("stays open when the newer one cannot be opened", async () => {
    world.api.setFaults([{ method: "POST", status: 500 }]);
    await project.write([project.change("v3")]);
    expect(states()).toEqual(["open"]);
  });

  it("stays open when the newer one was closed by a person", async () => {
    world.api.open(project.path, { head: branchOf("v3"), base: "main", state: "closed" });
    await project.write([project.change("v3")]);
    expect(states()).toEqual(["open", "closed"]);
  });
});

const OTHER = { name: "other", namespace: "argocd" };
