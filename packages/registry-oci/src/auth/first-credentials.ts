import type {
  Credential,
  CredentialProvider,
  RepositoryCredentialRequest,
} from "@image-updater/core";

/**
 * Asks one provider after the other; the first answer that is not anonymous counts.
 *
 * An error of a provider ends it: what is configured and cannot be had is not made up for by others.
 */
export function firstCredentials(
  providers: readonly Pick<CredentialProvider, "forRepository">[],
): Pick<CredentialProvider, "forRepository"> {
  return {
    async forRepository(request: RepositoryCredentialRequest): Promise<Credential> {
      for (const provider of providers) {
        const credential = await provider.forRepository(request);
        if (credential.kind !== "anonymous") return credential;
      }
      return { kind: "anonymous" };
    },
  };
}
