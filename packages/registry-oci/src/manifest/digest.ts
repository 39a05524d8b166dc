import { createHash } from "node:crypto";

const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** Whether the text is a digest we can verify: sha256 or sha512, in lower case. */
export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

/** The digest of the bytes, by the algorithm of `like` or else sha256. */
export function digestOf(bytes: Uint8Array, like = "sha256:"): string {
  const algorithm = like.startsWith("sha512:") ? "sha512" : "sha256";
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}
