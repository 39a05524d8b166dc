import type { KeyObject } from "node:crypto";

/**
 * Writes an Ed25519 private key in the form of OpenSSH, not encrypted (PROTOCOL.key of OpenSSH).
 *
 * It is the only form of such keys that the SSH client reads.
 */
export function encodeEd25519Key(key: KeyObject): string {
  const { x = "", d = "" } = key.export({ format: "jwk" });
  const publicKey = Buffer.from(x, "base64url");
  const publicBlob = Buffer.concat([string(TYPE), string(publicKey)]);
  const secrets = Buffer.concat([
    // Two numbers that are equal once a key is decrypted.
    Buffer.alloc(8),
    publicBlob,
    string(Buffer.concat([Buffer.from(d, "base64url"), publicKey])),
    string(""),
  ]);
  const blob = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    string("none"),
    string("none"),
    string(""),
    Buffer.from([0, 0, 0, 1]),
    string(publicBlob),
    string(padded(secrets)),
  ]);
  const lines = blob.toString("base64").replaceAll(/.{64}/gu, "$&\n");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

const TYPE = "ssh-ed25519";
const BLOCK = 8;

function string(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Filled up with 1, 2, 3 and so on. */
function padded(bytes: Buffer): Buffer {
  const missing = (BLOCK - (bytes.length % BLOCK)) % BLOCK;
  return Buffer.concat([
    bytes,
    Buffer.from(Array.from({ length: missing }, (_, index) => index + 1)),
  ]);
}
