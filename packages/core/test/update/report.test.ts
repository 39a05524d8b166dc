import { describe, expect, it } from "vitest";
import type { Outcome } from "../../src/decision/decision.js";
import type { WriteResult } from "../../src/ports/write-back-target.js";
import type { ApplicationPlan, Plan } from "../../src/update/plan.js";
import { buildReport, formatCounters } from "../../src/update/report.js";
import { counters } from "./world.js";

const error = { name: "WriteBackError", code: "rejected", message: "no" };
const failed: WriteResult = { kind: "failed", error };
const written: WriteResult = { kind: "written", revision: "1", paths: [] };

function planned(
  outcomes: readonly Outcome[],
  more: Partial<ApplicationPlan> = {},
): ApplicationPlan {
  return {
    application: { name: "web", namespace: "argocd" },
    images: outcomes.map((outcome) => ({
      image: "app",
      decision: { outcome, reason: { code: "not-live" }, tags: [], diagnostics: [] },
    })),
    previews: [],
    diagnostics: [],
    ...more,
  };
}

function plan(...applications: readonly ApplicationPlan[]): Plan {
  return { contract: "plan/1", createdAt: "2024-01-01T00:00:00.000Z", applications };
}

describe("the counters of a report", () => {
  it.each<readonly [Outcome, object]>([
    ["update", counters(1, 1, 0, 1, 0)],
    ["up-to-date", counters(1, 1, 0, 0, 0)],
    ["no-candidate", counters(1, 1, 1, 0, 0)],
    ["not-live", counters(1, 0, 1, 0, 0)],
    ["error", counters(1, 1, 0, 0, 1)],
    ["waiting", counters(1, 1, 0, 0, 1)],
    ["held", counters(1, 1, 1, 0, 0)],
    ["blocked", counters(1, 1, 1, 0, 0)],
  ])("count an image that comes out as %s", (outcome, expected) => {
    expect(buildReport(plan(planned([outcome])), []).counters).toEqual(expected);
  });

  it.each<readonly [string, WriteResult | undefined, object]>([
    ["written", written, counters(1, 3, 0, 2, 1)],
    ["unchanged", { kind: "unchanged" }, counters(1, 3, 0, 2, 1)],
    ["not asked for", undefined, counters(1, 3, 0, 2, 1)],
    ["failed", failed, counters(1, 3, 0, 0, 2)],
  ])("count two updates and an error, %s", (_name, write, expected) => {
    const one = plan(planned(["update", "update", "error"]));
    expect(buildReport(one, [write]).counters).toEqual(expected);
  });

  it("count an application that could not be planned as one error", () => {
    const one = plan(planned(["update", "not-live"], { error }), planned(["update"]));
    const report = buildReport(one, [undefined, written]);
    expect(report.counters).toEqual(counters(2, 2, 1, 1, 1));
    expect(report.applications.map((application) => application.error)).toEqual([error, undefined]);
  });

  it("are Argo CD Image Updater's line", () => {
    const { counters: found } = buildReport(plan(planned(["update", "not-live", "error"])), []);
    expect(formatCounters(found)).toBe(
      "Processing results: applications=1 images_considered=2 images_skipped=1 images_updated=1 errors=1",
    );
  });
});
