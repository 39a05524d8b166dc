/**
 * Signs commits.
 *
 * `sign` is given the bytes of a commit without its signature, and answers the detached signature in
 * armour (`-----BEGIN PGP SIGNATURE-----`, `-----BEGIN SSH SIGNATURE-----`), as Git keeps it in the
 * header `gpgsig`. What it throws fails the changes of that commit; nothing is pushed unsigned. Its
 * errors hold no secret. It may be called several times at once.
 */
export interface Signer {
  sign(payload: Uint8Array): Promise<string>;
}
