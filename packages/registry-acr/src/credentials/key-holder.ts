import { CredentialError, type CancelSignal } from "@image-updater/core";
import type { OpenApiConnection } from "../openapi/open-api-connection.js";
import type { AccessKey, AccessKeySource } from "./access-key.js";
import { credentialFailure } from "./credential-failure.js";
import { createExpiringCache, type Expiring } from "./expiring-cache.js";

const REFERENCE = "access key";
const MARGIN = { ms: 15 * 60 * 1000, share: 0.25 };

/** What a header can carry. */
const VISIBLE = /^[\x21-\x7e]+$/;

/** Gives the access key of the moment. */
export type KeyHolder = (signal: CancelSignal | undefined) => Promise<AccessKey>;

/**
 * Holds the source's key until a quarter of an hour, or of its life, before it expires.
 *
 * The holder throws `CredentialError` only.
 */
export function createKeyHolder(source: AccessKeySource, connection: OpenApiConnection): KeyHolder {
  const keys = createExpiringCache<AccessKey>(connection.clock, MARGIN);

  async function fetchKey(signal: CancelSignal): Promise<Expiring<AccessKey>> {
    const key = await source({ connection, signal });
    const isUsable =
      VISIBLE.test(key.accessKeyId) &&
      key.accessKeySecret !== "" &&
      (key.securityToken === undefined || VISIBLE.test(key.securityToken));
    if (!isUsable) throw invalid("it is empty, or holds characters that a header cannot carry");
    if (key.expiration === undefined) return { value: key };
    const expiresAt = Date.parse(key.expiration);
    if (Number.isNaN(expiresAt)) throw invalid("its expiration is not an RFC 3339 time");
    return { value: key, expiresAt };
  }

  return async (signal) => {
    try {
      const key = await keys.read(REFERENCE, fetchKey, signal);
      if (key !== undefined) return key;
    } catch (error) {
      throw sourceFailure(error);
    }
    throw new CredentialError("cancelled", `${REFERENCE}: cancelled`, { reference: REFERENCE });
  };
}

/** Whatever a source of one's own throws, a library's error among it. */
function sourceFailure(cause: unknown): CredentialError {
  const known = credentialFailure(cause, REFERENCE);
  if (CredentialError.is(known)) return known;
  const message = `${REFERENCE}: its source failed`;
  return new CredentialError("unavailable", message, { reference: REFERENCE, cause });
}

function invalid(what: string): CredentialError {
  return new CredentialError("invalid-secret", `${REFERENCE}: ${what}`, { reference: REFERENCE });
}
