import { z } from "zod";
import { findRunningImages } from "../decision/find-running-image.js";
import type { ImageReference } from "../image/image-reference.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { Application } from "./application.js";

const phase = z.object({ phase: z.string() }).nullish().catch(undefined);

const deployed = z.object({
  operation: z.unknown().optional(),
  status: z.object({
    sync: z.object({ status: z.literal("Synced") }),
    health: z.object({ status: z.literal("Healthy") }),
    operationState: phase,
    sourceHydrator: z.object({ currentOperation: phase }).nullish().catch(undefined),
    resources: z
      .array(z.object({ kind: z.string() }).catch({ kind: "" }))
      .nullish()
      .catch(undefined),
  }),
});

/**
 * Whether Argo CD is done with an application: Synced and Healthy, with no operation and no hydration
 * under way. A rollout is Progressing, one that is stuck Degraded, and an application that was rolled
 * back OutOfSync.
 *
 * Where all that makes Pods is jobs, none of this says that they run the newest image: the Pods there
 * are of runs before.
 */
export function isDone({ manifest }: Pick<Application, "manifest">): boolean {
  const { data } = deployed.safeParse(manifest);
  if (data === undefined || (data.operation ?? undefined) !== undefined) return false;
  const { operationState, sourceHydrator, resources } = data.status;
  const hydration = sourceHydrator?.currentOperation?.phase ?? "Hydrated";
  if (operationState?.phase === "Running" || operationState?.phase === "Terminating") return false;
  return hydration === "Hydrated" && !hasOnlyJobs((resources ?? []).map(({ kind }) => kind));
}

/** Whether the image runs, in every one of its containers in another version than the wanted one. */
export function runsOtherwise(
  policy: ImagePolicy,
  wanted: ImageReference,
  live: readonly ImageReference[],
): boolean {
  const running = findRunningImages(policy, live);
  return running.length > 0 && !live.some((image) => isVersion(image, wanted, running));
}

function isVersion(
  image: ImageReference,
  wanted: ImageReference,
  running: readonly ImageReference[],
): boolean {
  const isSameName =
    running.includes(image) ||
    (image.repository === wanted.repository && image.registry === wanted.registry);
  if (!isSameName) return false;
  if (image.digest !== undefined && wanted.digest !== undefined) {
    return image.digest === wanted.digest;
  }
  return image.tag !== undefined && image.tag === wanted.tag;
}

const JOBS: ReadonlySet<string> = new Set(["Job", "CronJob"]);
/** Kinds of which Argo CD knows that they make Pods, and whose Pods follow a change at once. */
const WORKLOADS: ReadonlySet<string> = new Set([
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "Rollout",
  "Pod",
]);

function hasOnlyJobs(kinds: readonly string[]): boolean {
  return kinds.some((kind) => JOBS.has(kind)) && !kinds.some((kind) => WORKLOADS.has(kind));
}
