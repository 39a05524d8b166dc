import { isDeepStrictEqual } from "node:util";
import type { CallOptions } from "@image-updater/core";
import { z } from "zod";
import { callResource } from "../api/call-resource.js";
import type { KubernetesApi } from "../api/kubernetes-api.js";
import { KubernetesError } from "../api/kubernetes-error.js";
import { IMAGE_UPDATERS } from "../api/resource.js";
import { untilNoConflict, type ObjectWriter } from "./until-no-conflict.js";

/** A status to be written. */
export interface ImageUpdaterStatusWrite {
  readonly namespace: string;
  readonly name: string;
  /** Of the resource that the status was made from; absent to write whatever has changed since. */
  readonly resourceVersion?: string | undefined;
  /** The whole status, as JSON. */
  readonly status: object;
}

/** Reads the resource, and replaces its status where it differs, guarded by the version that was read. */
export async function writeImageUpdaterStatus(
  writer: ObjectWriter,
  write: ImageUpdaterStatusWrite,
  options: CallOptions | undefined,
): Promise<"written" | "unchanged"> {
  const once = (): Promise<"written" | "unchanged"> => writeOnce(writer.api, write, options);
  if (write.resourceVersion !== undefined) return once();
  return untilNoConflict(writer, once, options?.signal);
}

const resource = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  status: z.unknown().optional(),
});

async function writeOnce(
  api: KubernetesApi,
  { namespace, name, resourceVersion, status }: ImageUpdaterStatusWrite,
  options: CallOptions | undefined,
): Promise<"written" | "unchanged"> {
  const signal = options?.signal;
  const place = { resource: IMAGE_UPDATERS, namespace, name };
  const read = await callResource(api, { ...place, verb: "get" }, { signal });
  const { data: present } = resource.safeParse(read);
  if (present === undefined) {
    const message = `ImageUpdater ${namespace}/${name}: the answer has no resource version`;
    throw new KubernetesError("invalid-response", message, { namespace, name });
  }
  if (resourceVersion !== undefined && resourceVersion !== present.metadata.resourceVersion) {
    const message = `ImageUpdater ${namespace}/${name} is no longer at version ${resourceVersion}; read it again`;
    throw new KubernetesError("conflict", message, { namespace, name });
  }
  // As JSON, where a field that is undefined is not there.
  const wanted: unknown = JSON.parse(JSON.stringify(status));
  if (isDeepStrictEqual(present.status, wanted)) return "unchanged";
  const call = { ...place, subresource: "status", verb: "update" } as const;
  await callResource(api, call, { body: { ...present, status: wanted }, signal });
  return "written";
}
