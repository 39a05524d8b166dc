import { describe, expect, it } from "vitest";
import type { Application } from "../../src/application/application.js";
import { formatPlan } from "../../src/update/format-plan.js";
import { application, counters, createWorld } from "./world.js";

const registry = { "team/app": ["1.0", "1.1"], "team/side": ["1.0", "1.1"] };

/** An Application whose first image is to be verified. */
function verified(running: string): Application {
  const read = application({
    annotations: {
      "write-back-method": "git",
      "image-list": "app=ghcr.io/team/app:1.x,side=ghcr.io/team/side:1.x",
      "side.helm.image-spec": "side",
    },
    live: [`ghcr.io/team/app:${running}`, "ghcr.io/team/side:1.0"],
  });
  const cosignKey = { secretName: "cosign", key: "cosign.pub" };
  const [app, ...others] = read.policies;
  if (app === undefined) throw new Error("no policy");
  return { ...read, policies: [{ ...app, verification: { cosignKey } }, ...others] };
}

describe("an image that is to be verified", () => {
  it("is not updated, and stops no other image", async () => {
    const { updater, git } = createWorld({ registry });
    const report = await updater.run([verified("1.0")]);
    expect(report.counters).toEqual(counters(1, 2, 0, 1, 1));
    expect(report.applications[0]?.images).toMatchObject([
      {
        outcome: "error",
        decision: { reason: { code: "verification-unavailable", image: "ghcr.io/team/app" } },
      },
      { outcome: "update" },
    ]);
    expect(git.commits).toMatchObject([{ message: expect.not.stringContaining("team/app") }]);
  });

  it("is up to date as any other", async () => {
    const { updater } = createWorld({ registry });
    const report = await updater.run([verified("1.1")]);
    expect(report.applications[0]?.images[0]?.outcome).toBe("up-to-date");
  });

  it("says why", async () => {
    const { updater } = createWorld({ registry });
    expect(formatPlan(await updater.plan([verified("1.0")]))).toContain(
      "ghcr.io/team/app must be verified by its signature",
    );
  });
});
