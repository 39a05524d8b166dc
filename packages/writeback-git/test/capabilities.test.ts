import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import {
  startGitServer,
  startSshGitServer,
  type GitServerOptions,
  type GitTestServer,
} from "../src/testing/index.js";
import { change, codeOf, localGit, messageOf, override, setValue } from "./changes.js";
import { describeSsh, FILES, sshGit, writeTag } from "./ssh-stage.js";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function stage(
  options: GitServerOptions,
): Promise<{ readonly server: GitTestServer; readonly url: string }> {
  const server = await startGitServer(options);
  closers.push(() => server.close());
  const { url } = await server.createRepository("app", { branches: { main: FILES } });
  return { server, url };
}

/** What an old server, a front of one or a server of another make may lack. */
const WITHHELD: readonly (readonly string[])[] = [
  ["agent"],
  ["object-format"],
  ["side-band-64k"],
  ["side-band-64k", "side-band"],
  ["report-status"],
  ["report-status", "report-status-v2"],
  ["report-status", "report-status-v2", "side-band-64k", "side-band"],
  ["ofs-delta"],
  ["multi_ack", "multi_ack_detailed", "no-progress", "include-tag", "thin-pack"],
  ["symref"],
  ["filter"],
  // What one cloud's server has: "report-status delete-refs side-band-64k".
  ["report-status-v2", "quiet", "atomic", "ofs-delta", "object-format", "agent", "push-options"],
  ["report-status-v2", "quiet", "atomic", "delete-refs", "ofs-delta", "object-format", "agent"],
];

describe.each([2, 0] as const)(
  "a server of protocol version %i that does not offer",
  (protocol) => {
    it.each(WITHHELD.map((names) => [names.join(" "), names] as const))(
      "%s is written to, and a refusal of its is one",
      async (_title, withheld) => {
        const { server, url } = await stage({ protocol, withheld });
        const target = localGit();
        const write = async (value: string): Promise<{ readonly kind: string } | undefined> => {
          const edits = [setValue("values.yaml", "tag", value)];
          return (await target.write([change("app", { repository: url }, edits)]))[0];
        };
        expect(codeOf(await write("v2"))).toBe("written");
        expect(codeOf(await write("v2"))).toBe("unchanged");
        expect(await server.readFile("app", "main", "values.yaml")).toBe("tag: v2\n");
        await server.installHook("app", "update", "echo no such day; exit 1");
        const refused = await write("v3");
        expect(codeOf(refused)).toBe("rejected");
        expect(messageOf(refused)).toContain("main");
        expect(await server.log("app", "main")).toHaveLength(2);
        await server.installHook("app", "update", "exit 0");
        const before = (): Promise<string> => server.commit("app", "main", { "b.txt": "b" });
        server.setFaults([{ service: "git-receive-pack", times: 1, before }]);
        expect(codeOf(await write("v4"))).toBe("written");
        expect(await server.log("app", "main")).toHaveLength(4);
        await server.fsck("app");
      },
    );
  },
);

describe("a push that makes no report", () => {
  const withheld = ["report-status", "report-status-v2"];

  it("counts as written when others pushed on top of it at once", async () => {
    const { server, url } = await stage({ withheld });
    server.setFaults([
      { command: "ls-refs", times: 1 },
      {
        command: "ls-refs",
        times: 1,
        before: () => server.commit("app", "main", { "b.txt": "b" }),
      },
    ]);
    const edits = [setValue("values.yaml", "tag", "v2")];
    const [result] = await localGit().write([change("app", { repository: url }, edits)]);
    const log = await server.log("app", "main");
    expect(log).toHaveLength(3);
    expect(result).toMatchObject({ kind: "written", revision: log[1]?.id });
  });
});

it("asks for no capability of a push without need", async () => {
  const { server, url } = await stage({});
  const edits = [setValue("values.yaml", "tag", "v1")];
  const [result] = await localGit().write([change("app", { repository: url }, edits)]);
  expect(codeOf(result)).toBe("unchanged");
  expect(server.requests.filter(({ path }) => path.includes("receive-pack"))).toEqual([]);
});

