import { CredentialError, RegistryError, type Credential } from "@image-updater/core";
import type { RequestPlace } from "../http/http-message.js";
import { cancelledError, formatPlace } from "../http/transport-error.js";

/** What `ask` answers. A port throws its own error: the credential's becomes the cause. */
export async function askCredential(
  ask: () => Promise<Credential>,
  place: RequestPlace,
): Promise<Credential> {
  try {
    return await ask();
  } catch (error) {
    if (!CredentialError.is(error)) throw error;
    if (error.code === "cancelled") throw cancelledError(place);
    const message = `${formatPlace(place)}: no credentials: ${error.message}`;
    const code = error.retryable ? "unavailable" : "unauthorized";
    throw new RegistryError(code, message, { ...place, cause: error });
  }
}
