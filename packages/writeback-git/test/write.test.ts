import fs from "node:fs";
import * as git from "isomorphic-git";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startGitServer, type GitTestServer } from "../src/testing/index.js";
import { change, codeOf, localGit, messageOf, override, setImage, setValue } from "./changes.js";

let server: GitTestServer;
let count = 0;

beforeAll(async () => {
  server = await startGitServer();
});
afterAll(() => server.close());
beforeEach(() => server.clearRequests());

async function repository(
  files: Parameters<GitTestServer["commit"]>[2] = {
    "values.yaml": "tag: v1\n",
    "chart/deep/values.yaml": "tag: v1\n",
  },
): Promise<{ readonly name: string; readonly url: string }> {
  count += 1;
  const name = `write-${count}`;
  const { url } = await server.createRepository(name, { branches: { main: files } });
  return { name, url };
}

const pushes = (): number =>
  server.requests.filter(({ service }) => service === "git-receive-pack").length;

describe("one change", () => {
  it.each(["values.yaml", "chart/deep/values.yaml"])("edits %s where it is", async (file) => {
    const { name, url } = await repository();
    const [result] = await localGit().write([
      change("app", { repository: url, base: "main" }, [setValue(file, "tag", "v2")]),
    ]);
    const [tip] = await server.log(name, "main");
    expect(result).toEqual({ kind: "written", revision: tip?.id, branch: "main", paths: [file] });
    expect(await server.readFile(name, "main", file)).toBe("tag: v2\n");
    await server.fsck(name);
  });

  it("makes commits that another reader understands", async () => {
    const { name, url } = await repository();
    const path = "chart/deep/values.yaml";
    const [result] = await localGit().write([
      change("ünïcode", { repository: url, base: "main" }, [setValue(path, "tag", "v2")]),
    ]);
    const gitdir = (await server.git(name, ["rev-parse", "--absolute-git-dir"])).toString().trim();
    const [tip, first, ...others] = await git.log({ fs, gitdir, ref: "main" });
    expect(others).toEqual([]);
    expect(result).toMatchObject({ kind: "written", revision: tip?.oid });
    expect(tip?.commit).toMatchObject({
      message: "build: automatic update of ünïcode\n",
      parent: [first?.oid],
      author: { name: "argocd-image-updater", email: "noreply@argoproj.io", timezoneOffset: 0 },
    });
    const oid = tip?.oid ?? "";
    const { blob } = await git.readBlob({ fs, gitdir, oid, filepath: path });
    expect(Buffer.from(blob).toString()).toBe("tag: v2\n");
    const { tree } = await git.readTree({ fs, gitdir, oid, filepath: "chart/deep" });
    expect(tree.map((entry) => entry.path)).toEqual(["values.yaml"]);
  });

  it("creates a file and the folders it needs, and keeps everything else", async () => {
    const { name, url } = await repository();
    const path = "overlays/new/.argocd-source-app.yaml";
    const [result] = await localGit().write([
      change("app", { repository: url, base: "main" }, [override(path, "v2")]),
    ]);
    expect(codeOf(result)).toBe("written");
    expect(await server.readFile(name, "main", path)).toContain("v2");
    const listed = await server.git(name, [
      "ls-tree",
      "-r",
      "--format=%(objectmode) %(path)",
      "main",
    ]);
    expect(listed.toString().trim().split("\n")).toEqual([
      "100644 chart/deep/values.yaml",
      `100644 ${path}`,
      "100644 values.yaml",
    ]);
    await server.fsck(name);
  });

  it("commits as upstream does, in UTC, with a message that ends in one line feed", async () => {
    const { name, url } = await repository();
    const now = new Date("2026-02-03T04:05:06.789Z");
    const clock = { now: () => now, delay: () => Promise.resolve() };
    const edits = [setValue("values.yaml", "tag", "v2")];
    await localGit({ clock }).write([change("app", { repository: url }, edits)]);
    const raw = (await server.git(name, ["cat-file", "commit", "main"])).toString();
    const who = `argocd-image-updater <noreply@argoproj.io> ${now.getTime() / 1000 - 0.789} +0000`;
    expect(raw).toContain(`\nauthor ${who}\ncommitter ${who}\n\nbuild: automatic update of app\n`);
    expect(raw.endsWith("update of app\n")).toBe(true);
  });

  it.each([
    [{ name: "A <b>\n", email: "a@example.com" }, "A b", "a@example.com"],
    [{ name: "", email: "a@example.com" }, "argocd-image-updater", "noreply@argoproj.io"],
  ])("names the author %o of the change", async (author, name, email) => {
    const { name: repositoryName, url } = await repository();
    const edits = [setValue("values.yaml", "tag", "v2")];
    await localGit().write([change("app", { repository: url }, edits, { author })]);
    const [tip] = await server.log(repositoryName, "main");
    expect(tip).toMatchObject({ author: name, email });
    await server.fsck(repositoryName);
  });

  it("neither commits nor pushes when nothing changes", async () => {
    const { name, url } = await repository();
    const result = await localGit().write([
      change("app", { repository: url }, [setValue("values.yaml", "tag", "v1")]),
      change("none", { repository: url }, []),
    ]);
    expect(result).toEqual([{ kind: "unchanged" }, { kind: "unchanged" }]);
    expect(await server.log(name, "main")).toHaveLength(1);
    expect(pushes()).toBe(0);
  });

  it("lets edits of one file see each other, in one commit", async () => {
    const { name, url } = await repository({ "values.yaml": "a: v1\nb: v1\n" });
    const edits = [setValue("values.yaml", "a", "v2"), setValue("values.yaml", "b", "v3")];
    await localGit().write([change("app", { repository: url }, edits)]);
    expect(await server.readFile(name, "main", "values.yaml")).toBe("a: v2\nb: v3\n");
    expect(await server.log(name, "main")).toHaveLength(2);
  });

  it("edits the first kustomization file that exists", async () => {
    const kustomization = "images:\n- name: nginx\n  newTag: v1\n";
    const { name, url } = await repository({ "app/kustomization.yml": kustomization });
    const names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
    const [first = "", ...others] = names.map((file) => `app/${file}`);
    const [result] = await localGit().write([
      change("app", { repository: url }, [setImage(first, ...others)]),
    ]);
    expect(result).toMatchObject({ kind: "written", paths: ["app/kustomization.yml"] });
    expect(await server.readFile(name, "main", "app/kustomization.yml")).toContain("newTag: v2");
  });
});

