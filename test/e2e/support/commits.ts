import type { GitTestServer } from "@image-updater/writeback-git/testing";

/** A commit as its object holds it, without the dates. */
export interface RawCommit {
  readonly author: string;
  readonly committer: string;
  readonly parents: number;
  /** Every byte of it. */
  readonly message: string;
}

/** The newest commits of a branch, newest first. */
export async function newestCommits(
  git: GitTestServer,
  repository: string,
  branch: string,
  count: number,
): Promise<readonly RawCommit[]> {
  const list = await git.git(repository, ["rev-list", "-n", String(count), branch]);
  const ids = list.toString("utf8").trim().split("\n");
  return Promise.all(
    ids.map(async (id) => parseCommit(await git.git(repository, ["cat-file", "commit", id]))),
  );
}

/** The paths that the newest commit of a branch touches, with the mode of each. */
export async function changedFiles(
  git: GitTestServer,
  repository: string,
  branch: string,
): Promise<readonly string[]> {
  const diff = await git.git(repository, ["diff-tree", "-r", "--raw", "--no-commit-id", branch]);
  return diff
    .toString("utf8")
    .trim()
    .split("\n")
    .map((line) => line.replace(/^:\d+ (\d+) \S+ \S+ \S+\t(.*)$/u, "$1 $2"));
}

function parseCommit(object: Buffer): RawCommit {
  const text = object.toString("utf8");
  const end = text.indexOf("\n\n");
  const headers = text.slice(0, end).split("\n");
  const person = (role: string): string =>
    headers
      .find((line) => line.startsWith(`${role} `))
      ?.replace(/^\w+ (.*>) \d+ [+-]\d{4}$/u, "$1") ?? "";
  return {
    author: person("author"),
    committer: person("committer"),
    parents: headers.filter((line) => line.startsWith("parent ")).length,
    message: text.slice(end + 2),
  };
}
