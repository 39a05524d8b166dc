import { createOpenPgpSigner } from "./create-open-pgp-signer.js";
import type { Signer } from "./signer.js";

/** Settings of {@link openPgpSigner}. */
export interface OpenPgpSignerSettings {
  /** In armour, as `gpg --armor --export-secret-keys` prints it. */
  readonly privateKey: string;
  /** Needed where the key is encrypted. */
  readonly passphrase?: string | undefined;
}

/**
 * Signs commits with an OpenPGP key, as `git commit -S` does with GnuPG.
 *
 * It needs the package `openpgp`, which is loaded with the first commit, and no program. A forge shows
 * the commits as verified where the public key is registered with the account that the committer's
 * address belongs to. `sign` throws `CredentialError`: `invalid-secret` for a key that cannot be used,
 * `unsupported-reference` without the package.
 */
export function openPgpSigner(settings: OpenPgpSignerSettings): Signer {
  return createOpenPgpSigner(settings, () => import("openpgp"));
}
