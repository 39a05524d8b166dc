import type { ApplicationReport, ImageReport, UpdateReport } from "@image-updater/core";
import { createTestClock } from "@image-updater/core/testing";
import { describe, expect, it } from "vitest";
import { kubernetesEvents } from "../../src/index.js";
import { application } from "../support/objects.js";
import { startServer } from "../support/test-server.js";

const web = { namespace: "argocd", name: "web" };
const written = { kind: "written", revision: "abc", paths: [] } as const;
const failure = { name: "WriteBackError", code: "conflict", message: "the branch moved on" };

const updated: ImageReport = {
  image: "ghcr.io/team/app",
  newImage: "ghcr.io/team/app:1.1",
  outcome: "update",
  decision: {
    outcome: "update",
    tag: "1.1",
    running: "ghcr.io/team/app:1.0",
    reason: { code: "other-tag", from: "1.0", to: "1.1" },
    tags: [],
    diagnostics: [],
  },
};

const byDigest: ImageReport = {
  ...updated,
  image: "nginx",
  newImage: `nginx:latest@sha256:${"b".repeat(64)}`,
  decision: { ...updated.decision, running: `nginx:latest@sha256:${"a".repeat(64)}` },
};

const upToDate: ImageReport = {
  ...updated,
  image: "redis",
  outcome: "up-to-date",
  decision: { ...updated.decision, outcome: "up-to-date" },
};

const broken: ImageReport = {
  ...updated,
  image: "ghcr.io/team/broken",
  outcome: "error",
  decision: {
    ...updated.decision,
    outcome: "error",
    reason: { code: "facts-failed", error: { ...failure, message: "ghcr.io says 401" } },
  },
};

const undeployed: ImageReport = {
  ...updated,
  outcome: "not-deployed",
  decision: {
    ...updated.decision,
    outcome: "not-deployed",
    reason: { code: "not-deployed", image: "ghcr.io/team/app:1.1" },
  },
};

function reportOf(...applications: readonly Partial<ApplicationReport>[]): UpdateReport {
  const none = { application: web, images: [], diagnostics: [] };
  return {
    counters: {
      applications: applications.length,
      imagesConsidered: 0,
      imagesSkipped: 0,
      imagesUpdated: 0,
      errors: 0,
    },
    applications: applications.map((one) => ({ ...none, ...one })),
  };
}

describe("an update that was written", () => {
  it("is an event as Argo CD Image Updater makes it", async () => {
    const { api, server } = await startServer({ objects: [application("web")] });
    const { metadata } = server.get({ kind: "Application", ...web }) ?? {};
    const events = kubernetesEvents({ api, clock: createTestClock() });
    const report = reportOf({ images: [upToDate, updated, byDigest], write: written });
    await expect(events.record(report)).resolves.toEqual({ recorded: 1, failed: [] });
    const time = "2024-01-01T00:00:00Z";
    expect(server.list("Event")).toMatchObject([
      {
        type: "Normal",
        reason: "ImagesUpdated",
        message: "Successfully updated application 'web'",
        involvedObject: {
          apiVersion: "argoproj.io/v1alpha1",
          kind: "Application",
          ...web,
          uid: metadata?.uid,
          resourceVersion: metadata?.resourceVersion,
        },
        source: { component: "ArgocdImageUpdater" },
        metadata: {
          namespace: "argocd",
          name: expect.stringMatching(/^web\.[a-z0-9]{5}$/),
          annotations: {
            "argocd-image-updater.image-0/full-image-name": "ghcr.io/team/app",
            "argocd-image-updater.image-0/image-name": "team/app",
            "argocd-image-updater.image-0/old-tag": "1.0",
            "argocd-image-updater.image-0/new-tag": "1.1",
            "argocd-image-updater.image-1/full-image-name": "nginx",
            "argocd-image-updater.image-1/image-name": "nginx",
            "argocd-image-updater.image-1/old-tag": `sha256:${"a".repeat(64)}`,
            "argocd-image-updater.image-1/new-tag": `sha256:${"b".repeat(64)}`,
          },
        },
        firstTimestamp: time,
        lastTimestamp: time,
        count: 1,
      },
    ]);
  });

  it.each<readonly [string, Partial<ApplicationReport>]>([
    ["a dry run", { images: [updated] }],
    ["nothing to write", { images: [upToDate] }],
    ["a write that changed nothing", { images: [updated], write: { kind: "unchanged" } }],
  ])("is not %s", async (_, report) => {
    const { api, server } = await startServer({ objects: [application("web")] });
    const recorded = await kubernetesEvents({ api }).record(reportOf(report));
    expect([recorded, server.requests]).toEqual([{ recorded: 0, failed: [] }, []]);
  });
});

describe("an image that is written and not deployed", () => {
  it("is a warning once it has been so for longer than Argo CD takes to look at Git", async () => {
    const { api, server } = await startServer({ objects: [application("web")] });
    const clock = createTestClock();
    const events = kubernetesEvents({ api, clock });
    const report = reportOf({ images: [undeployed] });
    await events.record(report);
    clock.advance(299_999);
    await events.record(report);
    expect(server.list("Event")).toEqual([]);
    clock.advance(1);
    await events.record(report);
    await events.record(report);
    expect(server.list("Event")).toMatchObject([
      {
        type: "Warning",
        reason: "ImageNotDeployed",
        message: expect.stringContaining("ghcr.io/team/app:1.1 is written, and Argo CD is Synced"),
        count: 2,
      },
    ]);
  });

  it("is none when it was deployed in between, and is one beside a failure", async () => {
    const { api, server } = await startServer({ objects: [application("web")] });
    const clock = createTestClock();
    const events = kubernetesEvents({ api, clock, notDeployedAfterMs: 1000 });
    await events.record(reportOf({ images: [undeployed] }));
    clock.advance(1000);
    await events.record(reportOf({ images: [upToDate] }));
    await events.record(reportOf({ images: [undeployed, broken] }));
    clock.advance(1000);
    await events.record(reportOf({ images: [undeployed, broken] }));
    const recorded = server.list("Event");
    expect(recorded).toHaveLength(2);
    expect(recorded).toContainEqual(
      expect.objectContaining({ reason: "ImageUpdateFailed", count: 2 }),
    );
    expect(recorded).toContainEqual(
      expect.objectContaining({ reason: "ImageNotDeployed", count: 1 }),
    );
  });
});

