import { CredentialError, RegistryError } from "@image-updater/core";
import type {
  Credential,
  CredentialProvider,
  RepositoryCredentialRequest,
} from "@image-updater/core";
import { cancelledError, formatPlace, type RequestPlace } from "@image-updater/registry-oci/http";
import { apiError } from "./api-error.js";

/** What a header can carry. */
const VISIBLE = /^[\x21-\x7e]+$/;

/**
 * The token of the credentials: their password.
 *
 * @throws RegistryError `unauthorized` where there is none; the API reads nothing without one.
 */
export async function apiToken(
  credentials: Pick<CredentialProvider, "forRepository">,
  request: RepositoryCredentialRequest,
  place: RequestPlace,
): Promise<string> {
  const credential = await ask(credentials, request, place);
  if (credential.kind === "anonymous") {
    throw apiError("unauthorized", "wants a token also for public packages", place);
  }
  if (credential.kind === "basic" && VISIBLE.test(credential.password)) return credential.password;
  throw apiError("unauthorized", "wants credentials with a user name and a GitHub token", place);
}

/** A port throws its own error: the credential's becomes the cause. */
async function ask(
  credentials: Pick<CredentialProvider, "forRepository">,
  request: RepositoryCredentialRequest,
  place: RequestPlace,
): Promise<Credential> {
  try {
    return await credentials.forRepository(request);
  } catch (error) {
    if (!CredentialError.is(error)) throw error;
    if (error.code === "cancelled") throw cancelledError(place);
    const message = `${formatPlace(place)}: no credentials: ${error.message}`;
    const code = error.retryable ? "unavailable" : "unauthorized";
    throw new RegistryError(code, message, { ...place, cause: error });
  }
}
