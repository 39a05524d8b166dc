import type { GitConnection, GitCredential } from "@image-updater/core";
import {
  invalidField,
  isInsecure,
  refuseUnsupported,
  type CredentialFields,
} from "./credential-fields.js";

/** What is needed besides the fields. */
export interface HttpCredentialContext {
  /** PEM certificates to trust for the host of the repository. */
  readonly ca: string | undefined;
  /** Whether a GitHub App comes before a user; as Argo CD Image Updater for secrets that are named. */
  readonly appFirst: boolean;
}

/** What Argo CD sends as the user of a token that has none. */
const DEFAULT_USER = "x-access-token";

/**
 * The credential for `https://` that fields describe: user and password, a token, or a GitHub App;
 * `anonymous` when there is none of them.
 *
 * Throws a `CredentialError` that names the field for one that is missing, malformed or not supported.
 */
export function httpCredential(
  fields: CredentialFields,
  { ca, appFirst }: HttpCredentialContext,
): GitCredential {
  const connection = connectionOf(fields, ca);
  const rest = connection === undefined ? {} : { connection };
  const isApp = fields.text("githubAppID") !== undefined;
  if (appFirst && isApp) return { ...githubApp(fields), ...rest };
  const password = fields.secret("password");
  const username = fields.text("username");
  if (password !== undefined) {
    return { kind: "basic", username: username ?? DEFAULT_USER, password, ...rest };
  }
  const token = fields.text("bearerToken");
  if (token !== undefined) return { kind: "bearer", token, ...rest };
  if (isApp || fields.secret("githubAppPrivateKey") !== undefined) {
    return { ...githubApp(fields), ...rest };
  }
  if (username !== undefined) throw invalidField(fields.reference, "password", "is missing");
  if (fields.secret("sshPrivateKey") !== undefined) {
    const reason = "is of no use for an https:// URL, and there is nothing else";
    throw invalidField(fields.reference, "sshPrivateKey", reason);
  }
  refuseUnsupported(fields);
  return { kind: "anonymous", ...rest };
}

type GithubAppCredential = Extract<GitCredential, { readonly kind: "github-app" }>;

function githubApp(fields: CredentialFields): Omit<GithubAppCredential, "connection"> {
  const appId = fields.text("githubAppID");
  const privateKey = fields.secret("githubAppPrivateKey");
  const { reference } = fields;
  if (appId === undefined) throw invalidField(reference, "githubAppID", "is missing");
  if (privateKey === undefined) {
    throw invalidField(reference, "githubAppPrivateKey", "is missing");
  }
  const installationId = fields.text("githubAppInstallationID");
  for (const field of ["githubAppID", "githubAppInstallationID"] as const) {
    if (/\D/u.test(fields.text(field) ?? "")) {
      throw invalidField(reference, field, "should be a number");
    }
  }
  const baseUrl = fields.text("githubAppEnterpriseBaseUrl");
  return {
    kind: "github-app",
    appId,
    privateKey,
    // As in Argo CD, 0 stands for none.
    ...(installationId === undefined || installationId === "0" ? {} : { installationId }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
  };
}

function connectionOf(fields: CredentialFields, ca: string | undefined): GitConnection | undefined {
  const certificate = fields.text("tlsClientCertData");
  const key = fields.text("tlsClientCertKey");
  if (certificate !== undefined && key === undefined) {
    throw invalidField(fields.reference, "tlsClientCertKey", "is missing");
  }
  if (certificate === undefined && key !== undefined) {
    throw invalidField(fields.reference, "tlsClientCertData", "is missing");
  }
  const proxy = fields.text("proxy");
  const noProxy = fields.text("noProxy");
  const connection: GitConnection = {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined || key === undefined
      ? {}
      : { clientCertificate: { certificate, key } }),
    ...(isInsecure(fields) ? { insecure: true } : {}),
    ...(proxy === undefined ? {} : { proxy }),
    ...(proxy === undefined || noProxy === undefined ? {} : { noProxy }),
  };
  return Object.keys(connection).length === 0 ? undefined : connection;
}
