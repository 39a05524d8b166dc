import { describe, expect, it } from "vitest";
import type { Application } from "../../src/application/application.js";
import type { ObservedEvent } from "../../src/ports/observer.js";
import type { RegistryFault } from "../../src/testing/index.js";
import { application, counters, createWorld, passTime, REPOSITORY } from "./world.js";

const ELSEWHERE = "https://git.example.com/team/elsewhere.git";
const repositories = { [REPOSITORY]: { main: {} }, [ELSEWHERE]: { main: {} } };
const registry = { "team/app": ["1.0", "1.1"], "team/dead": ["1.0", "1.1"] };

/** An application with one image; annotations without their prefix. */
function appOf(
  name: string,
  image: string,
  more: Readonly<Record<string, string>> = {},
): Application {
  const annotations = { "write-back-method": "git", "image-list": `app=${image}:1.x`, ...more };
  return application({ name, annotations, live: [`${image}:1.0`] });
}

const good = appOf("good", "ghcr.io/team/app");
const dead = appOf("dead", "dead.example.com/team/dead");
const hanging: RegistryFault = { on: "tags", repository: "team/dead", behave: "hang" };

describe("a decided application is written", () => {
  it("at once, where only other branches wait for a registry that hangs", async () => {
    const { updater, git } = createWorld({
      registry,
      repositories,
      registryFaults: [hanging],
    });
    const running = updater.run([
      appOf("dead", "dead.example.com/team/dead", { "git-repository": ELSEWHERE }),
      good,
    ]);
    // The clock stands still: nothing that had to wait would get here.
    await expect.poll(() => git.commits).toHaveLength(1);
    expect(git.commits[0]?.repository).toBe(REPOSITORY);
    void running;
  });

  it("after the short wait, where the registry of its own branch hangs", async () => {
    const { updater, git, clock } = createWorld({
      registry,
      registryFaults: [hanging],
      settings: { batchWaitMs: 500, timeouts: { registry: 60_000 } },
    });
    const running = updater.run([dead, good]);
    await passTime(clock, 400, expect.poll(() => git.commits).toHaveLength(1));
    expect(clock.now().getTime() - Date.parse("2024-01-01T00:00:00Z")).toBeLessThan(5000);
    await passTime(clock, 60_000, running);
    expect((await running).counters).toEqual(counters(2, 2, 0, 1, 1));
    expect(clock.pending).toBe(0);
  });

  it("while the files of another repository cannot be had", async () => {
    const { updater, git } = createWorld({
      registry,
      repositories,
      gitFaults: [{ on: "read", repository: ELSEWHERE, behave: "hang" }],
    });
    const annotations = {
      "write-back-method": "git",
      "image-list": "app=ghcr.io/team/app:1.x",
      "git-repository": ELSEWHERE,
    };
    void updater.run([application({ name: "unread", annotations }), good]);
    await expect.poll(() => git.commits).toHaveLength(1);
  });

  it("with one read and one push for a hundred of one branch", async () => {
    const { updater, git } = createWorld({ registry, repositories });
    const many = Array.from({ length: 100 }, (_, index) =>
      appOf(`app-${index}`, "ghcr.io/team/app"),
    );
    const report = await updater.run(many);
    expect(report.counters).toEqual(counters(100, 100, 0, 100, 0));
    expect(git.calls).toEqual([`read ${REPOSITORY}`, `write ${REPOSITORY}`]);
  });

  it("with one push per branch of a repository, so that none waits for the other", async () => {
    const { updater, git } = createWorld({
      registry,
      repositories: { [REPOSITORY]: { main: {}, next: {} } },
    });
    const report = await updater.run([
      good,
      appOf("next", "ghcr.io/team/app", { "git-branch": "next" }),
      appOf("again", "ghcr.io/team/app"),
    ]);
    expect(report.counters).toEqual(counters(3, 3, 0, 3, 0));
    expect(git.calls.filter((call) => call.startsWith("write"))).toHaveLength(2);
    expect(git.commits.map(({ branch }) => branch).toSorted()).toEqual(["main", "main", "next"]);
  });
});

describe("what became of a write", () => {
  const moved = appOf("moved", "ghcr.io/team/app", { "git-repository": ELSEWHERE });
  const hangs = { on: "write", repository: ELSEWHERE, behave: "hang" } as const;

  it.each(["run", "apply"] as const)(
    "is logged and told when it ends, not when the slowest does (%s)",
    async (how) => {
      const events: ObservedEvent[] = [];
      const observer = { observe: (event: ObservedEvent) => void events.push(event) };
      const { updater, logger, clock } = createWorld({
        registry,
        repositories,
        gitFaults: [hangs],
        settings: { observer },
      });
      const running =
        how === "run"
          ? updater.run([moved, good])
          : updater.apply(await updater.plan([moved, good]));
      await expect
        .poll(() => logger.entries.map(({ message }) => message))
        .toContain("Successfully updated the live application spec");
      await expect
        .poll(() => events.filter(({ kind }) => kind === "change-written"))
        .toEqual([{ kind: "change-written", application: "argocd/good", result: "written" }]);
      await passTime(clock, 300_000, running);
      expect((await running).counters).toEqual(counters(2, 2, 0, 1, 1));
    },
  );

  it("stands in the report in the order of the applications", async () => {
    const { updater, clock } = createWorld({ registry, repositories, gitFaults: [hangs] });
    const running = updater.run([moved, good]);
    await passTime(clock, 300_000, running);
    const report = await running;
    expect(report.applications.map((one) => [one.application.name, one.write?.kind])).toEqual([
      ["moved", "failed"],
      ["good", "written"],
    ]);
  });
});
