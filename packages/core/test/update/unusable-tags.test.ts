import { describe, expect, it } from "vitest";
import type { RegistryFault } from "../../src/testing/index.js";
import type { ImageReport } from "../../src/update/report.js";
import { application, createWorld, type World, type WorldSetup } from "./world.js";

const APP = "ghcr.io/team/app";
const TAGS = [
  { tag: "old", created: "2024-01-01T00:00:00Z" },
  { tag: "run", created: "2024-02-01T00:00:00Z" },
  { tag: "next", created: "2024-03-01T00:00:00Z" },
] as const;

function worldOf(registryFaults: readonly RegistryFault[], setup: WorldSetup = {}): World {
  return createWorld({ registry: { "team/app": TAGS }, registryFaults, ...setup });
}

async function runImage(
  { updater }: World,
  running: string,
  strategy = "newest-build",
): Promise<ImageReport | undefined> {
  const annotations = {
    "write-back-method": "git",
    "app.helm.image-spec": "image",
    "image-list": `app=${APP}`,
    "app.update-strategy": strategy,
  };
  const report = await updater.run([application({ annotations, live: [`${APP}:${running}`] })]);
  return report.applications[0]?.images[0];
}

describe("a tag that stays broken", () => {
  it.each<[RegistryFault["on"], RegistryFault["behave"], string]>([
    ["manifest", "not-found", "gone"],
    ["manifest", "blocked-by-policy", "refused"],
    ["manifest", "forbidden", "refused"],
    ["config", "not-found", "broken"],
  ])("does not stop newest-build: %s is %s", async (on, behave, code) => {
    const image = await runImage(worldOf([{ on, behave, tag: "old" }]), "run");
    expect(image?.newImage).toBe(`${APP}:next`);
    expect(image?.decision.tags.find(({ tag }) => tag === "old")?.reason.code).toBe(code);
  });

  it.each(["unauthorized", "rate-limited", "server-error", "garbage", "too-large"] as const)(
    "is waited for where that may pass, and named with the setting: %s",
    async (behave) => {
      const world = worldOf([{ on: "manifest", behave, tag: "old" }]);
      expect((await runImage(world, "run"))?.outcome).toBe("waiting");
      const [log] = world.logger.entries.filter(({ level }) => level === "error");
      expect(log?.message).toContain("ignore-tags: old");
    },
  );

  it("is waited for where a 403 is said of every tag", async () => {
    const image = await runImage(worldOf([{ on: "manifest", behave: "forbidden" }]), "run");
    expect(image?.decision.reason).toMatchObject({
      code: "unreadable-tags",
      tags: ["next", "old", "run"],
    });
  });

  it("is told from a registry that lets nobody in, though all others are remembered", async () => {
    const world = worldOf([{ on: "manifest", behave: "forbidden", tag: "old" }]);
    for (const live of ["run", "next"]) {
      expect((await runImage(world, live))?.outcome).not.toBe("waiting");
    }
  });
});

describe("a tag that the list names and that is gone", () => {
  it("does not send an image back", async () => {
    const registry = {
      "team/app": [
        { tag: "1.1", created: "2024-01-01T00:00:00Z" },
        { tag: "1.2", created: "2024-02-01T00:00:00Z" },
      ],
    };
    const faults = [{ on: "manifest", behave: "not-found", tag: "1.2" }] as const;
    for (const running of ["1.2", "1.0"]) {
      const world = worldOf(faults, { registry });
      const image = await runImage(world, running);
      expect(image?.decision).toMatchObject({
        outcome: "waiting",
        reason: { code: "uncertain-tags", tags: ["1.2"] },
      });
      expect(world.git.commits).toEqual([]);
    }
  });
});

it.each(["semver", "alphabetical", "newest-build"])(
  "a list that flaps is said loudly in plan and log with %s",
  async (strategy) => {
    const registry = { "team/app": ["1.0.0", "1.1.0"] };
    const world = worldOf([], { registry });
    const image = await runImage(world, "1.2.0", strategy);
    expect(image?.decision.diagnostics).toMatchObject([{ code: "running-tag-not-listed" }]);
    const warnings = world.logger.entries.filter(({ level }) => level === "warn");
    expect(warnings.map(({ message }) => message).join()).toContain('"1.2.0" is running');
  },
);
