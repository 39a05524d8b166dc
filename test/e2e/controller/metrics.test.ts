import type { ApplicationReport } from "@image-updater/core";
import { describe, expect, it } from "vitest";
import { countByOwner } from "../../../examples/controller/src/count-by-owner.js";
import { createMetrics } from "../../../examples/controller/src/metrics.js";

const PREFIX = "argocd_image_updater";
const OF_TEAM = '{image_updater_cr_name="team",image_updater_cr_namespace="argocd"}';
const OF_ANNOTATIONS = '{image_updater_cr_name="",image_updater_cr_namespace=""}';

async function samplesOf(metrics: ReturnType<typeof createMetrics>): Promise<readonly string[]> {
  return (await metrics.render()).split("\n").filter((line) => line.startsWith(PREFIX));
}

describe("the metrics", () => {
  it("have upstream's names and types", async () => {
    const text = await createMetrics().render();
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gmu)].map(([, name, type]) => [
      name,
      type,
    ]);
    expect(types).toEqual([
      [`${PREFIX}_applications_watched_total`, "gauge"],
      [`${PREFIX}_images_watched_total`, "gauge"],
      [`${PREFIX}_images_updated_total`, "counter"],
      [`${PREFIX}_images_errors_total`, "counter"],
      [`${PREFIX}_registry_requests_total`, "counter"],
      [`${PREFIX}_registry_requests_failed_total`, "counter"],
      [`${PREFIX}_k8s_api_requests_total`, "counter"],
      [`${PREFIX}_k8s_api_errors_total`, "counter"],
    ]);
  });

  it("say what is watched, and forget an ImageUpdater that is gone", async () => {
    const metrics = createMetrics();
    const counted = { applications: 2, images: 3, updated: 1, errors: 1 };
    metrics.record([{ owner: "argocd/team", ...counted }], true);
    expect(await samplesOf(metrics)).toContain(`${PREFIX}_images_watched_total${OF_TEAM} 3`);
    metrics.record([{ owner: undefined, ...counted, updated: 2 }], true);
    const samples = await samplesOf(metrics);
    expect(samples).toContain(`${PREFIX}_applications_watched_total${OF_ANNOTATIONS} 2`);
    expect(samples.join("\n")).not.toContain(`watched_total${OF_TEAM}`);
    expect(samples).toContain(`${PREFIX}_images_updated_total${OF_TEAM} 1`);
    expect(samples).toContain(`${PREFIX}_images_updated_total${OF_ANNOTATIONS} 2`);
  });

  it("count what a cycle over a part did, and leave alone what is watched", async () => {
    const metrics = createMetrics();
    const owner = undefined;
    metrics.record([{ owner, applications: 5, images: 7, updated: 0, errors: 0 }], true);
    metrics.record([{ owner, applications: 1, images: 1, updated: 1, errors: 0 }], false);
    const samples = await samplesOf(metrics);
    expect(samples).toContain(`${PREFIX}_images_watched_total${OF_ANNOTATIONS} 7`);
    expect(samples).toContain(`${PREFIX}_images_updated_total${OF_ANNOTATIONS} 1`);
  });

  it("count reads of registries and requests to Kubernetes, and those that failed", async () => {
    const metrics = createMetrics();
    for (const failed of [false, true, false]) {
      metrics.observer.observe({ kind: "registry-read", host: "ghcr.io", failed });
      metrics.countApiRequest(failed);
    }
    metrics.observer.observe({ kind: "cycle-ended", errors: 3 });
    const samples = await samplesOf(metrics);
    expect(samples).toContain(`${PREFIX}_registry_requests_total{registry="ghcr.io"} 3`);
    expect(samples).toContain(`${PREFIX}_registry_requests_failed_total{registry="ghcr.io"} 1`);
    expect(samples).toContain(`${PREFIX}_k8s_api_requests_total 3`);
    expect(samples).toContain(`${PREFIX}_k8s_api_errors_total 1`);
  });
});

describe("counting by owner", () => {
  const application = (
    name: string,
    outcomes: readonly ApplicationReport["images"][number]["outcome"][],
    more: Partial<ApplicationReport> = {},
  ): ApplicationReport => ({
    application: { name, namespace: "argocd" },
    images: outcomes.map((outcome) => ({
      image: "acme/web",
      outcome,
      decision: {
        outcome,
        reason: { code: "not-live", image: "acme/web" },
        tags: [],
        diagnostics: [],
      },
    })),
    diagnostics: [],
    ...more,
  });
  const written = { kind: "written", revision: "1", paths: [] } as const;
  const error = { name: "WriteBackError", code: "conflict", message: "", retryable: true } as const;
  const failed = { kind: "failed", error } as const;

  it("takes apart what each ImageUpdater and the annotations have", () => {
    const reports = [
      application("a", ["update", "up-to-date"], { write: written }),
      application("b", ["not-live", "error", "waiting"]),
      application("c", ["update", "held"], { write: failed, error }),
      application("d", ["up-to-date"]),
    ];
    const ownerOf = ({ name }: { name: string }): string | undefined =>
      name === "d" ? undefined : "argocd/team";
    expect(countByOwner(reports, ownerOf)).toEqual([
      { owner: "argocd/team", applications: 3, images: 6, updated: 1, errors: 3 },
      { owner: undefined, applications: 1, images: 1, updated: 0, errors: 0 },
    ]);
  });
});
