import { CredentialError } from "@image-updater/core";
import type * as openPgp from "openpgp";
import type { OpenPgpSignerSettings } from "./open-pgp-signer.js";
import type { Signer } from "./signer.js";

type OpenPgp = typeof openPgp;

/** A signer with the package `openpgp` from wherever it comes; its types are in no public declaration. */
export function createOpenPgpSigner(
  settings: OpenPgpSignerSettings,
  load: () => Promise<OpenPgp>,
): Signer {
  let opening: Promise<OpenedKey> | undefined;
  return {
    sign: async (payload) => {
      opening ??= openKey(settings, load);
      const { openpgp, key } = await opening;
      try {
        const message = await openpgp.createMessage({ binary: payload });
        return await openpgp.sign({ message, signingKeys: key, detached: true });
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : "it is not fit to sign";
        throw refuse("invalid-secret", `the OpenPGP key cannot sign: ${reason}`);
      }
    },
  };
}

interface OpenedKey {
  readonly openpgp: OpenPgp;
  readonly key: openPgp.PrivateKey;
}

async function openKey(
  settings: OpenPgpSignerSettings,
  load: () => Promise<OpenPgp>,
): Promise<OpenedKey> {
  const openpgp = await load().catch(() => {
    throw refuse(
      "unsupported-reference",
      "OpenPGP signatures need the package openpgp; install it",
    );
  });
  return { openpgp, key: await readKey(openpgp, settings) };
}

/** What the library says of a key may quote it, so its errors are not passed on. */
async function readKey(
  openpgp: OpenPgp,
  { privateKey: armoredKey, passphrase }: OpenPgpSignerSettings,
): Promise<openPgp.PrivateKey> {
  const privateKey = await openpgp.readPrivateKey({ armoredKey }).catch(() => {
    throw refuse("invalid-secret", "the OpenPGP key is not a private key in armour");
  });
  if (privateKey.isDecrypted()) return privateKey;
  if (passphrase === undefined || passphrase === "") {
    throw refuse("invalid-secret", "the OpenPGP key is encrypted; give its passphrase");
  }
  return openpgp.decryptKey({ privateKey, passphrase }).catch(() => {
    throw refuse("invalid-secret", "the passphrase of the OpenPGP key is wrong");
  });
}

function refuse(
  code: "invalid-secret" | "unsupported-reference",
  message: string,
): CredentialError {
  return new CredentialError(code, message, { reference: "commit signatures" });
}
