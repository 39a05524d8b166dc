import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startGitServer, type FixtureFiles, type GitTestServer } from "../src/testing/index.js";
import { SERVERS } from "./servers.js";
import { change, codeOf, localGit, messageOf, override, setImage, setValue } from "./changes.js";
import { mainOf } from "../../../test/setup/whole.js";

/** Symbolic links, and what they lead to. */
const links = (targets: Readonly<Record<string, string>>): FixtureFiles =>
  Object.fromEntries(
    Object.entries(targets).map(([path, content]) => [path, { content, mode: "120000" }]),
  );

describe.each(mainOf(SERVERS.slice(0, 2)))("on a server $title,", ({ options }) => {
  let server: GitTestServer;
  let count = 0;
  let name: string;

  beforeAll(async () => {
    server = await startGitServer(options);
  });
  afterAll(() => server.close());
  beforeEach(() => {
    count += 1;
    name = `odd-${count}`;
  });

  const blob = async (text: string): Promise<string> =>
    (await server.git(name, ["hash-object", "-w", "--stdin"], text)).toString().trim();

  /** Entries of `git ls-tree`, byte for byte. */
  const list = async (tree: string): Promise<readonly string[]> =>
    (await server.git(name, ["ls-tree", "-r", "-z", tree]))
      .toString("latin1")
      .split("\0")
      .slice(0, -1);

  describe("what is not edited", () => {
    it("keeps its bytes, whatever its names and modes", async () => {
      const { url } = await server.createRepository(name);
      const content = await blob("tag: v1\n");
      const folder = Buffer.concat([
        Buffer.from(`100644 blob ${content}\tcaf`),
        Buffer.from([0xe9]),
        Buffer.from(`.yaml\0`),
        Buffer.from(`100755 blob ${content}\trun.yaml\0`),
        Buffer.from(`120000 blob ${content}\tlink\0`),
        Buffer.from(`160000 commit ${"1".repeat(40)}\tsubmodule\0`),
        Buffer.from(`100644 blob ${content}\tback\\slash\0`),
        Buffer.from(`100644 blob ${content}\ta\u{1F600}\0`),
        Buffer.from(`100644 blob ${content}\tvalues.yaml\0`),
      ]);
      const inner = (await server.git(name, ["mktree", "-z", "--missing"], folder))
        .toString()
        .trim();
      // `chart.yaml` comes before the folder `chart` in Git's order, `chart0` after it.
      const top = [
        `040000 tree ${inner}\tchart`,
        `100644 blob ${content}\tchart.yaml`,
        `100644 blob ${content}\tchart0`,
        "",
      ].join("\0");
      const root = (await server.git(name, ["mktree", "-z"], top)).toString().trim();
      const person = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
      const commit = await server.git(name, [...person, "commit-tree", root, "-m", "odd"]);
      await server.git(name, ["update-ref", "refs/heads/main", commit.toString().trim()]);
      const before = await list("main");

      const results = await localGit().write([
        change("one", { repository: url }, [setValue("chart/values.yaml", "tag", "v2")]),
        change("two", { repository: url }, [setValue("chart/run.yaml", "tag", "v3")]),
        change("three", { repository: url }, [override("chart/new.yaml", "v2")]),
        change("four", { repository: url }, [override("chart-b/new.yaml", "v2")]),
      ]);

      expect(results.map(codeOf)).toEqual(["written", "written", "written", "written"]);
      const after = await list("main");
      const edited = /chart\/(?:values|run|new)\.yaml$|chart-b\//u;
      expect(after.filter((entry) => !edited.test(entry))).toEqual(
        before.filter((entry) => !edited.test(entry)),
      );
      expect(after.filter((entry) => edited.test(entry))).toHaveLength(4);
      expect(after.find((entry) => entry.endsWith("chart/run.yaml"))).toMatch(/^100755 /u);
      expect(await server.readFile(name, "main", "chart/run.yaml")).toBe("tag: v3\n");
      await server.fsck(name);
    });
  });

  describe("a symbolic link that stays in the repository", () => {
    const files: FixtureFiles = {
      "common/values.yaml": "tag: v1\n",
      "common/deep/kustomization.yaml": "images:\n- name: nginx\n  newTag: v1\n",
      ...links({
        "k/values.yaml": "../common/values.yaml",
        "k/again.yaml": "./../k//values.yaml",
        "k/new.yaml": "../common/none/new.yaml",
        linked: "common",
        "app/base": "../linked/deep",
      }),
    };

    it.each([
      ["to a file", setValue("k/values.yaml", "tag", "v2"), "common/values.yaml"],
      ["to a link", setValue("k/again.yaml", "tag", "v2"), "common/values.yaml"],
      ["to a folder", setValue("linked/values.yaml", "tag", "v2"), "common/values.yaml"],
      ["on the way", setImage("app/base/kustomization.yaml"), "common/deep/kustomization.yaml"],
      ["to nothing yet", override("k/new.yaml", "v2"), "common/none/new.yaml"],
      ["to a folder of a new file", override("linked/new.yaml", "v2"), "common/new.yaml"],
    ])("%s is followed: what it leads to is edited", async (_title, edit, target) => {
      const { url } = await server.createRepository(name, { branches: { main: files } });
      const before = await list("main");
      const git = localGit();
      const [result] = await git.write([change("app", { repository: url }, [edit])]);
      expect(result).toMatchObject({ kind: "written", paths: [target] });
      expect(await server.readFile(name, "main", target)).toContain("v2");
      const after = await list("main");
      const isOther = (entry: string): boolean => !entry.endsWith(`\t${target}`);
      expect(after.filter(isOther)).toEqual(before.filter(isOther));
      await server.fsck(name);
      expect(await git.write([change("app", { repository: url }, [edit])])).toEqual([
        { kind: "unchanged" },
      ]);
    });

    it("is one file under two names, for edits of one change and of several", async () => {
      const first = "tag: v1\nother: v1\nthird: v1\n";
      const branches = { main: { ...files, "common/values.yaml": first } };
      const { url } = await server.createRepository(name, { branches });
      const results = await localGit().write([
        change("one", { repository: url }, [
          setValue("k/values.yaml", "tag", "v2"),
          setValue("common/values.yaml", "other", "v3"),
        ]),
        change("two", { repository: url }, [setValue("linked/values.yaml", "third", "v4")]),
      ]);
      expect(results.map(codeOf)).toEqual(["written", "written"]);
      const text = await server.readFile(name, "main", "common/values.yaml");
      expect(text).toBe("tag: v2\nother: v3\nthird: v4\n");
    });

    it("is read under the name that was asked for", async () => {
      const { url } = await server.createRepository(name, { branches: { main: files } });
      const { application, settings } = change("app", { repository: url }, []);
      const paths = ["k/values.yaml", "linked/values.yaml", "k/new.yaml"];
      const [read] = await localGit().read([
        { application, settings, location: { repository: url }, paths },
      ]);
      const values = Buffer.from("tag: v1\n");
      expect(read).toEqual({
        kind: "read",
        files: new Map([
          ["k/values.yaml", values],
          ["linked/values.yaml", values],
          ["k/new.yaml", undefined],
        ]),
      });
    });
  });

  describe("a path that must not be followed", () => {
    it.each([
      ["out.yaml", "unsafe-path", "out of the repository by a symbolic link"],
      ["absolute.yaml", "unsafe-path", "absolute.yaml is a symbolic link that leads out"],
      ["outside/values.yaml", "unsafe-path", "out of the repository"],
      ["loop.yaml", "unsafe-path", "more than 40"],
      ["empty.yaml", "unsafe-path", "to what is not a path"],
      ["folder.yaml", "unsafe-path", "a folder, not a file"],
      ["submodule.yaml", "unsafe-path", "module is a submodule, not a folder"],
      ["back.yaml", "unsafe-path", "nothing is there"],
      ["hook.yaml", "unsafe-path", ".git"],
      ["attributes.yaml", "unsafe-path", ".gitattributes"],
      ["workflow.yaml", "unsafe-path", ".github/workflows"],
      ["linked-github/workflows/ci.yaml", "unsafe-path", ".github/workflows"],
      [".github/workflows/ci.yaml", "unsafe-path", ".github/workflows"],
      [".gitmodules", "unsafe-path", ".gitmodules"],
      ["chart/.gitattributes", "unsafe-path", ".gitattributes"],
      ["module/values.yaml", "unsafe-path", "submodule"],
      ["values.yaml/inner.yaml", "unsafe-path", "not a folder"],
      ["chart", "unsafe-path", "a folder, not a file"],
      ["chart/../values.yaml", "unsafe-path", '".."'],
      [".git/config", "unsafe-path", ".git"],
      ["/values.yaml", "unsafe-path", "absolute"],
      ["lfs.yaml", "unsupported", "LFS"],
      ["huge.yaml", "too-large", "limit"],
    ])("%s is refused as %s, for edits and for reads", async (path, code, words) => {
      const { url } = await server.createRepository(name, {
        branches: {
          main: {
            "values.yaml": "tag: v1\n",
            "chart/values.yaml": "tag: v1\n",
            ".github/workflows/ci.yaml": "tag: v1\n",
            ...links({
              "out.yaml": "chart/../../values.yaml",
              "absolute.yaml": "/values.yaml",
              outside: "..",
              "loop.yaml": "loop.yaml",
              "empty.yaml": "",
              "folder.yaml": "chart/",
              "submodule.yaml": "module/values.yaml",
              "back.yaml": "none/../values.yaml",
              "hook.yaml": ".git/hooks/post-checkout",
              "attributes.yaml": "chart/.gitattributes",
              "workflow.yaml": ".github/workflows/ci.yaml",
              "linked-github": ".github",
            }),
            module: { content: "1".repeat(40), mode: "160000" },
            "lfs.yaml": `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 1\n`,
            ...(path === "huge.yaml" ? { "huge.yaml": "a".repeat(10 * 1024 * 1024 + 1) } : {}),
          },
        },
      });
      const edit = setValue(path, "tag", "v2");
      const written = await localGit().write([change("app", { repository: url }, [edit])]);
      const { application, settings } = change("app", { repository: url }, []);
      const location = { repository: url };
      const read = await localGit().read([{ application, settings, location, paths: [path] }]);
      expect([...written, ...read].map(codeOf)).toEqual([code, code]);
      expect(messageOf(written[0])).toContain(words);
      expect(messageOf(written[0])).toContain(path);
      expect(await server.log(name, "main")).toHaveLength(1);
    });

    it("is one that a change writes both as a file and as a folder", async () => {
      const { url } = await server.createRepository(name, { branches: { main: { a: "a" } } });
      const edits = [override("new", "v2"), override("new/file.yaml", "v2")];
      const [result] = await localGit().write([change("app", { repository: url }, edits)]);
      expect(codeOf(result)).toBe("unsafe-path");
    });
  });
});
