import { CredentialError, RegistryError, type CredentialErrorCode } from "@image-updater/core";
import { cancelledError, formatPlace, type RequestPlace } from "@image-updater/registry-oci/http";

/** A `RegistryError` that stopped credentials from being had, as a `CredentialError`; others stay. */
export function credentialFailure(error: unknown, reference: string): unknown {
  if (!RegistryError.is(error)) return error;
  const context = { reference, cause: error };
  return new CredentialError(codeOf(error), `${reference}: ${error.message}`, context);
}

/** A `CredentialError` as the error of a registry's port; others stay. */
export function registryFailure(error: unknown, place: RequestPlace): unknown {
  if (!CredentialError.is(error)) return error;
  if (error.code === "cancelled") return cancelledError(place);
  const code = error.retryable ? "unavailable" : "unauthorized";
  const message = `${formatPlace(place)}: no credentials: ${error.message}`;
  return new RegistryError(code, message, { ...place, cause: error });
}

function codeOf(error: RegistryError): CredentialErrorCode {
  if (error.code === "cancelled") return "cancelled";
  if (error.retryable) return "unavailable";
  return error.code === "not-found" ? "not-found" : "invalid-secret";
}
