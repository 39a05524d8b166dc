import { RegistryError } from "@image-updater/core";
import type { HttpResponse } from "../http/http-message.js";
import { formatPlace } from "../http/transport-error.js";
import type { RepositorySession } from "../repository-session.js";
import { digestOf, isDigest } from "./digest.js";

/** The digest that the registry says a manifest has, else that of its bytes. */
export function digestOfAnswer({ headers, body }: HttpResponse): string {
  const said = headers.get("docker-content-digest") ?? "";
  return isDigest(said) ? said : digestOf(body);
}

/** @throws RegistryError `digest-mismatch` when the bytes are not those of the digest. */
export function verifyBody(
  session: RepositorySession,
  reference: string,
  body: Uint8Array,
  digest: string,
): void {
  if (digestOf(body, digest) === digest) return;
  throw digestMismatch(session, reference, `is not ${digest}`);
}

/** The error of bytes that are not what was promised. */
export function digestMismatch(
  session: RepositorySession,
  reference: string,
  what: string,
): RegistryError {
  const place = session.place(reference);
  const message = `${formatPlace(place)}: what the registry sent ${what}`;
  return new RegistryError("digest-mismatch", message, place);
}
