import { summarizeError, WriteBackError } from "@image-updater/core";
import { type CommitObject, encodeCommit } from "@image-updater/git-remote";
import type { Signer } from "./signer.js";

/**
 * The bytes of a commit, signed where there is a signer.
 *
 * Throws `signing-failed` when the signer does, or when what it answers is not a signature. `target` is
 * the repository's URL for messages.
 */
export async function signCommit(
  commit: CommitObject,
  signer: Signer | undefined,
  target: string,
): Promise<Uint8Array> {
  if (signer === undefined) return encodeCommit(commit);
  const signature = await askSigner(signer, encodeCommit(commit), target);
  return encodeCommit(commit, signature);
}

async function askSigner(signer: Signer, payload: Uint8Array, target: string): Promise<string> {
  let armoured: string;
  try {
    armoured = await signer.sign(payload);
  } catch (cause) {
    throw failed(target, summarizeError(cause).message, cause);
  }
  const signature = armoured.replaceAll("\r\n", "\n").trim();
  if (isArmoured(signature)) return `${signature}\n`;
  throw failed(target, "what the signer answered is not an armoured signature");
}

/** Anything else would end the header, or the commit would pass as signed without being so. */
function isArmoured(text: string): boolean {
  return /^-----BEGIN [A-Z ]+-----\n[\t\n\x20-\x7E]+\n-----END [A-Z ]+-----$/u.test(text);
}

function failed(target: string, reason: string, cause?: unknown): WriteBackError {
  const message = `cannot sign a commit for ${target}: ${reason}`;
  return new WriteBackError("signing-failed", message, { target, cause });
}
