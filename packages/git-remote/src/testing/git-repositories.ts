import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { GitProgram } from "./git-program.js";

/** What a file holds: text, bytes, or content with a mode (`100755`, `120000`); `undefined` removes it. */
export type FixtureFile =
  | string
  | Uint8Array
  | { readonly content: string | Uint8Array; readonly mode: string }
  | undefined;

/** Files by their path from the repository's root. */
export type FixtureFiles = Readonly<Record<string, FixtureFile>>;

/** What a new repository holds. */
export interface FixtureRepository {
  /** Branches and their files; one commit each. */
  readonly branches?: Readonly<Record<string, FixtureFiles>> | undefined;
  /** What HEAD names. Default: `main`. */
  readonly defaultBranch?: string | undefined;
}

/** One commit, as `git log` tells it. */
export interface LoggedCommit {
  readonly id: string;
  readonly author: string;
  readonly email: string;
  readonly message: string;
}

/** Bare repositories in a folder, worked on with the git program. */
export interface GitRepositories {
  /** Makes a bare repository; `path` is its folder. */
  createRepository(name: string, fixture?: FixtureRepository): Promise<{ readonly path: string }>;
  /** Commits as somebody else would, on top of a branch or as the first of it; answers the id. */
  commit(name: string, branch: string, files: FixtureFiles, message?: string): Promise<string>;
  /** The text of a file at the tip of a branch; `undefined` when there is none. */
  readFile(name: string, branch: string, path: string): Promise<string | undefined>;
  /** The commits of a branch, newest first. */
  log(name: string, branch: string): Promise<readonly LoggedCommit[]>;
  /** Throws when the repository is damaged. */
  fsck(name: string): Promise<void>;
  /** Writes a hook, as a shell script. */
  installHook(name: string, hook: string, script: string): Promise<void>;
  /** Runs git in a repository and answers its output. */
  git(name: string, args: readonly string[], input?: Uint8Array | string): Promise<Buffer>;
}

/** {@link GitRepositories} below a folder, each in `<name>.git`. */
export function createGitRepositories(root: string, program: GitProgram): GitRepositories {
  const folderOf = (name: string): string => join(root, `${name}.git`);
  const git: GitRepositories["git"] = (name, args, input) =>
    program.run(["--git-dir", folderOf(name), ...args], input);
  const repositories: GitRepositories = {
    git,
    createRepository: async (name, { branches = {}, defaultBranch = "main" } = {}) => {
      const folder = folderOf(name);
      await createBareRepository(folder, defaultBranch);
      const commits = Object.entries(branches).map(async ([branch, files]) => {
        // The name may have been given before: then the branch goes on.
        const parent = await tipOf(folder, branch);
        return importStream(branch, parent, files, "first commit");
      });
      const stream = Buffer.concat(await Promise.all(commits));
      if (stream.length > 0) await git(name, ["fast-import", "--quiet"], stream);
      return { path: folder };
    },
    commit: async (name, branch, files, message = "another commit") => {
      const parent = await tipOf(folderOf(name), branch);
      await git(name, ["fast-import", "--quiet"], importStream(branch, parent, files, message));
      return (await tipOf(folderOf(name), branch)) ?? "";
    },
    readFile: async (name, branch, path) => {
      const object = `refs/heads/${branch}:${path}`;
      // Without an object the program says so on its standard output.
      const answer = (await git(name, ["cat-file", "--batch"], `${object}\n`)).toString("utf8");
      return answer === `${object} missing\n`
        ? undefined
        : answer.slice(answer.indexOf("\n") + 1, -1);
    },
    log: async (name, branch) => {
      const format = "--format=%H%x00%an%x00%ae%x00%B%x00%x00";
      return parseLog((await git(name, ["log", format, `refs/heads/${branch}`])).toString("utf8"));
    },
    fsck: async (name) => {
      await git(name, ["fsck", "--full", "--no-dangling"]);
    },
    installHook: async (name, hook, script) => {
      await writeScript(join(folderOf(name), "hooks", hook), script);
    },
  };
  return repositories;
}

async function writeScript(path: string, script: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, script.startsWith("#!") ? script : `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

/** What `git init --bare` makes; tests make so many repositories that each program counts. */
async function createBareRepository(folder: string, defaultBranch: string): Promise<void> {
  for (const part of ["hooks", "info", "objects/info", "objects/pack", "refs/heads", "refs/tags"]) {
    await mkdir(join(folder, part), { recursive: true });
  }
  await writeFile(join(folder, "config"), CONFIGURATION);
  await writeFile(join(folder, "HEAD"), `ref: refs/heads/${defaultBranch}\n`);
}

const CONFIGURATION = `[core]
  repositoryformatversion = 0
  filemode = true
  bare = true
[http]
  receivepack = true
[receive]
  fsckObjects = true
  # Else every push starts a program that finds nothing to do.
  autogc = false
[uploadpack]
  allowFilter = true
  allowAnySHA1InWant = true
[gc]
  auto = 0
`;

/** Where a branch is, loose or packed; read as a file, as a program each time would take its time. */
async function tipOf(folder: string, branch: string): Promise<string | undefined> {
  const name = `refs/heads/${branch}`;
  const loose = await readFile(join(folder, name), "utf8").catch(() => "");
  if (loose !== "") return loose.trim();
  const packed = await readFile(join(folder, "packed-refs"), "utf8").catch(() => "");
  const line = packed.split("\n").find((one) => one.slice(41) === name);
  return line?.slice(0, 40);
}

/** One commit in the language of git-fast-import. */
function importStream(
  branch: string,
  parent: string | undefined,
  files: FixtureFiles,
  message: string,
): Buffer {
  const person = `Somebody Else <somebody@example.com> ${Math.floor(Date.now() / 1000)} +0000`;
  const parts: (string | Uint8Array)[] = [
    `commit refs/heads/${branch}\nauthor ${person}\ncommitter ${person}\n`,
    ...dataOf(message),
    parent === undefined ? "" : `from ${parent}\n`,
  ];
  for (const [path, file] of Object.entries(files)) {
    const quoted = `"${path.replaceAll(/["\\]/gu, String.raw`\$&`).replaceAll("\n", String.raw`\n`)}"`;
    parts.push(...fileCommand(quoted, file));
  }
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

function fileCommand(quoted: string, file: FixtureFile): readonly (string | Uint8Array)[] {
  if (file === undefined) return [`D ${quoted}\n`];
  const isPlain = typeof file === "string" || file instanceof Uint8Array;
  const { content, mode } = isPlain ? { content: file, mode: "100644" } : file;
  // A submodule is an id, without content.
  if (mode === "160000") return [`M ${mode} ${Buffer.from(content).toString("utf8")} ${quoted}\n`];
  return [`M ${mode} inline ${quoted}\n`, ...dataOf(content)];
}

function dataOf(content: string | Uint8Array): readonly (string | Uint8Array)[] {
  const bytes = Buffer.from(content);
  return [`data ${bytes.length}\n`, bytes, "\n"];
}

function parseLog(text: string): readonly LoggedCommit[] {
  return text
    .split("\0\0")
    .map((entry) => entry.trimStart())
    .filter((entry) => entry !== "")
    .map((entry) => {
      const [id = "", author = "", email = "", message = ""] = entry.split("\0");
      return { id, author, email, message };
    });
}
