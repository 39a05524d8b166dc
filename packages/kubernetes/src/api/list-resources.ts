import type { CancelSignal } from "@image-updater/core";
import { z } from "zod";
import { callResource } from "./call-resource.js";
import type { KubernetesApi } from "./kubernetes-api.js";
import { KubernetesError } from "./kubernetes-error.js";
import type { ResourcePlace } from "./resource.js";
import { describeCall } from "./status-error.js";

/** Which objects. */
export interface ResourceSelection extends Omit<ResourcePlace, "name" | "subresource"> {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Objects of one request; default 500. */
  readonly pageSize?: number | undefined;
}

/** A whole list. */
export interface ResourceList {
  /** As decoded JSON. */
  readonly objects: readonly unknown[];
  /** From where a watch goes on. */
  readonly resourceVersion: string;
}

const page = z.object({
  metadata: z.object({
    resourceVersion: z.string().default(""),
    continue: z.string().default(""),
  }),
  items: z.array(z.unknown()).nullish(),
});

type Page = z.infer<typeof page>;

/** A list that goes on for longer does not end: five million objects of the usual page. */
const MOST_PAGES = 10_000;

/** By how much smaller the next page is asked for when one was too large to be read. */
const SHRINK = 5;

/**
 * Lists all objects, page by page; smaller pages where they are too large.
 *
 * When a page is too old to go on from, all are read anew in one request, as Kubernetes' own clients do:
 * the list is whole and of one moment, or an error.
 */
export async function listResources(
  api: KubernetesApi,
  selection: ResourceSelection,
  signal?: CancelSignal,
): Promise<ResourceList> {
  let limit = selection.pageSize ?? 500;
  let token = "";
  const objects: unknown[] = [];
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const paging = { limit: String(limit), ...(token === "" ? {} : { continue: token }) };
    try {
      const { items, metadata } = await readPage(api, selection, paging, signal);
      for (const object of items ?? []) objects.push(object);
      const { resourceVersion, continue: next } = metadata;
      if (next === "") return { objects, resourceVersion };
      if (next === token) break;
      token = next;
    } catch (error) {
      const code = KubernetesError.is(error) ? error.code : undefined;
      if (code === "expired" && token !== "") return listAtOnce(api, selection, signal);
      if (code !== "too-large" || limit <= 1) throw error;
      limit = Math.ceil(limit / SHRINK);
    }
  }
  const call = describeCall({ ...placeOf(selection), verb: "list" });
  const message = `${call}: the list does not end: each page names a next one`;
  throw new KubernetesError("invalid-response", message, { verb: "list" });
}

async function listAtOnce(
  api: KubernetesApi,
  selection: ResourceSelection,
  signal: CancelSignal | undefined,
): Promise<ResourceList> {
  const { items, metadata } = await readPage(api, selection, {}, signal);
  return { objects: items ?? [], resourceVersion: metadata.resourceVersion };
}

async function readPage(
  api: KubernetesApi,
  selection: ResourceSelection,
  paging: Readonly<Record<string, string>>,
  signal: CancelSignal | undefined,
): Promise<Page> {
  const call = { ...placeOf(selection), verb: "list" } as const;
  const query = { ...selectors(selection), ...paging };
  const body = await callResource(api, call, { query, signal });
  const { data, error } = page.safeParse(body);
  if (data !== undefined) return data;
  const message = `${describeCall(call)}: the answer is not a list`;
  throw new KubernetesError("invalid-response", message, { verb: "list", cause: error });
}

/** The selectors as a query. */
export function selectors({
  labelSelector,
  fieldSelector,
}: ResourceSelection): Readonly<Record<string, string>> {
  return {
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  };
}

/** The place alone. */
export function placeOf({ resource, namespace }: ResourceSelection): ResourcePlace {
  return namespace === undefined ? { resource } : { resource, namespace };
}
