import { describe, expect, it } from "vitest";
import type { Application } from "../../src/application/application.js";
import type { WriteBackSettings } from "../../src/ports/write-back-settings.js";
import type { WriteBackTarget, WriteResult } from "../../src/ports/write-back-target.js";
import { formatPlan } from "../../src/update/format-plan.js";
import { application, createWorld, REPOSITORY } from "./world.js";

const registry = { "team/app": ["1.0", "1.1"] };
const KUSTOMIZATION = "images:\n- name: ghcr.io/team/app\n  newTag: '1.0'\n";

function requested(name: string, settings: Partial<WriteBackSettings> = {}): Application {
  const annotations = { "write-back-method": "git", "image-list": "app=ghcr.io/team/app:1.x" };
  const read = application({ name, annotations, live: ["ghcr.io/team/app:1.0"] });
  const pullRequest = { forge: "github", labels: ["images"] } as const;
  const target = { kind: "override" } as const;
  const writeBack: WriteBackSettings = { method: "git", target, pullRequest, ...settings };
  return { ...read, writeBack };
}

async function branchesOf(...applications: readonly Application[]): Promise<readonly string[]> {
  const { updater, git } = createWorld({
    registry,
    files: { "base/kustomization.yaml": KUSTOMIZATION },
  });
  await updater.run(applications);
  return git.commits.map(({ branch }) => branch);
}

describe("an application that wants a pull request", () => {
  it("is pushed to a branch of its target and its changes", async () => {
    // The start of sha256("https://…apps.git|main|apps/web/.argocd-source-web.yaml"), and all of
    // sha256("team/app-1.0-1.1,").
    expect(await branchesOf(requested("web"))).toEqual([
      "image-updater-77f9ec10-5f047f7f0eafd0c83df35ad17309d36e5cfdd986e2c7add17b256151fe9308a0",
    ]);
  });

  it("has another branch than one that writes another file", async () => {
    const [one, other] = await branchesOf(requested("web"), requested("api"));
    expect(one).not.toBe(other);
    expect(one?.slice("image-updater-12345678".length)).toBe(
      other?.slice("image-updater-12345678".length),
    );
  });

  it("shares the branch with one that makes the same change to the same kustomization", async () => {
    const target = { kind: "kustomization", path: "/base" } as const;
    const { updater, git } = createWorld({
      registry,
      files: { "base/kustomization.yaml": KUSTOMIZATION },
    });
    const report = await updater.run([requested("web", { target }), requested("api", { target })]);
    expect(report.applications.map(({ write }) => write?.kind)).toEqual(["written", "unchanged"]);
    expect(git.commits).toHaveLength(1);
  });

  it("has the same branch whatever stands in the URL's user information", async () => {
    const branch = async (repository: string): Promise<string> => {
      const { updater } = createWorld({ registry });
      const plan = await updater.plan([requested("web", { repository })], { previews: false });
      return plan.applications[0]?.change?.location?.branch ?? "";
    };
    expect(await branch("https://ci:one@git.example.com/team/apps.git")).toBe(
      await branch(REPOSITORY),
    );
  });

  it("says so in the plan", async () => {
    const { updater } = createWorld({ registry });
    expect(formatPlan(await updater.plan([requested("web")]))).toContain(
      ", as a pull request on github",
    );
  });
});

describe("what a target says of a write", () => {
  const said: WriteResult = {
    kind: "unchanged",
    pullRequest: { number: 7, url: "https://git.example.com/team/apps/pulls/7", state: "closed" },
    notes: ["pull request 7 was closed by a person: it is left alone"],
  };
  const target: WriteBackTarget = {
    contract: "write-back-target/1",
    accepts: () => true,
    read: async (reads) => reads.map(() => ({ kind: "read", files: new Map() })),
    write: async (changes) => changes.map(() => said),
  };

  it("is logged, and stands in the report", async () => {
    const { updater, logger } = createWorld({ registry, targets: [target] });
    const report = await updater.run([requested("web")]);
    expect(report.applications[0]?.write).toEqual(said);
    const lines = logger.entries.map(({ level, message }) => [level, message]);
    expect(lines).toContainEqual([
      "info",
      "Pull request 7 (closed): https://git.example.com/team/apps/pulls/7",
    ]);
    expect(lines).toContainEqual([
      "warn",
      "pull request 7 was closed by a person: it is left alone",
    ]);
  });
});
