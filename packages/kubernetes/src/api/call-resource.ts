import type { CancelSignal } from "@image-updater/core";
import type { KubernetesApi, KubernetesRequest } from "./kubernetes-api.js";
import { resourcePath } from "./resource.js";
import { errorOfCall, statusError, type ResourceCall } from "./status-error.js";

/** What goes along with a call. */
export interface CallContent {
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
  readonly contentType?: string | undefined;
  readonly signal?: CancelSignal | undefined;
}

/**
 * Makes one call and answers the object.
 *
 * @throws KubernetesError that names the call: of its status, or of a request without an answer.
 */
export async function callResource(
  api: KubernetesApi,
  call: ResourceCall,
  content: CallContent = {},
): Promise<unknown> {
  const path = resourcePath(call);
  const request: KubernetesRequest = { method: METHODS[call.verb], path, ...content };
  const response = await api.request(request).catch((error: unknown) => {
    throw errorOfCall(call, error);
  });
  if (response.status >= 200 && response.status < 300) return response.body;
  throw statusError(call, response);
}

const METHODS = {
  get: "GET",
  list: "GET",
  watch: "GET",
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
} as const;
