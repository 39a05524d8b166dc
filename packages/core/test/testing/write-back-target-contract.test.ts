import { describe, expect, it } from "vitest";
import type { WriteBackTarget } from "../../src/ports/write-back-target.js";
import {
  inMemoryGit,
  writeBackTargetContract,
  type InMemoryGit,
  type WriteBackTargetHarness,
} from "../../src/testing/index.js";
import { brokenClauses } from "./broken-clauses.js";

const REPOSITORY = "https://git.example.com/team/apps.git";

/** The Git in memory, with something of it replaced. */
function harness(
  mutate: (git: InMemoryGit) => Partial<WriteBackTarget> = () => ({}),
): WriteBackTargetHarness {
  return {
    aborted: AbortSignal.abort(),
    async create(files) {
      const git = inMemoryGit({ repositories: { [REPOSITORY]: { main: files, staging: files } } });
      return {
        target: { ...git, ...mutate(git) },
        repository: REPOSITORY,
        readFile: async (branch, path) => git.file(REPOSITORY, branch, path),
        messages: async (branch) =>
          git.commits
            .filter((commit) => commit.branch === branch)
            .map(({ message }) => message)
            .toReversed(),
        close: () => Promise.resolve(),
      };
    },
  };
}

describe("the Git in memory keeps the WriteBackTarget contract", () => {
  for (const { name, run } of writeBackTargetContract(harness())) it(name, run);
});

describe("the WriteBackTarget contract", () => {
  it.each<readonly [string, (git: InMemoryGit) => Partial<WriteBackTarget>, string]>([
    [
      "accepts every method",
      () => ({ accepts: () => true }),
      "carries the version of the contract and accepts the git method only",
    ],
    [
      "leaves out files that do not exist",
      (git) => ({
        async read(reads) {
          const results = await git.read(reads);
          return results.map((result) =>
            result.kind === "failed"
              ? result
              : {
                  kind: "read",
                  files: new Map([...result.files].filter(([, bytes]) => bytes !== undefined)),
                },
          );
        },
      }),
      "reads files, and undefined for those that do not exist",
    ],
    [
      "answers in another order",
      (git) => ({
        write: async (changes) => (await git.write(changes.toReversed())).toReversed().slice(1),
      }),
      "answers one result per change, in order, and commits each application by itself",
    ],
    [
      "commits all in one",
      (git) => ({
        async write(changes) {
          const [first] = changes;
          if (first === undefined) return [];
          const edits = changes.flatMap((change) => change.edits);
          const [result] = await git.write([{ ...first, edits }]);
          return changes.map(() => result ?? { kind: "unchanged" });
        },
      }),
      "answers one result per change, in order, and commits each application by itself",
    ],
    [
      "throws for one change's sake",
      (git) => ({
        async write(changes) {
          const results = await git.write(changes);
          const failed = results.find(({ kind }) => kind === "failed");
          if (failed?.kind === "failed") throw new Error(failed.error.message);
          return results;
        },
      }),
      "lets one refused edit fail alone",
    ],
    [
      "always writes to the base",
      (git) => ({
        write: (changes) =>
          git.write(
            changes.map((change) => ({
              ...change,
              location: { ...change.location, repository: REPOSITORY, branch: undefined },
            })),
          ),
      }),
      "creates a branch to push from its base",
    ],
    [
      "does not look at the branch when it reads",
      (git) => ({
        read: (reads) =>
          git.read(
            reads.map((read) => ({ ...read, location: { repository: REPOSITORY, base: "main" } })),
          ),
      }),
      "reads and edits a branch to push that is there already, and keeps its commits",
    ],
    [
      "says written when nothing was",
      (git) => ({
        write: async (changes) =>
          (await git.write(changes)).map((result) =>
            result.kind === "unchanged" ? { kind: "written", revision: "1", paths: [] } : result,
          ),
      }),
      "writes nothing when nothing changes",
    ],
    [
      "does not look at signals",
      (git) => ({ write: (changes) => git.write(changes) }),
      "says cancelled and writes nothing with an aborted signal",
    ],
  ])("does not hold for a target that %s", async (_name, mutate, clause) => {
    const clauses = writeBackTargetContract(harness(mutate));
    expect(clauses.map(({ name }) => name)).toContain(clause);
    expect(await brokenClauses(clauses)).toContain(clause);
  });
});
