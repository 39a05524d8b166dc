import type { Clock } from "@image-updater/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startGitServer, type GitTestServer } from "../src/testing/index.js";
import { SERVERS } from "./servers.js";
import { change, codeOf, localGit, messageOf, override, setImage, setValue } from "./changes.js";
import { IS_WHOLE } from "../../../test/setup/whole.js";

describe.each(SERVERS)("on a server $title,", ({ options, lookUp }) => {
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
    name = `race-${count}`;
    const files = { "values.yaml": "first: v1\nsecond: v1\n" };
    ({ url } = await server.createRepository(name, { branches: { main: files } }));
    server.setFaults([]);
    server.clearRequests();
  });

  const pushes = (): number =>
    server.requests.filter(({ service }) => service === "git-receive-pack").length;

  describe("a commit that lands between fetch and push", () => {
    it("survives together with ours", async () => {
      const before = (): Promise<string> =>
        server.commit(name, "main", { "values.yaml": "first: v1\nsecond: v9\n" }, "theirs");
      server.setFaults([{ service: "git-receive-pack", times: 1, before }]);
      const [result] = await localGit().write([
        change("app", { repository: url }, [setValue("values.yaml", "first", "v2")]),
      ]);
      expect(codeOf(result)).toBe("written");
      expect(await server.readFile(name, "main", "values.yaml")).toBe("first: v2\nsecond: v9\n");
      expect(await server.log(name, "main")).toHaveLength(3);
      expect(pushes()).toBe(2);
      await server.fsck(name);
    });

    it("makes ours unnecessary when it is the same edit", async () => {
      const before = (): Promise<string> =>
        server.commit(name, "main", { "values.yaml": "first: v2\nsecond: v1\n" }, "theirs");
      server.setFaults([{ service: "git-receive-pack", times: 1, before }]);
      const results = await localGit().write([
        change("app", { repository: url }, [setValue("values.yaml", "first", "v2")]),
      ]);
      expect(results).toEqual([{ kind: "unchanged" }]);
      expect(pushes()).toBe(1);
    });

    it("that removes our file makes the edit fail, and nothing is forced", async () => {
      const kustomization = "images:\n- name: nginx\n  newTag: v1\n";
      await server.commit(name, "main", { "kustomization.yaml": kustomization });
      const before = (): Promise<string> =>
        server.commit(name, "main", { "kustomization.yaml": undefined }, "theirs");
      server.setFaults([{ service: "git-receive-pack", times: 1, before }]);
      const [result] = await localGit().write([
        change("app", { repository: url }, [setImage("kustomization.yaml")]),
      ]);
      expect(codeOf(result)).toBe("file-not-found");
      expect((await server.log(name, "main"))[0]?.message).toContain("theirs");
    });

    it("on a new branch of the same name is kept", async () => {
      const before = async (): Promise<void> => {
        await server.git(name, ["branch", "work", "main"]);
        await server.commit(name, "work", { "theirs.txt": "x" }, "theirs");
      };
      server.setFaults([{ service: "git-receive-pack", times: 1, before }]);
      const location = { repository: url, base: "main", branch: "work" };
      const [result] = await localGit().write([
        change("app", location, [override("a.yaml", "v2")]),
      ]);
      expect(codeOf(result)).toBe("written");
      expect(await server.log(name, "work")).toHaveLength(3);
      expect(await server.readFile(name, "work", "theirs.txt")).toBe("x");
    });

    it("every time ends in a conflict at the deadline, and theirs are all there", async () => {
      let theirs = 0;
      const before = async (): Promise<void> => {
        theirs += 1;
        await server.commit(name, "main", { "theirs.txt": String(theirs) }, "theirs");
      };
      server.setFaults([{ service: "git-receive-pack", before }]);
      // Each of their pushes takes 150 ms.
      const clock: Clock = { now: () => new Date(theirs * 150), delay: async () => undefined };
      const [result] = await localGit({ deadlineMs: 400, clock, random: () => 0 }).write([
        change("app", { repository: url }, [setValue("values.yaml", "first", "v2")]),
      ]);
      expect(codeOf(result)).toBe("conflict");
      expect(messageOf(result)).toContain("main");
      expect(theirs).toBe(3);
      expect(await server.log(name, "main")).toHaveLength(theirs + 1);
    });
  });

  describe("a push whose answer is lost", () => {
    it("counts as written when the commit is there, and is not made twice", async () => {
      server.setFaults([{ service: "git-receive-pack", times: 1, dropAnswer: true }]);
      const [result] = await localGit().write([
        change("app", { repository: url }, [setValue("values.yaml", "first", "v2")]),
      ]);
      const log = await server.log(name, "main");
      expect(log).toHaveLength(2);
      expect(result).toMatchObject({ kind: "written", revision: log[0]?.id });
      expect(pushes()).toBe(1);
    });

    it("counts as written when the tip could only be read later", async () => {
      server.setFaults([
        { service: "git-receive-pack", times: 1, dropAnswer: true },
        { ...lookUp, times: 1 },
        { ...lookUp, times: 1, status: 503 },
      ]);
      const [result] = await localGit().write([
        change("app", { repository: url }, [setValue("values.yaml", "first", "v2")]),
      ]);
      expect(codeOf(result)).toBe("written");
      expect(await server.log(name, "main")).toHaveLength(2);
    });

    it("counts as written when others pushed on top of it, whose edits stay", async () => {
      const before = (): Promise<string> =>
        server.commit(name, "main", { "values.yaml": "first: v9\nsecond: v1\n" }, "theirs");
      server.setFaults([
        { service: "git-receive-pack", times: 1, dropAnswer: true },
        { ...lookUp, times: 1 },
        { ...lookUp, times: 1, before },
      ]);
      const [result] = await localGit().write([
        change("app", { repository: url }, [setValue("values.yaml", "first", "v2")]),
      ]);
      const log = await server.log(name, "main");
      expect(log).toHaveLength(3);
      expect(result).toMatchObject({ kind: "written", revision: log[1]?.id });
      expect(await server.readFile(name, "main", "values.yaml")).toBe("first: v9\nsecond: v1\n");
      expect(pushes()).toBe(1);
    });

    it("is made again when it never arrived", async () => {
      server.setFaults([{ service: "git-receive-pack", times: 1, status: 502 }]);
      const [result] = await localGit().write([
        change("app", { repository: url }, [setValue("values.yaml", "first", "v2")]),
      ]);
      expect(codeOf(result)).toBe("written");
      expect(await server.log(name, "main")).toHaveLength(2);
      expect(pushes()).toBe(2);
    });

    it("is made again when the answer makes no sense, and fails when it never does", async () => {
      server.setFaults([{ service: "git-receive-pack", garbage: true }]);
      const [result] = await localGit().write([
        change("app", { repository: url }, [setValue("values.yaml", "first", "v2")]),
      ]);
      expect(codeOf(result)).toBe("invalid-response");
      expect(pushes()).toBe(3);
    });
  });

  // The more of them there are, the longer it takes; every kind of server gets a few.
  const isCrowded = IS_WHOLE && lookUp.command === "ls-refs" && options.filters !== false;
  const WRITERS = isCrowded ? 10 : 3;

  it(`loses nothing of ${WRITERS} writers that commit to one file as often`, async () => {
    const keys = Array.from({ length: WRITERS }, (_, index) => `key-${index}`);
    const versions = keys.map((_, index) => `v${index + 1}`);
    await server.commit(name, "main", {
      "values.yaml": keys.map((key) => `${key}: v0\n`).join(""),
    });
    const writer = async (key: string): Promise<readonly unknown[]> => {
      const target = localGit();
      const codes: unknown[] = [];
      for (const version of versions) {
        const edits = [setValue("values.yaml", key, version)];
        const results = await target.write([change(key, { repository: url }, edits)]);
        codes.push(...results.map(codeOf));
      }
      return codes;
    };
    const codes = await Promise.all(keys.map(writer));
    expect(codes.flat()).toEqual(keys.flatMap(() => versions.map(() => "written")));
    expect(await server.readFile(name, "main", "values.yaml")).toBe(
      keys.map((key) => `${key}: v${WRITERS}\n`).join(""),
    );
    // Every edit is one commit on top of the one before, and alters one line.
    const log = await server.git(name, [
      "log",
      "--format=",
      "--numstat",
      `-${WRITERS ** 2}`,
      "main",
    ]);
    const lines = log
      .toString()
      .trim()
      .split("\n")
      .filter((line) => line !== "");
    expect(new Set(lines)).toEqual(new Set(["1\t1\tvalues.yaml"]));
    expect(lines).toHaveLength(WRITERS ** 2);
    expect(await server.log(name, "main")).toHaveLength(WRITERS ** 2 + 2);
    await server.fsck(name);
  });
});
