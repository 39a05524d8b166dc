import { randomBytes } from "node:crypto";
import type { CancelSignal } from "@image-updater/core";
import {
  decodeJson,
  exchange,
  type Call,
  type Decoder,
  type RequestPlace,
} from "@image-updater/registry-oci/http";
import type { AccessKey } from "../credentials/access-key.js";
import { formatPath, formatQuery, type OpenApiCall } from "./open-api-call.js";
import type { OpenApiConnection } from "./open-api-connection.js";
import { openApiError } from "./open-api-error.js";
import { retryCall } from "./retry-call.js";
import { signCall } from "./sign-call.js";

const BODY_LIMIT = 4 * 1024 * 1024;

/** Where a call goes, who signs it, and what its answer is read as. */
export interface SignedCallOptions<T> extends Call {
  /** Base URL of the API. */
  readonly endpoint: URL;
  /** Asked for each attempt: a wait may outlive a key. */
  readonly key: (signal: CancelSignal | undefined) => Promise<AccessKey>;
  readonly decoder: Decoder<T>;
  /** What errors name. */
  readonly place: RequestPlace;
}

/**
 * Signs and sends a call, again where it is throttled.
 *
 * No redirect is followed: a session's token stands in a header of the call.
 *
 * @throws RegistryError for every answer but a successful one of the decoder's shape.
 */
export function sendCall<T>(
  connection: OpenApiConnection,
  call: OpenApiCall,
  options: SignedCallOptions<T>,
): Promise<T> {
  const attempt = (): Promise<T> => sendOnce(connection, call, options);
  return retryCall(attempt, connection, options.signal);
}

/** Of the key itself, only what a session adds to it is sent; servers know all of it. */
function secretsOf({ accessKeyId, accessKeySecret, securityToken }: AccessKey): readonly string[] {
  return [accessKeyId, accessKeySecret, securityToken].filter((part) => part !== undefined);
}

async function sendOnce<T>(
  { clock, rate, dispatcher, userAgent, requestTimeoutMs }: OpenApiConnection,
  call: OpenApiCall,
  { endpoint, key, decoder, place, signal, pauseDeadline }: SignedCallOptions<T>,
): Promise<T> {
  const signer = await key(signal);
  await rate.take({ signal, pauseDeadline, of: place.repository });
  const stamp = { date: clock.now(), nonce: randomBytes(16).toString("hex") };
  const { headers, authorization } = signCall(call, endpoint.host, signer, stamp);
  const query = formatQuery(call.query);
  const url = new URL(`${formatPath(call.path)}${query === "" ? "" : `?${query}`}`, endpoint);
  const request = {
    method: call.method,
    url,
    place,
    headers: { ...headers, accept: "application/json", "user-agent": userAgent },
    authorization,
    secrets: [authorization.slice(authorization.lastIndexOf("=") + 1), ...secretsOf(signer)],
    bodyLimit: BODY_LIMIT,
    dispatcher,
    signal,
  };
  const response = await exchange(request, requestTimeoutMs);
  const what = `${call.action} at ${endpoint.host}`;
  const error = openApiError(response, place, what, clock.now());
  if (error !== undefined) throw error;
  return decodeJson(response.body, decoder, place, `the answer to ${what}`);
}
