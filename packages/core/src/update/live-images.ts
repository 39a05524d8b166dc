import type { Application } from "../application/application.js";
import { summarizeError, type ErrorSummary } from "../errors/image-updater-error.js";
import type { WriteBackRead } from "../ports/write-back-target.js";
import { readTargets, textOfFile } from "./call-targets.js";
import { currentImages } from "./current-images.js";
import type { Cycle } from "./cycle.js";
import type { LiveImages } from "./plan-application.js";
import { locationOf, manifestFilesOf, overrideFileOf } from "./write-back-paths.js";

/**
 * What runs in each application: its status; without one, what its files say.
 *
 * The files of all applications are asked for at once, so that each target reads a repository once.
 */
export async function findLiveImages(
  cycle: Cycle,
  applications: readonly Application[],
): Promise<readonly LiveImages[]> {
  const plans = applications.map((application) => planRead(cycle, application));
  const reads = plans.flatMap((plan) => (plan.kind === "read" ? [plan.read] : []));
  const results = reads.length === 0 ? [] : await readTargets(reads, cycle.targets);
  const byRead = new Map(reads.map((read, index) => [read, results[index]]));
  return plans.map((plan, index): LiveImages => {
    if (plan.kind !== "read") return plan;
    const [application] = applications.slice(index, index + 1);
    const result = byRead.get(plan.read);
    if (application === undefined || result === undefined) return { kind: "known", images: [] };
    if (result.kind === "failed") return result;
    const [override = "", ...manifests] = plan.read.paths;
    const texts = manifests.map((path) => textOfFile(result.files, path));
    const images = currentImages(application, {
      override: textOfFile(result.files, override),
      manifest: texts.find((text) => text !== undefined),
    });
    return { kind: "known", images };
  });
}

type ReadPlan =
  | LiveImages
  | { readonly kind: "read"; readonly read: WriteBackRead }
  | { readonly kind: "failed"; readonly error: ErrorSummary };

function planRead(cycle: Cycle, application: Application): ReadPlan {
  const { liveImages, writeBack } = application;
  if (liveImages !== undefined) return { kind: "known", images: liveImages };
  const location = writeBack === undefined ? undefined : locationOf(application, writeBack);
  if (writeBack === undefined || location === undefined) {
    const images = currentImages(application, { override: undefined, manifest: undefined });
    return { kind: "known", images };
  }
  try {
    const paths = [
      overrideFileOf(application, writeBack.target, cycle.controllerNamespace),
      ...manifestFilesOf(application, writeBack.target),
    ];
    const identity = { name: application.name, namespace: application.namespace };
    return { kind: "read", read: { application: identity, settings: writeBack, location, paths } };
  } catch (error) {
    return { kind: "failed", error: summarizeError(error) };
  }
}