describe("several changes", () => {
  it("makes one commit each, in order, with one push for a branch", async () => {
    const { name, url } = await repository();
    const results = await localGit().write([
      change("one", { repository: url }, [setValue("values.yaml", "tag", "v2")]),
      change("two", { repository: `${url}/`, base: "main" }, [
        override(".argocd-source-two.yaml", "v2"),
      ]),
      change("three", { repository: url.replace(/\.git$/u, ""), base: "HEAD" }, [
        setValue("chart/deep/values.yaml", "tag", "v2"),
      ]),
    ]);
    expect(pushes()).toBe(1);
    const log = await server.log(name, "main");
    expect(log.map(({ message }) => message.split("\n")[0])).toEqual([
      "build: automatic update of three",
      "build: automatic update of two",
      "build: automatic update of one",
      "first commit",
    ]);
    const revisions = results.map((result) => (result.kind === "written" ? result.revision : ""));
    expect(revisions).toEqual(
      log
        .map(({ id }) => id)
        .slice(0, 3)
        .toReversed(),
    );
    await server.fsck(name);
  });

  it("fails only the change whose edit is refused, and leaves no trace of it", async () => {
    const { name, url } = await repository();
    const results = await localGit().write([
      change("one", { repository: url }, [setValue("values.yaml", "tag", "v2")]),
      change("bad", { repository: url }, [
        setValue("chart/deep/values.yaml", "tag", "v2"),
        setImage("missing/kustomization.yaml"),
      ]),
      change("outside", { repository: url }, [setValue("../values.yaml", "tag", "v2")]),
      change("patch", { repository: url }, [
        {
          kind: "application-patch",
          source: "/spec/source",
          changes: { kustomize: { images: [] } },
        },
      ]),
      change("nowhere", { repository: url }, [], { location: undefined }),
      change("two", { repository: url }, [override("two.yaml", "v2")]),
    ]);
    expect(results.map(codeOf)).toEqual([
      "written",
      "file-not-found",
      "unsafe-path",
      "unsupported",
      "unsupported",
      "written",
    ]);
    expect(await server.log(name, "main")).toHaveLength(3);
    expect(await server.readFile(name, "main", "chart/deep/values.yaml")).toBe("tag: v1\n");
  });

  it("fails only the repository that is gone", async () => {
    const { url } = await repository();
    const results = await localGit().write([
      change("gone", { repository: `${server.url}/gone.git` }, [override("a.yaml", "v2")]),
      change("here", { repository: url }, [override("a.yaml", "v2")]),
    ]);
    expect(results.map(codeOf)).toEqual(["not-found", "written"]);
    expect(messageOf(results[0])).toContain(`${server.url}/gone.git`);
  });
});

describe("a hook that refuses", () => {
  it("is reported as rejected, in its own words, without another attempt", async () => {
    const { name, url } = await repository();
    await server.installHook(name, "pre-receive", "echo 'main is frozen until Monday' >&2; exit 1");
    const results = await localGit().write([
      change("one", { repository: url }, [setValue("values.yaml", "tag", "v2")]),
      change("same", { repository: url }, [setValue("values.yaml", "tag", "v2")]),
      change("bad", { repository: url }, [setImage("none.yaml")]),
    ]);
    expect(results.map(codeOf)).toEqual(["rejected", "unchanged", "file-not-found"]);
    expect(messageOf(results[0])).toContain("main is frozen until Monday");
    expect(messageOf(results[0])).toContain("pre-receive hook declined");
    expect(pushes()).toBe(1);
    expect(await server.log(name, "main")).toHaveLength(1);
  });
});
