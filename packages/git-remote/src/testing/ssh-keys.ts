import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** The kinds of keys that OpenSSH makes. */
export type SshKeyType = "ed25519" | "ecdsa-256" | "ecdsa-384" | "ecdsa-521" | "rsa";

/** What a new key is like. */
export interface SshKeyOptions {
  /** Default: `ed25519`. */
  readonly type?: SshKeyType | undefined;
  /** How the private key is written; Ed25519 knows only the first. Default: `openssh`. */
  readonly format?: "openssh" | "pem" | "pkcs8" | undefined;
  /** Default: not encrypted. */
  readonly passphrase?: string | undefined;
}

/** A pair of keys, as text. */
export interface SshKeyPair {
  readonly privateKey: string;
  /** As in `authorized_keys`, without a comment. */
  readonly publicKey: string;
  /** Where the private key is. */
  readonly path: string;
}

/** Makes a pair of keys in a folder, with `ssh-keygen`. */
export async function generateSshKey(
  folder: string,
  name: string,
  { type = "ed25519", format = "openssh", passphrase = "" }: SshKeyOptions = {},
): Promise<SshKeyPair> {
  const path = join(folder, name);
  const [kind = "", bits] = type.split("-");
  const forms = { openssh: [], pem: ["-m", "PEM"], pkcs8: ["-m", "PKCS8"] };
  // Tests make many keys: an RSA key as small as is still taken, and few rounds for a passphrase.
  const size = kind === "rsa" ? ["-b", "2048"] : bits === undefined ? [] : ["-b", bits];
  const args = [
    "-q",
    "-t",
    kind,
    ...size,
    ...forms[format],
    "-a",
    "2",
    "-N",
    passphrase,
    "-C",
    "",
    "-f",
    path,
  ];
  await promisify(execFile)("ssh-keygen", args);
  const [privateKey, publicKey] = await Promise.all([
    readFile(path, "utf8"),
    readFile(`${path}.pub`, "utf8"),
  ]);
  return { privateKey, publicKey: publicKey.trim(), path };
}
