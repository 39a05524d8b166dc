import { CredentialError } from "@image-updater/core";

/** The fields of a secret that describe Git credentials, named as Argo CD names them. */
export interface CredentialFields {
  /** Where they are from, for messages: `secret:argocd/git`. */
  readonly reference: string;
  /** The text of a field, without white space around it; `undefined` for one that is empty, too. */
  text(field: CredentialField): string | undefined;
  /** A secret as it is, but for line breaks at its end, which tools put there. */
  secret(field: CredentialField): string | undefined;
  /** Whether a switch is on; throws a `CredentialError` for what is neither on nor off. */
  isOn(field: CredentialField): boolean;
}

/** A field that is looked at. */
export type CredentialField = (typeof CREDENTIAL_FIELDS)[number];

/** Every field that is looked at. */
export const CREDENTIAL_FIELDS = [
  "username",
  "password",
  "bearerToken",
  "sshPrivateKey",
  "githubAppID",
  "githubAppInstallationID",
  "githubAppPrivateKey",
  "githubAppEnterpriseBaseUrl",
  "tlsClientCertData",
  "tlsClientCertKey",
  "gcpServiceAccountKey",
  "useAzureWorkloadIdentity",
  "proxy",
  "noProxy",
  "insecure",
  "insecureIgnoreHostKey",
  "knownHosts",
  "sshKnownHosts",
] as const;

/** Reads the fields of a secret's data. */
export function credentialFields(
  reference: string,
  data: ReadonlyMap<string, string>,
): CredentialFields {
  const text = (field: CredentialField): string | undefined => {
    const value = data.get(field)?.trim() ?? "";
    return value === "" ? undefined : value;
  };
  return {
    reference,
    text,
    secret: (field) => {
      const value = data.get(field)?.replace(/(?<![\r\n])[\r\n]+$/u, "") ?? "";
      return value === "" ? undefined : value;
    },
    isOn: (field) => {
      const value = text(field) ?? "false";
      if (TRUE.has(value)) return true;
      if (FALSE.has(value)) return false;
      throw invalidField(reference, field, `should be "true" or "false"`);
    },
  };
}

/** As Argo CD, which reads them with Go's `strconv.ParseBool`. */
const TRUE: ReadonlySet<string> = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const FALSE: ReadonlySet<string> = new Set(["0", "f", "F", "false", "FALSE", "False"]);

/** The error for a field; it does not say what the field holds. */
export function invalidField(
  reference: string,
  field: CredentialField,
  reason: string,
): CredentialError {
  const message = `${reference}: the field "${field}" ${reason}`;
  return new CredentialError("invalid-secret", message, { reference });
}

/** Whether a server need not prove who it is; as Argo CD, either field is for TLS and for SSH. */
export function isInsecure(fields: CredentialFields): boolean {
  const [tls, ssh] = [fields.isOn("insecure"), fields.isOn("insecureIgnoreHostKey")];
  return tls || ssh;
}

/** Throws for credentials of a kind that there is no code for. */
export function refuseUnsupported(fields: CredentialFields): void {
  const isGoogle = fields.text("gcpServiceAccountKey") !== undefined;
  if (!isGoogle && !fields.isOn("useAzureWorkloadIdentity")) return;
  const field = isGoogle ? "gcpServiceAccountKey" : "useAzureWorkloadIdentity";
  const { reference } = fields;
  const message = `${reference}: "${field}" is not supported; give a user and a password, a token, a GitHub App, or a key for SSH`;
  throw new CredentialError("unsupported-reference", message, { reference });
}
