import type { CallOptions } from "@image-updater/core";
import { z } from "zod";
import { callResource } from "../api/call-resource.js";
import { KubernetesError } from "../api/kubernetes-error.js";
import { IMAGE_UPDATERS } from "../api/resource.js";
import { untilNoConflict, type ObjectWriter } from "./until-no-conflict.js";

/** Which finalizer of which resource. */
export interface FinalizerRemoval {
  readonly namespace: string;
  readonly name: string;
  /** As it stands in `metadata.finalizers`. */
  readonly finalizer: string;
}

const finalized = z.object({
  metadata: z.object({
    resourceVersion: z.string(),
    finalizers: z.array(z.string()).default([]),
  }),
});

/** Reads the resource and takes the finalizer off, guarded by the version that was read. */
export async function removeFinalizer(
  writer: ObjectWriter,
  removal: FinalizerRemoval,
  options: CallOptions | undefined,
): Promise<"removed" | "unchanged"> {
  try {
    return await untilNoConflict(
      writer,
      () => removeOnce(writer, removal, options),
      options?.signal,
    );
  } catch (error) {
    // It ended meanwhile.
    if (KubernetesError.is(error) && error.code === "not-found") return "unchanged";
    throw error;
  }
}

async function removeOnce(
  { api }: ObjectWriter,
  { namespace, name, finalizer }: FinalizerRemoval,
  options: CallOptions | undefined,
): Promise<"removed" | "unchanged"> {
  const signal = options?.signal;
  const place = { resource: IMAGE_UPDATERS, namespace, name };
  const { data } = finalized.safeParse(
    await callResource(api, { ...place, verb: "get" }, { signal }),
  );
  if (data === undefined) {
    const message = `ImageUpdater ${namespace}/${name}: the answer has no resource version, or its finalizers are not a list of texts`;
    throw new KubernetesError("invalid-response", message, { namespace, name });
  }
  const { resourceVersion, finalizers } = data.metadata;
  if (!finalizers.includes(finalizer)) return "unchanged";
  const left = finalizers.filter((one) => one !== finalizer);
  // With the version in it, a merge patch is refused as a conflict when somebody wrote in between.
  const body = { metadata: { resourceVersion, finalizers: left } };
  const contentType = "application/merge-patch+json";
  await callResource(api, { ...place, verb: "patch" }, { body, contentType, signal });
  return "removed";
}
