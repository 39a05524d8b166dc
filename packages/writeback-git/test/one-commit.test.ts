import type { WriteBackChange } from "@image-updater/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startGitServer, type GitTestServer } from "../src/testing/index.js";
import { change, codeOf, localGit, override, setImage, setValue } from "./changes.js";
import { SERVERS } from "./servers.js";
import { mainOf } from "../../../test/setup/whole.js";

const KINDS = mainOf(SERVERS);

describe.each(KINDS)("one commit for all changes of a branch, on a server $title,", (kind) => {
  let server: GitTestServer;
  let url: string;
  let name: string;
  let count = 0;

  beforeAll(async () => {
    server = await startGitServer(kind.options);
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    count += 1;
    name = `one-${count}`;
    const files = { "values.yaml": "a: v1\nb: v1\n", "chart/values.yaml": "tag: v1\n" };
    ({ url } = await server.createRepository(name, { branches: { main: files } }));
    server.setFaults([]);
  });

  const target = (): ReturnType<typeof localGit> => localGit({ commits: "one" });
  const app = (application: string, ...edits: WriteBackChange["edits"]): WriteBackChange =>
    change(application, { repository: url }, edits, {
      message: `build: automatic update of ${application}\n\nupdates image of ${application}\n`,
    });

  it("holds the edits of all, and every result names it", async () => {
    const results = await target().write([
      app("one", setValue("values.yaml", "a", "v2")),
      app("same", setValue("values.yaml", "a", "v2")),
      app("two", setValue("values.yaml", "b", "v2"), override("new/two.yaml", "v2")),
    ]);
    const [tip, ...others] = await server.log(name, "main");
    const written = { kind: "written", revision: tip?.id, branch: "main" };
    expect(results).toEqual([
      { ...written, paths: ["values.yaml"] },
      { kind: "unchanged" },
      { ...written, paths: ["values.yaml", "new/two.yaml"] },
    ]);
    expect(others).toHaveLength(1);
    expect(tip?.message).toBe(
      "build: automatic update of 2 applications\n\nupdates image of one\n\nupdates image of two\n",
    );
    expect(await server.readFile(name, "main", "values.yaml")).toBe("a: v2\nb: v2\n");
    expect(await server.readFile(name, "main", "new/two.yaml")).toContain("v2");
    await server.fsck(name);
  });

  it("sends all that is in it and nothing else", async () => {
    const results = await target().write([
      app("one", setValue("chart/values.yaml", "tag", "v2")),
      app("two", setValue("values.yaml", "a", "v2")),
      app("three", override("new/three.yaml", "v2")),
      app("four", override("new/four.yaml", "v2")),
    ]);
    expect(results.map(codeOf)).toEqual(["written", "written", "written", "written"]);
    const dangling = await server.git(name, ["fsck", "--full", "--unreachable", "--no-reflogs"]);
    expect(dangling.toString()).not.toContain("tree");
  });

  it("has the message of the only change that altered something", async () => {
    const results = await target().write([
      app("one", setValue("values.yaml", "a", "v1")),
      app("two", setValue("values.yaml", "b", "v2")),
    ]);
    expect(results.map(codeOf)).toEqual(["unchanged", "written"]);
    expect((await server.log(name, "main"))[0]?.message).toBe(
      "build: automatic update of two\n\nupdates image of two\n",
    );
  });

  it("holds nothing of a change that fails", async () => {
    const results = await target().write([
      app("one", setValue("values.yaml", "a", "v2")),
      app("bad", setValue("chart/values.yaml", "tag", "v2"), setImage("none/kustomization.yaml")),
      app("inside", override("values.yaml/two.yaml", "v2")),
      app("two", setValue("values.yaml", "b", "v2")),
    ]);
    expect(results.map(codeOf)).toEqual(["written", "file-not-found", "unsafe-path", "written"]);
    expect(await server.readFile(name, "main", "chart/values.yaml")).toBe("tag: v1\n");
    expect(await server.readFile(name, "main", "values.yaml")).toBe("a: v2\nb: v2\n");
    expect(await server.log(name, "main")).toHaveLength(2);
    await server.fsck(name);
  });

  it("refuses a change that needs a folder where another one made a file", async () => {
    const results = await target().write([
      app("one", override("new.yaml", "v2")),
      app("two", override("new.yaml/inside.yaml", "v2")),
      app("three", override("other/new.yaml", "v2")),
    ]);
    expect(results.map(codeOf)).toEqual(["written", "unsafe-path", "written"]);
    await server.fsck(name);
  });

  it("is not made when changes undo each other", async () => {
    const results = await target().write([
      app("one", setValue("values.yaml", "a", "v2")),
      app("two", setValue("values.yaml", "a", "v1")),
    ]);
    expect(results).toEqual([{ kind: "unchanged" }, { kind: "unchanged" }]);
    expect(await server.log(name, "main")).toHaveLength(1);
  });

  it("is one per branch", async () => {
    await server.git(name, ["branch", "release", "main"]);
    const onRelease = { location: { repository: url, base: "release" } };
    const results = await target().write([
      app("one", setValue("values.yaml", "a", "v2")),
      { ...app("two", setValue("values.yaml", "a", "v3")), ...onRelease },
      app("three", setValue("values.yaml", "b", "v2")),
    ]);
    expect(results.map(codeOf)).toEqual(["written", "written", "written"]);
    expect(await server.log(name, "main")).toHaveLength(2);
    expect(await server.log(name, "release")).toHaveLength(2);
  });

  it("is made again on top of what somebody else pushed in between", async () => {
    const before = (): Promise<string> =>
      server.commit(name, "main", { "values.yaml": "a: v2\nb: v1\n" }, "theirs");
    server.setFaults([{ service: "git-receive-pack", times: 1, before }]);
    const results = await target().write([
      app("one", setValue("values.yaml", "a", "v2")),
      app("two", setValue("values.yaml", "b", "v2")),
    ]);
    expect(results.map(codeOf)).toEqual(["unchanged", "written"]);
    expect(await server.readFile(name, "main", "values.yaml")).toBe("a: v2\nb: v2\n");
    expect(await server.log(name, "main")).toHaveLength(3);
    await server.fsck(name);
  });
});

describe("the author of one commit", () => {
  let server: GitTestServer;
  beforeAll(async () => {
    server = await startGitServer();
  });
  afterAll(() => server.close());

  it.each([
    ["app-1", { name: "One", email: "one@example.com" }, "One"],
    ["app-2", undefined, "argocd-image-updater"],
  ])("is the one that all changes name, in %s", async (name, other, expected) => {
    const { url } = await server.createRepository(name, { branches: { main: { a: "a" } } });
    const author = { name: "One", email: "one@example.com" };
    await localGit({ commits: "one" }).write([
      change("one", { repository: url }, [override("one.yaml", "v2")], { author }),
      change("two", { repository: url }, [override("two.yaml", "v2")], { author: other }),
    ]);
    expect((await server.log(name, "main"))[0]?.author).toBe(expected);
  });
});
