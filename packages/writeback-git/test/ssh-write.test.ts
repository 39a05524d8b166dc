import { afterAll, beforeAll, expect, it } from "vitest";
import { startSshGitServer, type SshGitTestServer } from "../src/testing/index.js";
import { change, codeOf, gitSettings, override, setValue } from "./changes.js";
import { describeSsh, FILES, sshGit, withCredential, writeTag } from "./ssh-stage.js";
import { mainOf } from "../../../test/setup/whole.js";

const SERVERS = [
  { title: "with filters", options: {} },
  { title: "without filters", options: { filters: false } },
  { title: "that does not take the wish for version 2", options: { protocol: 0 } },
  { title: "of version 0 without filters", options: { protocol: 0, filters: false } },
] as const;
/** What reads the command line, and so takes names apart. */
const SHELLS = [
  { title: "Git's own shell", options: { shell: "git-shell" } },
  { title: "a shell of the system", options: { shell: "sh" } },
] as const;

describeSsh.each(mainOf(SERVERS))("over SSH, on a server $title,", ({ options }) => {
  let server: SshGitTestServer;
  beforeAll(async () => {
    server = await startSshGitServer(options);
  });
  afterAll(() => server.close());

  it("reads, writes, writes again and finds nothing to do", async () => {
    const { url } = await server.createRepository("again", { branches: { main: FILES } });
    const git = sshGit(server);
    const location = { repository: url };
    const read = { application: { name: "app", namespace: "argocd" }, settings: gitSettings };
    expect(await git.read([{ ...read, location, paths: ["values.yaml", "none"] }])).toMatchObject([
      {
        kind: "read",
        files: new Map([
          ["values.yaml", Buffer.from("tag: v1\n")],
          ["none", undefined],
        ]),
      },
    ]);
    expect((await writeTag(git, url, "v2")).code).toBe("written");
    await server.commit("again", "main", { "theirs.txt": "x" });
    expect((await writeTag(git, url, "v3")).code).toBe("written");
    expect((await writeTag(git, url, "v3")).code).toBe("unchanged");
    expect(await server.readFile("again", "main", "values.yaml")).toBe("tag: v3\n");
    expect(await server.readFile("again", "main", "theirs.txt")).toBe("x");
    expect(await server.log("again", "main")).toHaveLength(4);
    await server.fsck("again");
  });

  it("makes a branch, and two more in one call", async () => {
    const { url } = await server.createRepository("branches", { branches: { main: FILES } });
    const results = await sshGit(server).write(
      ["one", "two", "three"].map((branch) =>
        change(branch, { repository: url, base: "main", branch }, [
          setValue("values.yaml", "tag", branch),
          override(`${branch}.yaml`, branch),
        ]),
      ),
    );
    expect(results.map((result) => codeOf(result))).toEqual(["written", "written", "written"]);
    expect(await server.readFile("branches", "two", "values.yaml")).toBe("tag: two\n");
    expect(await server.readFile("branches", "main", "values.yaml")).toBe("tag: v1\n");
    await server.fsck("branches");
  });

  it("says not-found for a repository that is not there", async () => {
    const url = `ssh://${server.user}@${server.host}:${server.port}/srv/none.git`;
    const result = await writeTag(sshGit(server), url, "v2");
    expect(result.code).toBe("not-found");
    expect(result.message).toContain(`${server.host}:${server.port}/srv/none.git`);
    expect(result.message).toContain("does not appear to be a git repository");
    expect(result.message).not.toContain(`${server.user}@`);
  });

  it("shows what a hook says when it refuses a push", async () => {
    const { url } = await server.createRepository("hook", { branches: { main: FILES } });
    await server.installHook("hook", "pre-receive", "echo 'sign the form first' >&2; exit 1");
    const result = await writeTag(sshGit(server), url, "v2");
    expect(result.code).toBe("rejected");
    expect(result.message).toContain("sign the form first");
  });
});

