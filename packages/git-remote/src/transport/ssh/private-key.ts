import { createPrivateKey, type KeyObject } from "node:crypto";
import { GitRemoteError } from "../../git-remote-error.js";
import ssh2, { type ParsedKey } from "ssh2";
import { encodeEd25519Key } from "./openssh-key.js";

/** A private key as text, and what is needed to read it. */
export interface PrivateKeyText {
  readonly privateKey: string;
  readonly passphrase: string | undefined;
  /** Whose key it is, for messages. */
  readonly reference: string;
}

/**
 * Reads a private key: RSA, ECDSA or Ed25519, as OpenSSH, PKCS#1, SEC1 or PKCS#8 PEM, encrypted or not.
 *
 * White space around it and the kind of line ends do not matter. Throws `GitRemoteError`
 * (`invalid-key`), which holds nothing of the key.
 */
export function readPrivateKey(given: PrivateKeyText): ParsedKey {
  const text = cleanText(given.privateKey);
  const label = /^-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----$/mu.exec(text)?.[1];
  if (label === undefined) throw refuse(given, `it is not a private key; ${EXPECTED}`);
  const key = label === "OPENSSH " ? readOpenSsh(text, given) : readPem(text, given);
  if (!TYPES.includes(key.type)) {
    throw refuse(given, `keys of type ${key.type} are not supported; ${EXPECTED}`);
  }
  return key;
}

const TYPES: readonly string[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "ssh-rsa",
];
const EXPECTED =
  "give an RSA, ECDSA (nistp256, nistp384, nistp521) or Ed25519 key as OpenSSH or PEM text";

function cleanText(text: string): string {
  const lines = text
    .trim()
    .split(/\r\n|[\r\n]/u)
    .map((line) => line.trim());
  return `${lines.join("\n")}\n`;
}

function readPem(text: string, given: PrivateKeyText): ParsedKey {
  const isEncrypted = text.includes("ENCRYPTED");
  const key = loadPem(text, isEncrypted, given);
  if (key.asymmetricKeyType === "ed25519") return parse(encodeEd25519Key(key), given);
  if (key.asymmetricKeyType === "rsa") {
    return parse(key.export({ type: "pkcs1", format: "pem" }).toString(), given);
  }
  const isOnSupportedCurve = CURVES.has(key.asymmetricKeyDetails?.namedCurve);
  if (key.asymmetricKeyType === "ec" && isOnSupportedCurve) {
    return parse(key.export({ type: "sec1", format: "pem" }).toString(), given);
  }
  throw refuse(given, `keys of its type are not supported; ${EXPECTED}`);
}

const CURVES: ReadonlySet<string | undefined> = new Set(["prime256v1", "secp384r1", "secp521r1"]);

function loadPem(text: string, isEncrypted: boolean, given: PrivateKeyText): KeyObject {
  const { passphrase } = given;
  if (isEncrypted && isMissing(passphrase)) throw needsPassphrase(given);
  try {
    return createPrivateKey(passphrase === undefined ? { key: text } : { key: text, passphrase });
  } catch {
    // What the library says may quote what it read.
    throw isEncrypted ? wrongPassphrase(given) : damaged(given);
  }
}

function readOpenSsh(text: string, given: PrivateKeyText): ParsedKey {
  const { passphrase } = given;
  const isEncrypted = isEncryptedOpenSsh(text);
  if (isEncrypted && isMissing(passphrase)) throw needsPassphrase(given);
  return parse(text, given, isEncrypted ? passphrase : undefined);
}

const MAGIC = "openssh-key-v1\0";

/** What comes after the magic is the name of the cipher. */
function isEncryptedOpenSsh(text: string): boolean {
  const blob = Buffer.from(text.replaceAll(/-----[^\n]*-----/gu, ""), "base64");
  if (blob.toString("latin1", 0, MAGIC.length) !== MAGIC) return false;
  return blob.toString("latin1", MAGIC.length + 4, MAGIC.length + 8) !== "none";
}

function parse(text: string, given: PrivateKeyText, passphrase?: string): ParsedKey {
  const failure = passphrase === undefined ? damaged(given) : wrongPassphrase(given);
  try {
    const key = ssh2.utils.parseKey(text, passphrase);
    if (!(key instanceof Error) && key.isPrivateKey()) return key;
  } catch {
    throw failure;
  }
  throw failure;
}

function isMissing(passphrase: string | undefined): boolean {
  return passphrase === undefined || passphrase === "";
}

function needsPassphrase(given: PrivateKeyText): GitRemoteError {
  return refuse(given, "it is encrypted; give its passphrase");
}

function wrongPassphrase(given: PrivateKeyText): GitRemoteError {
  return refuse(given, "the passphrase is wrong, or the key is damaged");
}

function damaged(given: PrivateKeyText): GitRemoteError {
  return refuse(given, `it is damaged, or of an unsupported type; ${EXPECTED}`);
}

function refuse({ reference }: PrivateKeyText, reason: string): GitRemoteError {
  const message = `the private key for ${reference} cannot be used: ${reason}`;
  return new GitRemoteError("invalid-key", message, { target: reference });
}
