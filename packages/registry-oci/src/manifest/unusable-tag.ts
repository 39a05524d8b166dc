import { RegistryError, type RejectedTag } from "@image-updater/core";
import { isWebPage } from "@image-updater/http";
import { errorDetails } from "../http/error-details.js";
import type { HttpResponse } from "../http/http-message.js";

/** A policy of the registry or the law. */
const REFUSED: ReadonlySet<number> = new Set([412, 451]);
const BROKEN: ReadonlySet<number> = new Set([406, 409]);
const BROKEN_CODES: ReadonlySet<string> = new Set(["MANIFEST_INVALID", "MANIFEST_UNVERIFIED"]);
const GONE: ReadonlySet<number> = new Set([404, 410]);

/**
 * A tag that is there and that nobody can use, as far as the registry says: another cycle gets the
 * same answer. What may pass is a plain `RegistryError`.
 */
export class UnusableTagError extends RegistryError {
  readonly kind: "refused" | "broken";

  constructor(kind: "refused" | "broken", { code, message, context, cause }: RegistryError) {
    super(code, message, { ...context, cause });
    this.kind = kind;
  }
}

/** What the error says of its tag. */
export function rejectionOf({ kind, message }: UnusableTagError): RejectedTag {
  return { kind, text: message };
}

/** The answer of a failed request for a manifest by tag: an {@link UnusableTagError} where it stays. */
export function tagFailure(response: HttpResponse, error: RegistryError): RegistryError {
  const { status } = response;
  // Whatever stands before a registry may say the same to everybody for a while.
  if (isWebPage(response)) return error;
  if (REFUSED.has(status)) return new UnusableTagError("refused", error);
  const isInvalid =
    (status === 400 || status === 422) &&
    errorDetails(response).some(({ code }) => BROKEN_CODES.has(code));
  return BROKEN.has(status) || isInvalid ? new UnusableTagError("broken", error) : error;
}

/** The same for a part that the tag's own manifest names: one that is not there stays missing. */
export function partFailure(response: HttpResponse, error: RegistryError): RegistryError {
  const isMissing = GONE.has(response.status) && !isWebPage(response);
  return isMissing ? new UnusableTagError("broken", error) : tagFailure(response, error);
}

/**
 * The error of bytes that could not be read as what they should be. `isTheirs` says that they are what
 * the registry holds, and not the words of something else.
 */
export function contentFailure(error: unknown, isTheirs: boolean): unknown {
  if (!RegistryError.is(error) || error.code !== "invalid-response" || !isTheirs) return error;
  return new UnusableTagError("broken", error);
}

/** Whether an answer of status 200 may be what the registry holds. */
export function isContent(response: HttpResponse): boolean {
  const { body } = response;
  return body.length > 0 && !isWebPage(response) && errorDetails(response).length === 0;
}
