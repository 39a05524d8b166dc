import type { UpdateReport, WriteBackTarget } from "@image-updater/core";
import { createTestClock } from "@image-updater/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recordSpans, type SpanRecording } from "../../../examples/controller/src/record-spans.js";
import { traceCycle } from "../../../examples/controller/src/tracing.js";

const clock = createTestClock();
const COUNTERS = {
  applications: 1,
  imagesConsidered: 1,
  imagesSkipped: 0,
  imagesUpdated: 1,
  errors: 0,
};
const CHANGE = {
  application: { name: "web", namespace: "argocd" },
  settings: { method: "git", target: { kind: "override" } },
  edits: [],
  message: "",
} as const;

function targetThatAnswers(
  results: Awaited<ReturnType<WriteBackTarget["write"]>>,
): WriteBackTarget {
  return {
    contract: "write-back-target/1",
    accepts: () => true,
    read: async () => [],
    write: async () => results,
  };
}

async function runCycle(target: WriteBackTarget, errors: number): Promise<UpdateReport> {
  return traceCycle("everything", clock, async ({ observer, traceWrites }) => {
    const application = "argocd/web";
    observer.observe({ kind: "image-decided", application, outcome: "update" });
    observer.observe({ kind: "image-decided", application, outcome: "waiting" });
    await traceWrites(target).write([CHANGE]);
    return { counters: { ...COUNTERS, errors }, applications: [] };
  });
}

describe("a cycle", () => {
  let recording: SpanRecording;

  beforeEach(() => {
    recording = recordSpans();
  });

  afterEach(async () => {
    await recording.stop();
  });

  it("is a span, with one for each decision and each write under it", async () => {
    const written = { kind: "written", revision: "1", paths: [] } as const;
    await runCycle(targetThatAnswers([written]), 0);
    expect(recording.spans()).toEqual([
      {
        name: "decision",
        parent: "cycle",
        attributes: {
          "image_updater.application": "argocd/web",
          "image_updater.outcome": "update",
        },
        failed: false,
      },
      {
        name: "decision",
        parent: "cycle",
        attributes: {
          "image_updater.application": "argocd/web",
          "image_updater.outcome": "waiting",
        },
        failed: true,
      },
      {
        name: "write",
        parent: "cycle",
        attributes: {
          "image_updater.applications": ["argocd/web"],
          "image_updater.results": ["written"],
        },
        failed: false,
      },
      {
        name: "cycle",
        parent: undefined,
        attributes: {
          "image_updater.triggers": ["everything"],
          "image_updater.applications": 1,
          "image_updater.images_considered": 1,
          "image_updater.images_updated": 1,
          "image_updater.errors": 0,
        },
        failed: false,
      },
    ]);
  });

  it("fails as a span with a write that fails", async () => {
    const error = { name: "WriteBackError", code: "rejected", message: "no", retryable: false };
    await runCycle(targetThatAnswers([{ kind: "failed", error }]), 1);
    const failed = recording.spans().filter((span) => span.failed);
    expect(failed.map(({ name }) => name)).toEqual(["decision", "write", "cycle"]);
  });

  it("ends its span when it throws", async () => {
    const cycle = traceCycle("everything", clock, () => Promise.reject(new Error("no list")));
    await expect(cycle).rejects.toThrow("no list");
    expect(recording.spans()).toMatchObject([{ name: "cycle", failed: true }]);
  });
});

it("works without an OpenTelemetry SDK", async () => {
  const report = await runCycle(targetThatAnswers([{ kind: "unchanged" }]), 0);
  expect(report.counters).toEqual(COUNTERS);
});
