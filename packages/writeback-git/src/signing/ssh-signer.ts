import { createHash, createPrivateKey, sign, type KeyObject } from "node:crypto";
import { writeBackFailure } from "../write-back-failure.js";
import type { Signer } from "./signer.js";

/** Settings of {@link sshSigner}. */
export interface SshSignerSettings {
  /** RSA, ECDSA or Ed25519: OpenSSH text, or PKCS#1, SEC1 or PKCS#8 PEM. */
  readonly privateKey: string;
  /** Needed where the key is encrypted. */
  readonly passphrase?: string | undefined;
}

/**
 * Signs commits with an SSH key, as `git commit -S` with `gpg.format=ssh` does (PROTOCOL.sshsig of
 * OpenSSH, namespace `git`, SHA-512).
 *
 * A forge shows them as verified where the public key is registered for signing with the account that
 * the committer's address belongs to. The key is read with the first commit; `sign` throws
 * `CredentialError` (`invalid-secret`) when that fails.
 */
export function sshSigner(settings: SshSignerSettings): Signer {
  let reading: Promise<SigningKey> | undefined;
  return {
    sign: async (payload) => {
      reading ??= readSigningKey(settings);
      return armour(sshSignature(await reading, payload));
    },
  };
}

interface SigningKey {
  /** As in the file of a public key. */
  readonly publicKey: Uint8Array;
  readonly privateKey: KeyObject;
  readonly algorithm: SignatureAlgorithm;
}

/** How keys of one type sign (RFC 5656, RFC 8332, RFC 8709). */
interface SignatureAlgorithm {
  readonly name: string;
  /** Undefined where the algorithm has its own. */
  readonly hash: string | undefined;
}

const ALGORITHMS: Readonly<Record<string, SignatureAlgorithm>> = {
  "ssh-ed25519": { name: "ssh-ed25519", hash: undefined },
  "ssh-rsa": { name: "rsa-sha2-512", hash: "sha512" },
  "ecdsa-sha2-nistp256": { name: "ecdsa-sha2-nistp256", hash: "sha256" },
  "ecdsa-sha2-nistp384": { name: "ecdsa-sha2-nistp384", hash: "sha384" },
  "ecdsa-sha2-nistp521": { name: "ecdsa-sha2-nistp521", hash: "sha512" },
};

async function readSigningKey({ privateKey, passphrase }: SshSignerSettings): Promise<SigningKey> {
  // With the first signature: whoever does not sign need not hold it in memory.
  const { readPrivateKey } = await import("@image-updater/git-remote/ssh");
  const key = orFail(() =>
    readPrivateKey({ privateKey, passphrase, reference: "commit signatures" }),
  );
  const algorithm = ALGORITHMS[key.type];
  if (algorithm === undefined) throw new TypeError(`keys of type ${key.type} do not sign`);
  return {
    publicKey: key.getPublicSSH(),
    privateKey: createPrivateKey(key.getPrivatePEM()),
    algorithm,
  };
}

function orFail<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw writeBackFailure(error);
  }
}

const MAGIC = "SSHSIG";
const VERSION = 1;
const NAMESPACE = "git";
const HASH = "sha512";

function sshSignature(
  { publicKey, privateKey, algorithm }: SigningKey,
  payload: Uint8Array,
): Buffer {
  const digest = createHash(HASH).update(payload).digest();
  const about = [string(NAMESPACE), string(""), string(HASH)];
  const signed = Buffer.concat([Buffer.from(MAGIC), ...about, string(digest)]);
  const signature = Buffer.concat([
    string(algorithm.name),
    string(rawSignature(privateKey, algorithm, signed)),
  ]);
  return Buffer.concat([
    Buffer.from(MAGIC),
    number(VERSION),
    string(publicKey),
    ...about,
    string(signature),
  ]);
}

function rawSignature(
  key: KeyObject,
  { name, hash }: SignatureAlgorithm,
  data: Uint8Array,
): Uint8Array {
  if (!name.startsWith("ecdsa-")) return sign(hash, data, key);
  const pair = sign(hash, data, { key, dsaEncoding: "ieee-p1363" });
  const half = pair.length / 2;
  return Buffer.concat([integer(pair.subarray(0, half)), integer(pair.subarray(half))]);
}

function armour(signature: Buffer): string {
  const lines = signature.toString("base64").match(/.{1,70}/gu) ?? [];
  return ["-----BEGIN SSH SIGNATURE-----", ...lines, "-----END SSH SIGNATURE-----", ""].join("\n");
}

/** A `string` of RFC 4251: its length, then its bytes. */
function string(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([number(bytes.length), bytes]);
}

/** An `mpint` of RFC 4251, of a number that is not negative: no zeros before it but one for a sign. */
function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? new Uint8Array() : bytes.subarray(first);
  const isNegative = (digits[0] ?? 0) >= 0x80;
  return string(isNegative ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
