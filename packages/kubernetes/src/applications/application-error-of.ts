import { ApplicationError, type ApplicationErrorCode } from "@image-updater/core";
import { KubernetesError, type KubernetesErrorCode } from "../api/kubernetes-error.js";

/** What an API server's error means for Applications; what is not such an error stays as it is. */
export function applicationErrorOf(error: unknown, application: string): unknown {
  if (!KubernetesError.is(error)) return error;
  return new ApplicationError(CODES[error.code], error.message, { application, cause: error });
}

const CODES: Readonly<Record<KubernetesErrorCode, ApplicationErrorCode>> = {
  "bad-request": "rejected",
  unauthorized: "unauthorized",
  forbidden: "forbidden",
  "not-found": "not-found",
  "already-exists": "conflict",
  conflict: "conflict",
  expired: "unavailable",
  invalid: "rejected",
  "rate-limited": "unavailable",
  unavailable: "unavailable",
  timeout: "unavailable",
  cancelled: "cancelled",
  "invalid-response": "invalid-response",
  "invalid-config": "rejected",
  "too-large": "invalid-response",
};
