import { CredentialError, type CredentialErrorCode } from "@image-updater/core";
import { KubernetesError, type KubernetesErrorCode } from "../api/kubernetes-error.js";

/** What an API server's error means for credentials; what is not such an error stays as it is. */
export function credentialErrorOf(error: unknown, reference: string): unknown {
  if (!KubernetesError.is(error)) return error;
  return new CredentialError(CODES[error.code], error.message, { reference, cause: error });
}

const CODES: Readonly<Record<KubernetesErrorCode, CredentialErrorCode>> = {
  "bad-request": "unsupported-reference",
  unauthorized: "forbidden",
  forbidden: "forbidden",
  "not-found": "not-found",
  "already-exists": "unavailable",
  conflict: "unavailable",
  expired: "unavailable",
  invalid: "unsupported-reference",
  "rate-limited": "unavailable",
  unavailable: "unavailable",
  timeout: "unavailable",
  cancelled: "cancelled",
  "invalid-response": "invalid-secret",
  "invalid-config": "unavailable",
  "too-large": "invalid-secret",
};
