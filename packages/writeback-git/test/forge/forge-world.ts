import type { ForgeKind, WriteBackChange, WriteResult } from "@image-updater/core";
import type { GitWriteBackSettings } from "../../src/git-write-back-settings.js";
import {
  startForgeServer,
  startGitServer,
  type CountCommits,
  type FixtureFiles,
  type ForgeServerPullRequest,
  type ForgeTestServer,
  type GitTestServer,
} from "../../src/testing/index.js";
import { change, gitSettings, localGit, override } from "../changes.js";
import { TOKEN } from "./forges.js";

/** Key of the files that the changes of these tests write to. */
const KEY = "0123abcd";

/** The branch of an update, as the core names it. */
export function branchOf(update: string, key: string = KEY): string {
  const hash = Buffer.from(update).toString("hex").padEnd(64, "0").slice(0, 64);
  return `image-updater-${key}-${hash}`;
}

/** A forge: its Git server, its API, and whoever uses them. */
export interface ForgeWorld {
  readonly kind: ForgeKind;
  readonly git: GitTestServer;
  readonly api: ForgeTestServer;
  /** Makes a repository of which nothing is known yet. */
  createRepository(files?: FixtureFiles): Promise<ForgeProject>;
  close(): Promise<void>;
}

/** One repository of a forge. */
export interface ForgeProject {
  /** `group/name`. */
  readonly path: string;
  readonly url: string;
  /** A change that asks for a pull request. */
  change(update: string, more?: Partial<WriteBackChange>): WriteBackChange;
  write(
    changes: readonly WriteBackChange[],
    settings?: GitWriteBackSettings,
  ): Promise<readonly WriteResult[]>;
  pullRequests(): readonly ForgeServerPullRequest[];
  branches(): Promise<readonly string[]>;
  /** The first lines of a branch's commit messages, newest first. */
  subjects(branch: string): Promise<readonly string[]>;
}

/** Starts both servers, which accept one token. */
export async function startForgeWorld(kind: ForgeKind): Promise<ForgeWorld> {
  const git = await startGitServer({ auth: { username: "bot", password: TOKEN } });
  const api = await startForgeServer({ kind, token: TOKEN, maxPageSize: 3 });
  let count = 0;
  return {
    kind,
    git,
    api,
    createRepository: async (files = { "app.yaml": "a: 1\n" }) => {
      count += 1;
      const path = `team/app-${count}`;
      const { url } = await git.createRepository(path, { branches: { main: files } });
      api.addRepository(path, { commits: commitsOf(git, path) });
      return project({ kind, git, api }, path, url);
    },
    close: async () => {
      await Promise.all([git.close(), api.close()]);
    },
  };
}

function project(
  { kind, git, api }: Pick<ForgeWorld, "kind" | "git" | "api">,
  path: string,
  url: string,
): ForgeProject {
  return {
    path,
    url,
    change: (update, more = {}) =>
      change(
        "app",
        { repository: url, base: "main", branch: branchOf(update) },
        [override("app.yaml", update)],
        {
          settings: { ...gitSettings, pullRequest: { forge: kind, labels: [] } },
          message: `build: automatic update of app\n\nupdates image nginx to ${update}\n`,
          ...more,
        },
      ),
    write: (changes, settings = {}) =>
      localGit({
        credentials: {
          forGit: async () => ({ kind: "basic", username: "bot", password: TOKEN }),
        },
        random: () => 0,
        ...settings,
        pullRequests: { apiUrls: { [new URL(url).host]: api.url }, ...settings.pullRequests },
      }).write(changes),
    pullRequests: () => api.pullRequests(path),
    branches: async () => {
      const format = "--format=%(refname:short)";
      const names = (await git.git(path, ["for-each-ref", format, "refs/heads"])).toString("utf8");
      return names.split("\n").filter((name) => name !== "");
    },
    subjects: async (branch) =>
      (await git.log(path, branch)).map(({ message }) => message.split("\n")[0] ?? ""),
  };
}

/** Counts commits in the repository itself. */
export function commitsOf(git: GitTestServer, path: string): CountCommits {
  return async (base, head) => {
    const answer = await git
      .git(path, ["rev-list", "--count", `refs/heads/${base}..refs/heads/${head}`])
      .catch(() => undefined);
    return answer === undefined ? undefined : Number(answer.toString("utf8"));
  };
}

/** What a result tells of its pull request. */
export function pullRequestOf(result: WriteResult | undefined): unknown {
  return result === undefined || result.kind === "failed" ? undefined : result.pullRequest;
}

/** The notes of a result, on lines. */
export function notesOf(result: WriteResult | undefined): string {
  return result === undefined || result.kind === "failed" ? "" : (result.notes ?? []).join("\n");
}