describeSsh.each(SHELLS)("over SSH, $title", ({ options }) => {
  let server: SshGitTestServer;
  beforeAll(async () => {
    server = await startSshGitServer(options);
  });
  afterAll(() => server.close());

  it.each([
    "it's",
    "a b",
    "no!",
    "$(exit)",
    "`x`",
    "a;b",
    'q"q',
    "ä",
    "100%41",
    "back\\slash",
    "a@b",
  ])("finds the repository %s", async (name) => {
    const { url } = await server.createRepository(`odd/${name}`, { branches: { main: FILES } });
    expect(await writeTag(sshGit(server), url, "v2")).toEqual({ code: "written", message: "" });
    expect(await server.readFile(`odd/${name}`, "main", "values.yaml")).toBe("tag: v2\n");
  });

  it.each(["~/home", "~/home.git", "~/home.git/"])("finds %s in the home folder", async (path) => {
    await server.createRepository("home", { branches: { main: FILES } }).catch(() => undefined);
    const url = `ssh://${server.user}@${server.host}:${server.port}/${path}`;
    expect((await writeTag(sshGit(server), url, path)).code).toBe("written");
    expect(await server.readFile("home", "main", "values.yaml")).toContain(path);
  });
});

describeSsh("over SSH,", () => {
  let server: SshGitTestServer;
  beforeAll(async () => {
    server = await startSshGitServer();
  });
  afterAll(() => server.close());

  it("one call is one connection, and one channel for reading; none stays open", async () => {
    const { url } = await server.createRepository("one", { branches: { main: FILES } });
    const git = sshGit(server);
    const before = [server.connections, (await server.commands()).length] as const;
    await writeTag(git, url, "v2");
    await writeTag(git, url, "v3");
    const commands = (await server.commands()).slice(before[1]);
    const programs = commands.map(({ command, protocol }) => [command.split(" ", 1)[0], protocol]);
    const one = [
      ["git-upload-pack", "version=2"],
      ["git-receive-pack", ""],
    ];
    expect(programs).toEqual([...one, ...one]);
    expect(server.connections - before[0]).toBe(2);
    await expect.poll(() => server.openConnections).toBe(0);
  });

  it("changes of one repository go together, however it is spelled", async () => {
    const { url } = await server.createRepository("spelled", {
      branches: { main: { "values.yaml": "a: v1\nb: v1\n" } },
    });
    const before = server.connections;
    const results = await sshGit(server).write([
      change("a", { repository: url }, [setValue("values.yaml", "a", "v2")]),
      change("b", { repository: url.replace(/\.git$/u, "/") }, [
        setValue("values.yaml", "b", "v2"),
      ]),
    ]);
    expect(results.map((result) => codeOf(result))).toEqual(["written", "written"]);
    expect(server.connections - before).toBe(1);
    expect(await server.readFile("spelled", "main", "values.yaml")).toBe("a: v2\nb: v2\n");
  });

  it.each([
    ["no credential", { kind: "anonymous" }],
    ["a password", { kind: "basic", username: "bot", password: "hunter2" }],
    ["a token", { kind: "bearer", token: "hunter2" }],
    ["an app of GitHub", { kind: "github-app", appId: "1", privateKey: "hunter2" }],
  ] as const)("%s is refused before any connection", async (_title, credential) => {
    const { url } = await server.createRepository("refused").catch(() => ({
      url: `ssh://${server.host}:${server.port}/x`,
    }));
    const before = server.connections;
    const result = await writeTag(withCredential(credential), url, "v2");
    expect(result.code).toBe("unsupported");
    expect(result.message).toContain("a private key is needed");
    expect(result.message).not.toContain("hunter2");
    expect(server.connections).toBe(before);
  });

  it("asks for credentials by the URL with its user, and never by its password", async () => {
    const asked: string[] = [];
    const credentials = {
      forGit: ({ url }: { readonly url: string }) => {
        asked.push(url);
        return Promise.resolve({ kind: "anonymous" } as const);
      },
    };
    const git = withCredential({ kind: "anonymous" }, { credentials });
    await writeTag(git, "git@example.com:team/apps.git", "v2");
    await writeTag(git, "ssh://bot:hunter2@example.com:2222/team/apps", "v2");
    expect(asked).toEqual([
      "git@example.com:team/apps.git",
      "ssh://bot@example.com:2222/team/apps",
    ]);
  });
});
