import {
  ApplicationError,
  applyJsonPatch,
  EditError,
  type ApplicationClient,
  type CallOptions,
  type JsonPatchOperation,
} from "@image-updater/core";
import { callResource } from "../api/call-resource.js";
import type { KubernetesApi } from "../api/kubernetes-api.js";
import { KubernetesError } from "../api/kubernetes-error.js";
import { APPLICATIONS } from "../api/resource.js";
import { applicationErrorOf } from "./application-error-of.js";

/** Settings of {@link kubernetesApplicationClient}. */
export interface KubernetesApplicationClientSettings {
  readonly api: KubernetesApi;
}

/**
 * Reads and patches Applications on the API server.
 *
 * The server says of a `test` that failed no more than of an object that is not valid (422): the
 * Application is read again, and what no longer fits to it is a `conflict`, the rest is `rejected`.
 */
export function kubernetesApplicationClient({
  api,
}: KubernetesApplicationClientSettings): ApplicationClient {
  return {
    contract: "application-client/1",
    get: (name, options) => get(api, name, options),
    async patch(name, patch, options): Promise<unknown> {
      const { namespace } = name;
      const place = { resource: APPLICATIONS, namespace, name: name.name };
      try {
        return await callResource(
          api,
          { ...place, verb: "patch" },
          { body: patch, contentType: "application/json-patch+json", signal: options?.signal },
        );
      } catch (error) {
        if (!KubernetesError.is(error) || error.code !== "invalid") {
          throw applicationErrorOf(error, keyOf(name));
        }
        throw await explainRefusal(api, { name, patch, error }, options);
      }
    },
  };
}

interface ApplicationName {
  readonly namespace: string;
  readonly name: string;
}

async function get(
  api: KubernetesApi,
  { namespace, name }: ApplicationName,
  options: CallOptions | undefined,
): Promise<unknown> {
  try {
    const call = { resource: APPLICATIONS, namespace, name, verb: "get" } as const;
    return await callResource(api, call, { signal: options?.signal });
  } catch (error) {
    throw applicationErrorOf(error, keyOf({ namespace, name }));
  }
}

interface RefusedPatch {
  readonly name: ApplicationName;
  readonly patch: readonly JsonPatchOperation[];
  readonly error: KubernetesError;
}

async function explainRefusal(
  api: KubernetesApi,
  { name, patch, error }: RefusedPatch,
  options: CallOptions | undefined,
): Promise<unknown> {
  const application = keyOf(name);
  const present = await get(api, name, options);
  const misfit = findMisfit(present, patch);
  if (misfit === undefined) return applicationErrorOf(error, application);
  const message = `Application ${application} changed meanwhile: ${misfit.message}; read it again`;
  return new ApplicationError("conflict", message, { application, cause: error });
}

/** Why a patch does not fit to a document; undefined when it does. */
function findMisfit(
  document: unknown,
  patch: readonly JsonPatchOperation[],
): EditError | undefined {
  try {
    applyJsonPatch(document, patch);
    return undefined;
  } catch (error) {
    if (EditError.is(error)) return error;
    throw error;
  }
}

function keyOf({ namespace, name }: ApplicationName): string {
  return `${namespace}/${name}`;
}
