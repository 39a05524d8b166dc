import type { GitRemoteErrorKind } from "../git-remote-error.js";

/** Why a connection could not be used. */
export interface ConnectionFailure {
  readonly kind: GitRemoteErrorKind;
  readonly reason: string;
}

/**
 * What a TLS error says of a host; `undefined` for an error of another kind.
 *
 * By the codes of Node and OpenSSL: their messages name source files of OpenSSL, and not the host.
 */
export function tlsFailure(error: unknown, host: string): ConnectionFailure | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return distrust(`the certificate of ${host} is for other hosts; use a name that it is for`);
  }
  if (code === "CERT_HAS_EXPIRED") {
    return distrust(`the certificate of ${host}, or of its authority, has expired; renew it there`);
  }
  if (code === "CERT_NOT_YET_VALID") {
    return distrust(`the certificate of ${host} is not valid yet; is this machine's clock right?`);
  }
  if (UNTRUSTED.has(code)) {
    return distrust(
      `the certificate of ${host} is not signed by a trusted authority (${code}); give the authority's certificate as "ca" of the connection`,
    );
  }
  if (/^ERR_SSL_.*ALERT/u.test(code)) return alertFailure(code, host);
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER") {
    return { kind: "invalid-response", reason: `${host} does not speak TLS on this port` };
  }
  return undefined;
}

/** What verifying a chain of certificates ends with when nobody who is trusted vouches for it. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_UNTRUSTED",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_CHAIN_TOO_LONG",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
]);

/** Alerts are what the server has against us (RFC 8446, section 6). */
function alertFailure(code: string, host: string): ConnectionFailure {
  if (/CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE|ACCESS_DENIED/u.test(code)) {
    const reason = `${host} broke off the TLS handshake (${code}); it may demand a client certificate, or another one than "clientCertificate" of the connection`;
    return { kind: "unauthorized", reason };
  }
  return { kind: "unsupported", reason: `${host} refused the TLS handshake (${code})` };
}

function distrust(reason: string): ConnectionFailure {
  return { kind: "certificate", reason };
}