describe("a server that takes no thin packs", () => {
  it("and says so gets whole objects at once", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`apps/file-${index}.yaml`, "tag: v1\n"]),
    );
    const server = await startGitServer();
    closers.push(() => server.close());
    const { url } = await server.createRepository("app", { branches: { main: files } });
    const edits = [setValue("apps/file-7.yaml", "tag", "v2")];
    const offer = `${"0".repeat(40)} capabilities^{}\0report-status no-thin\n`;
    const length = (offer.length + 4).toString(16).padStart(4, "0");
    const body = `001f# service=git-receive-pack\n0000${length}${offer}0000`;
    const headers = { "content-type": "application/x-git-receive-pack-advertisement" };
    // The greeting for reads comes first.
    server.setFaults([
      { service: "info/refs", times: 1 },
      { service: "info/refs", times: 1, status: 200, headers, body },
    ]);
    await server.git("app", ["config", "receive.unpackLimit", "1"]);
    const [result] = await localGit().write([change("app", { repository: url }, edits)]);
    expect(codeOf(result)).toBe("written");
    expect(server.requests.filter(({ service }) => service === "git-receive-pack")).toHaveLength(1);
    await server.fsck("app");
  });
});

describe("a repository whose default branch the server does not name", () => {
  it.each([
    [["main", "aaa"], "main"],
    [["aaa", "master"], "master"],
    [["trunk"], "trunk"],
  ])("and has %j is written to %s", async (branches, expected) => {
    const server = await startGitServer({ protocol: 0, withheld: ["symref"] });
    closers.push(() => server.close());
    const [first = ""] = branches;
    const { url } = await server.createRepository("app", {
      branches: { [first]: { "a.yaml": "tag: v1\n" } },
    });
    for (const branch of branches.slice(1)) await server.git("app", ["branch", branch, first]);
    await server.git("app", ["symbolic-ref", "HEAD", `refs/heads/${first}`]);
    const results = await localGit().write([
      change("app", { repository: url }, [override("b.yaml", "v2")]),
    ]);
    expect(results).toMatchObject([{ kind: "written", branch: expected }]);
  });

  it("and has several of them fails with their names", async () => {
    const server = await startGitServer({ protocol: 0, withheld: ["symref"] });
    closers.push(() => server.close());
    const { url } = await server.createRepository("app", {
      branches: { develop: { "a.yaml": "tag: v1\n" } },
    });
    await server.git("app", ["branch", "aaa", "develop"]);
    await server.git("app", ["symbolic-ref", "HEAD", "refs/heads/develop"]);
    const target = localGit();
    const edits = [override("b.yaml", "v2")];
    const [result] = await target.write([change("app", { repository: url }, edits)]);
    expect(codeOf(result)).toBe("branch-not-found");
    expect(messageOf(result)).toContain("2 branches are at the commit of HEAD: aaa, develop");
    expect(messageOf(result)).toContain("name the base branch");
    const named = await target.write([change("app", { repository: url, base: "aaa" }, edits)]);
    expect(named.map(codeOf)).toEqual(["written"]);
  });

  it("because HEAD is at a commit fails and says so", async () => {
    const { server, url } = await stage({});
    const tip = (await server.git("app", ["rev-parse", "main"])).toString().trim();
    await server.git("app", ["update-ref", "--no-deref", "HEAD", tip]);
    const [result] = await localGit().write([
      change("app", { repository: url }, [override("b.yaml", "v2")]),
    ]);
    expect(codeOf(result)).toBe("branch-not-found");
    expect(messageOf(result)).toContain("HEAD is at a commit");
  });
});

describeSsh("over SSH, a server", () => {
  const filter = join(fileURLToPath(import.meta.url), "../withhold-capabilities.mjs");

  it.each([2, 0] as const)("of protocol version %i is named what it offers", async (protocol) => {
    const server = await startSshGitServer({ protocol });
    closers.push(() => server.close());
    const { url } = await server.createRepository("app", { branches: { main: FILES } });
    let count = 1;
    for (const names of WITHHELD) {
      const script = `exec '${process.execPath}' '${filter}' '${names.join(" ")}' "$@"`;
      await server.setProgramFaults([
        { program: "git-receive-pack", script },
        ...(protocol === 0 ? [{ program: "git-upload-pack" as const, script }] : []),
      ]);
      count += 1;
      const written = await writeTag(sshGit(server), url, `v${count}`);
      expect([names, written]).toEqual([names, { code: "written", message: "" }]);
    }
    expect(await server.readFile("app", "main", "values.yaml")).toBe(`tag: v${count}\n`);
    await server.fsck("app");
  });
});
