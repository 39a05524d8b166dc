import { RegistryError } from "@image-updater/core";
import {
  connectionCode,
  ContentEncodingError,
  withoutReceivedBytes,
  type Deadline,
} from "@image-updater/http";
import type { HttpRequest, RequestPlace } from "./http-message.js";

const CONNECTION_CODES: ReadonlySet<string> = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
  "UND_ERR_SOCKET",
]);

const BROKEN_HTTP = /^(?:HTTPParserError|HPE_.*|UND_ERR_HEADERS_OVERFLOW)$/;
/** What OpenSSL makes of `HTTP/1.1 400 Bad Request` in place of a greeting. */
const PLAIN_ANSWER = /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/;
const CERTIFICATE_CODE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS/;

/** `host/repository:reference` of a place, as far as it is known. */
export function formatPlace({ host, repository, reference }: RequestPlace): string {
  if (repository === undefined) return host;
  if (reference === undefined) return `${host}/${repository}`;
  return `${host}/${repository}${reference.includes(":") ? "@" : ":"}${reference}`;
}

/** The error of a call that its caller ended. */
export function cancelledError(place: RequestPlace): RegistryError {
  return new RegistryError("cancelled", `${formatPlace(place)}: cancelled`, place);
}

/** What the connection threw, as a `RegistryError`. */
export function transportError(
  error: unknown,
  endedBy: ReturnType<Deadline["endedBy"]>,
  { url, place }: Pick<HttpRequest, "url" | "place">,
): RegistryError {
  if (RegistryError.is(error)) return error;
  if (endedBy === "cancelled") return cancelledError(place);
  const at = formatPlace(place);
  if (endedBy === "timeout") {
    return new RegistryError("timeout", `${at}: no complete answer in time`, place);
  }
  const code = connectionCode(error);
  const context = { ...place, cause: withoutReceivedBytes(error) };
  if (error instanceof ContentEncodingError) {
    const message = `${at}: the answer cannot be decoded: ${error.message}`;
    return new RegistryError("invalid-response", message, context);
  }
  if (BROKEN_HTTP.test(code)) {
    return new RegistryError("invalid-response", `${at}: no valid HTTP answer (${code})`, context);
  }
  if (url.protocol === "https:" && PLAIN_ANSWER.test(code)) {
    const advice = `a registry of plain http is asked where its entry in registries.conf says so: write api_url: http://${url.host}`;
    const message = `${at}: ${url.origin} answers without TLS; ${advice}`;
    return new RegistryError("unavailable", message, context);
  }
  const hint = CERTIFICATE_CODE.test(code) ? "; a private authority is named by `ca_file`" : "";
  return new RegistryError("unavailable", `${at}: no connection (${code})${hint}`, context);
}

/** Whether the error is a connection that failed, which another attempt may cure. */
export function isConnectionError(error: unknown): boolean {
  return RegistryError.is(error) && CONNECTION_CODES.has(connectionCode(error.cause));
}
