import type { Credential } from "@image-updater/core";
import { credentialIdentity } from "./credential-identity.js";

/** The credential of one call of the client. */
export interface CallCredential {
  /** Asked for when it is first wanted. */
  get(): Promise<Credential>;
  /** Asks for it anew after it was refused, once; whether there is another one now. */
  renew(): Promise<boolean>;
}

/** `ask` is told whether the credential it answered last was refused. */
export function createCallCredential(
  ask: (rejected: boolean) => Promise<Credential>,
): CallCredential {
  let current: Promise<Credential> | undefined;
  let isRenewed = false;
  return {
    get: () => (current ??= ask(false)),
    async renew(): Promise<boolean> {
      const refused = await current;
      if (refused === undefined || refused.kind === "anonymous" || isRenewed) return false;
      isRenewed = true;
      const renewed = await ask(true);
      current = Promise.resolve(renewed);
      return credentialIdentity(renewed) !== credentialIdentity(refused);
    },
  };
}