describe("a failure", () => {
  const failed = {
    images: [updated],
    write: { kind: "failed", error: failure },
    error: failure,
  } as const;

  it.each<readonly [string, Partial<ApplicationReport>, string]>([
    ["of a write", failed, "the branch moved on"],
    ["of images", { images: [broken, upToDate] }, "ghcr.io/team/broken: ghcr.io says 401"],
    [
      "of both",
      { ...failed, images: [broken] },
      "the branch moved on; ghcr.io/team/broken: ghcr.io says 401",
    ],
  ])("%s is a warning", async (_, report, message) => {
    const { api, server } = await startServer({ objects: [application("web")] });
    await kubernetesEvents({ api, component: "mine" }).record(reportOf(report));
    expect(server.list("Event")).toMatchObject([
      { type: "Warning", reason: "ImageUpdateFailed", message, source: { component: "mine" } },
    ]);
  });

  it("that comes again is counted up, until it changes or is over", async () => {
    const clock = createTestClock();
    const { api, server } = await startServer({ objects: [application("web")] });
    const events = kubernetesEvents({ api, clock });
    const counts = (): unknown => server.list("Event").map((event) => event["count"]);
    for (let cycle = 0; cycle < 3; cycle += 1) {
      await events.record(reportOf(failed));
      clock.advance(60_000);
    }
    expect(server.list("Event")).toMatchObject([
      { count: 3, firstTimestamp: "2024-01-01T00:00:00Z", lastTimestamp: "2024-01-01T00:02:00Z" },
    ]);
    await events.record(reportOf({ images: [broken] }));
    expect(counts()).toEqual(expect.arrayContaining([3, 1]));
    await events.record(reportOf({ images: [upToDate] }));
    await events.record(reportOf({ images: [broken] }));
    expect(server.list("Event")).toHaveLength(3);
  });

  it("whose event is gone gets a new one", async () => {
    const { api, server } = await startServer({ objects: [application("web")] });
    const events = kubernetesEvents({ api });
    await events.record(reportOf(failed));
    const [first] = server.list("Event");
    server.remove({ kind: "Event", namespace: "argocd", name: first?.metadata.name ?? "" });
    await events.record(reportOf(failed));
    expect(server.list("Event")).toMatchObject([{ count: 1 }]);
  });

  it("has a message that the API server takes", async () => {
    const { api, server } = await startServer({ objects: [application("web")] });
    const error = { ...failure, message: "long ".repeat(1000) };
    await kubernetesEvents({ api }).record(reportOf({ error }));
    expect(String(server.list("Event")[0]?.["message"])).toHaveLength(1024);
  });

  it("beside an update that was written has an event of its own", async () => {
    const { api, server } = await startServer({ objects: [application("web")] });
    const report = reportOf({ images: [updated, broken], write: written });
    await expect(kubernetesEvents({ api }).record(report)).resolves.toMatchObject({ recorded: 2 });
    const reasons = server.list("Event").map((event) => String(event["reason"]));
    expect(reasons.toSorted()).toEqual(["ImageUpdateFailed", "ImagesUpdated"]);
  });
});

describe("a cycle that was told to stop", () => {
  const stopped = { name: "RegistryError", code: "cancelled", message: "the cycle was cancelled" };
  const reason = { code: "facts-failed", error: stopped } as const;

  it("warns of nothing that it did not end", async () => {
    const { api, server } = await startServer({ objects: [application("web")] });
    const cut: ImageReport = { ...broken, decision: { ...broken.decision, reason } };
    const report = reportOf({ images: [cut, upToDate], error: stopped });
    expect(await kubernetesEvents({ api }).record(report)).toEqual({ recorded: 0, failed: [] });
    expect(server.list("Event")).toEqual([]);
  });
});

describe("a warning", () => {
  it.each([
    ["ghcr.io says 401", "ghcr.io/team/broken: ghcr.io says 401"],
    ["ghcr.io/team/broken: 401", "ghcr.io/team/broken: 401"],
    ["the tags of team/broken on ghcr.io: 401", "the tags of team/broken on ghcr.io: 401"],
  ])("names its image once: %s", async (text, message) => {
    const { api, server } = await startServer({ objects: [application("web")] });
    const error = { ...failure, message: text };
    const reason = { code: "facts-failed", error } as const;
    const image: ImageReport = { ...broken, decision: { ...broken.decision, reason } };
    await kubernetesEvents({ api }).record(reportOf({ images: [image] }));
    expect(server.list("Event")).toMatchObject([{ message }]);
  });
});

describe("an event that cannot be recorded", () => {
  it("is told of, and stops no other", async () => {
    const { api, server } = await startServer({ objects: [application("web")] });
    const gone = { namespace: "argocd", name: "gone" };
    const report = reportOf(
      { application: gone, images: [updated], write: written },
      { images: [updated], write: written },
    );
    await expect(kubernetesEvents({ api }).record(report)).resolves.toMatchObject({
      recorded: 1,
      failed: [{ name: "KubernetesError", code: "not-found" }],
    });
    expect(server.list("Event")).toHaveLength(1);
  });
});
