import { chmod, mkdir, writeFile } from "node:fs/promises";
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
      await mkdir(dirname(folder), { recursive: true });
      await program.run(["init", "--quiet", "--bare", "--initial-branch", defaultBranch, folder]);
      for (const [key, value] of CONFIGURATION) await git(name, ["config", key, value]);
      for (const [branch, files] of Object.entries(branches)) {
        await repositories.commit(name, branch, files, "first commit");
      }
      return { path: folder };
    },
    commit: async (name, branch, files, message = "another commit") => {
      const parent = await tipOf(git, name, branch);
      await git(name, ["fast-import", "--quiet"], importStream(branch, parent, files, message));
      return (await tipOf(git, name, branch)) ?? "";
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

const CONFIGURATION = [
  ["http.receivepack", "true"],
  ["receive.fsckObjects", "true"],
  ["uploadpack.allowFilter", "true"],
  ["uploadpack.allowAnySHA1InWant", "true"],
  ["gc.auto", "0"],
  // Else every push starts a program that finds nothing to do.
  ["receive.autogc", "false"],
] as const;

async function tipOf(
  git: GitRepositories["git"],
  name: string,
  branch: string,
): Promise<string | undefined> {
  const format = ["--format=%(objectname)", `refs/heads/${branch}`];
  const tip = (await git(name, ["for-each-ref", ...format])).toString("utf8").trim();
  return tip === "" ? undefined : tip;
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
