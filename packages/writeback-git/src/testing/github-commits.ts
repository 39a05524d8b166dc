import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { GitRepositories } from "@image-updater/git-remote/testing";

/** An answer of the API; `body` is sent as JSON. */
export interface ApiReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

type Repositories = Pick<GitRepositories, "git">;

const REFERENCE = z.object({ ref: z.string().startsWith("refs/heads/"), sha: z.string() });

/** Creates a branch (GitHub REST, "Create a reference"). */
export async function createReference(
  { git }: Repositories,
  repository: string,
  given: unknown,
): Promise<ApiReply> {
  const { ref, sha } = REFERENCE.parse(given);
  if ((await tipOf({ git }, repository, ref)) !== undefined) {
    return { status: 422, body: { message: "Reference already exists" } };
  }
  await git(repository, ["update-ref", ref, sha, ZERO_OID]);
  return { status: 201, body: { ref, object: { type: "commit", sha } } };
}

const ZERO_OID = "0".repeat(40);

const COMMIT = z.object({
  query: z.string().includes("createCommitOnBranch"),
  variables: z.object({
    input: z.object({
      branch: z.object({ repositoryNameWithOwner: z.string(), branchName: z.string() }),
      message: z.object({ headline: z.string().min(1), body: z.string().optional() }),
      fileChanges: z.object({
        additions: z.array(z.object({ path: z.string().min(1), contents: z.base64() })),
      }),
      expectedHeadOid: z.string(),
    }),
  }),
});

type CommitInput = z.infer<typeof COMMIT>["variables"]["input"];

/** Commits on top of the expected head of a branch (GitHub GraphQL, `createCommitOnBranch`). */
export async function commitOnBranch(
  repositories: Repositories,
  given: unknown,
): Promise<ApiReply> {
  const { input } = COMMIT.parse(given).variables;
  const { repositoryNameWithOwner: repository, branchName } = input.branch;
  const { expectedHeadOid: expected } = input;
  const ref = `refs/heads/${branchName}`;
  const tip = await tipOf(repositories, repository, ref);
  if (tip === undefined) return refused("NOT_FOUND", `Could not resolve to a Ref: ${branchName}`);
  const stale = `Expected branch to point to "${tip}" but it did not. Pull and try again.`;
  if (tip !== expected) return refused("STALE_DATA", stale);
  const oid = await makeCommit(repositories, repository, input);
  // Somebody else may be faster still.
  const isMoved = await repositories
    .git(repository, ["update-ref", ref, oid, expected])
    .then(() => true)
    .catch(() => false);
  if (!isMoved) return refused("STALE_DATA", stale);
  return { status: 200, body: { data: { createCommitOnBranch: { commit: { oid } } } } };
}

function refused(type: string, message: string): ApiReply {
  const errors = [{ type, path: ["createCommitOnBranch"], message }];
  return { status: 200, body: { data: { createCommitOnBranch: null }, errors } };
}

/** Makes the commit, and nothing that names it. */
async function makeCommit(
  { git }: Repositories,
  repository: string,
  { expectedHeadOid: parent, message, fileChanges }: CommitInput,
): Promise<string> {
  const ref = `refs/api/${randomUUID()}`;
  const now = `${Math.floor(Date.now() / 1000)} +0000`;
  const text = `${message.headline}${message.body ? `\n\n${message.body}` : ""}`;
  const parts: (string | Buffer)[] = [
    `commit ${ref}\n`,
    `author app[bot] <1+app[bot]@users.noreply.github.com> ${now}\n`,
    `committer GitHub <noreply@github.com> ${now}\n`,
    ...dataOf(Buffer.from(text)),
    `from ${parent}\n`,
  ];
  for (const { path, contents } of fileChanges.additions) {
    const mode = await modeOf({ git }, repository, parent, path);
    parts.push(
      `M ${mode} inline ${JSON.stringify(path)}\n`,
      ...dataOf(Buffer.from(contents, "base64")),
    );
  }
  const stream = Buffer.concat(parts.map((part) => Buffer.from(part)));
  await git(repository, ["fast-import", "--quiet"], stream);
  const oid = (await git(repository, ["rev-parse", ref])).toString("utf8").trim();
  await git(repository, ["update-ref", "-d", ref]);
  return oid;
}

/** A file that is there keeps its mode; a new one is a plain file. */
async function modeOf(
  { git }: Repositories,
  repository: string,
  commit: string,
  path: string,
): Promise<string> {
  const listed = await git(repository, ["ls-tree", commit, "--", path]);
  return /^\d{6}/u.exec(listed.toString("utf8"))?.[0] ?? "100644";
}

async function tipOf(
  { git }: Repositories,
  repository: string,
  ref: string,
): Promise<string | undefined> {
  const tip = await git(repository, ["for-each-ref", "--format=%(objectname)", ref]);
  const oid = tip.toString("utf8").trim();
  return oid === "" ? undefined : oid;
}

function dataOf(bytes: Buffer): readonly (string | Buffer)[] {
  return [`data ${bytes.length}\n`, bytes, "\n"];
}
