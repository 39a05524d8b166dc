import { posix } from "node:path";
import type { GitTestServer } from "@image-updater/writeback-git/testing";
import { load } from "js-yaml";

/** The files at the tip of a branch, by their path from the root. */
export type RepositoryTree = ReadonlyMap<string, string>;

/** The name that a repository of the test server was created with. */
export function repositoryNameOf(url: string): string {
  return new URL(url).pathname.slice(1).replace(/\.git$/u, "");
}

/** Reads a whole branch; no branch or `HEAD` is the one that the remote's HEAD names. */
export async function readTree(
  git: GitTestServer,
  url: string,
  revision: string | undefined,
): Promise<RepositoryTree> {
  const name = repositoryNameOf(url);
  const branch = revision ?? "HEAD";
  const list = (await git.git(name, ["ls-tree", "-r", "-z", branch])).toString("utf8");
  const files = [...list.matchAll(/(?<id>[\da-f]{40})\t(?<path>[^\0]+)\0/gu)].map(({ groups }) => ({
    id: groups?.["id"] ?? "",
    path: groups?.["path"] ?? "",
  }));
  const ids = files.map(({ id }) => `${id}\n`).join("");
  const contents = splitBatch(await git.git(name, ["cat-file", "--batch"], ids));
  return new Map(files.map(({ path }, index) => [path, contents[index] ?? ""]));
}

/** The objects in the answer of `git cat-file --batch`: a line with the size, the bytes, a line end. */
function splitBatch(answer: Buffer): readonly string[] {
  const contents: string[] = [];
  let offset = 0;
  while (offset < answer.length) {
    const start = answer.indexOf("\n", offset) + 1;
    const size = Number(answer.toString("utf8", offset, start).trim().split(" ")[2]);
    contents.push(answer.toString("utf8", start, start + size));
    offset = start + size + 1;
  }
  return contents;
}

/** A path in a repository, as its tree names it: `join(".", "a.yaml")` is `a.yaml`. */
export function join(...parts: readonly string[]): string {
  return posix.join(...parts).replace(/^\//u, "");
}

/** The parsed content of a file; an empty mapping when there is none. */
export function yamlOf(tree: RepositoryTree, path: string): Mapping {
  const content: unknown = load(tree.get(path) ?? "{}");
  if (isMapping(content)) return content;
  throw new Error(`${path} is not a mapping`);
}

/** A YAML mapping of which nothing else is known. */
export type Mapping = Readonly<Record<string, unknown>>;

/** Whether the value is a mapping. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A JSON merge patch (RFC 7396): how Argo CD lays an override file over the source. */
export function mergePatch(target: Mapping, patch: Mapping): Mapping {
  const merged: Record<string, unknown> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const before = merged[key];
    if (value === null) delete merged[key];
    else if (isMapping(value)) merged[key] = mergePatch(isMapping(before) ? before : {}, value);
    else merged[key] = value;
  }
  return merged;
}
