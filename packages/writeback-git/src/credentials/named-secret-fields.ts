import {
  CredentialError,
  type CallOptions,
  type GitCredentialRequest,
  type SecretReader,
} from "@image-updater/core";
import type { ComparableGitUrl } from "./comparable-git-url.js";
import {
  CREDENTIAL_FIELDS,
  credentialFields,
  type CredentialField,
  type CredentialFields,
} from "./credential-fields.js";

/** A secret that a write-back method names. */
export interface NamedSecret {
  readonly namespace: string;
  readonly name: string;
}

/** The secret that a reference names, in the namespace of the Application if it names no other. */
export function nameSecret(
  { namespace: given, name }: { readonly namespace?: string | undefined; readonly name: string },
  request: GitCredentialRequest,
): NamedSecret {
  const namespace = given ?? request.namespace;
  if (namespace !== undefined && namespace !== "") return { namespace, name };
  const reference = `secret:${name}`;
  const message = `${reference} names no namespace; write "secret:NAMESPACE/${name}"`;
  throw new CredentialError("unsupported-reference", message, { reference });
}

/**
 * Reads the fields of a named secret that may matter for a URL.
 *
 * Throws a `CredentialError` that names what is missing: `sshPrivateKey` for SSH, else `username` and
 * `password` unless there is a token or a GitHub App.
 */
export async function readNamedSecret(
  secrets: SecretReader,
  { namespace, name }: NamedSecret,
  { protocol }: ComparableGitUrl,
  options: CallOptions,
): Promise<CredentialFields> {
  const reference = `secret:${namespace}/${name}`;
  const wanted = protocol === "ssh" ? SSH_FIELDS : HTTP_FIELDS;
  const { entries, absence } = await readFields(secrets, { namespace, name }, wanted, options);
  const fields = credentialFields(reference, new Map(entries));
  const missing = missingFields(fields, protocol === "ssh");
  if (missing === undefined) return fields;
  // Without any field there may be no secret at all: the reader knows.
  const cause = entries.length === 0 ? absence : undefined;
  const why = cause === undefined ? "" : ` (${cause.message})`;
  const message = `${reference}: it should have ${missing}${why}`;
  const code = cause === undefined ? "invalid-secret" : "not-found";
  throw new CredentialError(code, message, { reference, cause });
}

/** What a secret has of the wanted fields, and what its reader says of the first that it has not. */
interface FoundFields {
  readonly entries: readonly (readonly [CredentialField, string])[];
  readonly absence: CredentialError | undefined;
}

/** All at once where the reader can; else field by field, which a rotation may come between. */
async function readFields(
  secrets: SecretReader,
  secret: NamedSecret,
  wanted: readonly CredentialField[],
  options: CallOptions,
): Promise<FoundFields> {
  const { readAll } = secrets;
  if (readAll === undefined) {
    const read = wanted.map((key) =>
      unlessAbsent(async () => [key, await secrets.read({ ...secret, key }, options)] as const),
    );
    const found = await Promise.all(read);
    const isField = (one: (typeof found)[number]): one is readonly [CredentialField, string] =>
      Array.isArray(one);
    return {
      entries: found.filter(isField),
      absence: found.find((one) => CredentialError.is(one)),
    };
  }
  const found = await unlessAbsent(() => readAll.call(secrets, secret, options));
  if (CredentialError.is(found)) return { entries: [], absence: found };
  const entries = wanted.flatMap((key) => {
    const value = found.data.get(key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return { entries, absence: undefined };
}

/** The value, or the error that says there is none; other errors are thrown. */
async function unlessAbsent<T>(read: () => Promise<T>): Promise<T | CredentialError> {
  try {
    return await read();
  } catch (error) {
    if (CredentialError.is(error) && error.code === "not-found") return error;
    throw error;
  }
}

const SSH_FIELDS: readonly CredentialField[] = [
  "sshPrivateKey",
  "knownHosts",
  "sshKnownHosts",
  "insecure",
  "insecureIgnoreHostKey",
];

/** What Argo CD Image Updater reads of a secret that is named, and the token of Argo CD. */
const HTTP_FIELDS: readonly CredentialField[] = CREDENTIAL_FIELDS.filter(
  (field) =>
    ![
      "sshPrivateKey",
      "knownHosts",
      "sshKnownHosts",
      "gcpServiceAccountKey",
      "useAzureWorkloadIdentity",
    ].includes(field),
);

function missingFields(fields: CredentialFields, isSsh: boolean): string | undefined {
  if (isSsh) {
    return fields.secret("sshPrivateKey") === undefined ? 'the field "sshPrivateKey"' : undefined;
  }
  const isOther = fields.text("githubAppID") ?? fields.text("bearerToken");
  if (isOther !== undefined) return undefined;
  if (fields.text("username") === undefined) {
    return 'the fields "username" and "password", or "githubAppID" and "githubAppPrivateKey"; there is no "username"';
  }
  return fields.secret("password") === undefined ? 'the field "password"' : undefined;
}
