import type { Repository } from "@image-updater/core";
import type { Call, Decoder, RequestPlace } from "@image-updater/registry-oci/http";
import type { KeyHolder } from "../credentials/key-holder.js";
import { acrHostOf } from "../hosts/acr-host.js";
import type { AcrInstance } from "../instance/acr-instance.js";
import type { OpenApiCall } from "./open-api-call.js";
import type { OpenApiConnection } from "./open-api-connection.js";
import { sendCall } from "./send-call.js";

/** What a call is made for. */
export interface AcrApiTarget extends Call {
  readonly instance: AcrInstance;
  readonly repository: Repository;
  /** What errors name. */
  readonly place: RequestPlace;
}

/** The OpenAPI of the container registry. */
export interface AcrApi {
  /** @throws RegistryError, or CredentialError when there is no key to sign with. */
  call<T>(target: AcrApiTarget, call: OpenApiCall, decoder: Decoder<T>): Promise<T>;
}

/** Where the API is. */
export interface AcrEndpointSettings {
  /** Base URL; default the region's own. */
  readonly endpoint?: string | undefined;
  /** Default that of the registry's host. */
  readonly network?: "public" | "vpc" | undefined;
}

/** The API, signed with the holder's key. */
export function createAcrApi(
  connection: OpenApiConnection,
  key: KeyHolder,
  settings: AcrEndpointSettings,
): AcrApi {
  return {
    call({ instance, repository, place, signal, pauseDeadline }, call, decoder) {
      const endpoint = endpointOf(instance, repository, settings);
      return sendCall(connection, call, { endpoint, key, decoder, place, signal, pauseDeadline });
    },
  };
}

/** Who reaches a registry by its VPC's host may have no other way out. */
function endpointOf(
  { region }: AcrInstance,
  repository: Repository,
  { endpoint, network }: AcrEndpointSettings,
): URL {
  if (endpoint !== undefined) return new URL(endpoint);
  const isVpc = (network ?? acrHostOf(repository)?.network) === "vpc";
  return new URL(`https://cr${isVpc ? "-vpc" : ""}.${region}.aliyuncs.com`);
}
