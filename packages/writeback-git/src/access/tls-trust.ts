import { X509Certificate } from "node:crypto";
import { createSecureContext, type ConnectionOptions } from "node:tls";
import { CredentialError, type GitConnection } from "@image-updater/core";

/** What a TLS connection is made with. */
export type TlsTrust = Pick<ConnectionOptions, "secureContext" | "rejectUnauthorized">;

/** For whom settings are looked at, and whom Node trusts by itself. */
export interface TrustContext {
  /** Tells in errors where the connection is for. */
  readonly reference: string;
  /** PEM certificates, which Node forgets as soon as others are named. */
  readonly wellKnown: readonly string[];
}

/**
 * The certificates that connections show and trust: `ca` besides those that are well known.
 *
 * Throws a `CredentialError` for what is not PEM, or a key that does not belong to its certificate.
 */
export function openTlsTrust(
  { ca, clientCertificate, insecure = false }: GitConnection,
  { reference, wellKnown }: TrustContext,
): TlsTrust {
  const own = ca === undefined || ca === "" ? [] : splitCertificates(ca, reference);
  try {
    const secureContext = createSecureContext({
      ...(own.length === 0 ? {} : { ca: [...wellKnown, ...own] }),
      cert: clientCertificate?.certificate,
      key: clientCertificate?.key,
    });
    return { secureContext, rejectUnauthorized: !insecure };
  } catch {
    // No cause: it speaks in the words of OpenSSL, of what is secret.
    const reason = "should be a PEM certificate with its own PEM key, not encrypted";
    throw unusableConnection(reference, "clientCertificate", reason);
  }
}

/** The error for a part of a connection that cannot be used; it does not say what the part is. */
export function unusableConnection(
  reference: string,
  field: keyof GitConnection,
  reason: string,
): CredentialError {
  const message = `${reference}: "${field}" of the connection ${reason}`;
  return new CredentialError("invalid-secret", message, { reference });
}

function splitCertificates(pem: string, reference: string): readonly string[] {
  const certificates = pem.split(BEGIN).flatMap((text, index) => {
    const end = text.indexOf(END);
    return index === 0 || end === -1 ? [] : [`${BEGIN}${text.slice(0, end)}${END}`];
  });
  if (certificates.length > 0 && certificates.every(isCertificate)) return certificates;
  throw unusableConnection(reference, "ca", "should be one or more PEM certificates");
}

const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----";

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
