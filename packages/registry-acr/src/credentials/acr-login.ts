import type { Credential, CredentialProvider } from "@image-updater/core";
import { refuseOwnReference } from "./own-reference.js";

/** A user of the registry and the password set in its console, which is not the console's own. */
export interface AcrLogin {
  readonly username: string;
  readonly password: string;
}

/**
 * One fixed user and password for all registries of a client.
 *
 * For passwords that change write a `forRepository` of your own, or use `acrCredentials`.
 */
export function acrLogin({
  username,
  password,
}: AcrLogin): Pick<CredentialProvider, "forRepository"> {
  return {
    async forRepository(request): Promise<Credential> {
      refuseOwnReference(request);
      return { kind: "basic", username, password };
    },
  };
}
