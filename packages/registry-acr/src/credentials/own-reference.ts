import {
  CredentialError,
  formatCredentialReference,
  type RepositoryCredentialRequest,
} from "@image-updater/core";

/**
 * An image's own credentials win over the registry's: who cannot read them must not answer with others.
 *
 * @throws CredentialError `unsupported-reference` when the image has credentials of its own.
 */
export function refuseOwnReference({ reference }: RepositoryCredentialRequest): void {
  if (reference === undefined) return;
  const name = formatCredentialReference(reference);
  const message = `${name}: credentials of an image of its own need \`references\` of createAcrRegistry`;
  throw new CredentialError("unsupported-reference", message, { reference: name });
}
