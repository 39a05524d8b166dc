import {
  CredentialError,
  type CredentialProvider,
  type GitCredential,
  type GitCredentialRequest,
  type SecretReader,
} from "@image-updater/core";
import { findRepositoryFields } from "./argo-cd-repositories.js";
import { comparableGitUrl, type ComparableGitUrl } from "./comparable-git-url.js";
import { isInsecure, type CredentialFields } from "./credential-fields.js";
import { httpCredential } from "./http-credential.js";
import { nameSecret, readNamedSecret } from "./named-secret-fields.js";
import { ownKnownHosts, sshCredential } from "./ssh-credential.js";

/** Settings of {@link argoCdGitCredentials}. */
export interface ArgoCdGitCredentialsSettings {
  readonly secrets: SecretReader;
  /** Where Argo CD is installed, and keeps its repositories. Default: `argocd`. */
  readonly namespace?: string | undefined;
  /**
   * Lines as in `known_hosts`, or what reads them: for keys for SSH that bring none. Argo CD has its own
   * in the config map `argocd-ssh-known-hosts-cm`, key `ssh_known_hosts`. Default: none.
   */
  readonly knownHosts?: string | (() => Promise<string | undefined>) | undefined;
  /**
   * PEM certificates to trust for a host, in lower case and without a port. Argo CD has its own in the
   * config map `argocd-tls-certs-cm`, whose keys are hosts. Default: none.
   */
  readonly certificates?: ((host: string) => Promise<string | undefined>) | undefined;
}

/**
 * The Git credentials that Argo CD has, and those of secrets that are named.
 *
 * Without a reference, and for `repocreds`, they are those of the repository in Argo CD's namespace, found
 * by its rules; `anonymous` when it has none, which Argo CD Image Updater reports as an error before it
 * asks the server. For `secret:NAMESPACE/NAME` they are in that secret, as in Argo CD Image Updater, but
 * certificates and host keys are verified unless the secret says `insecure`. Secrets are read anew at
 * each call. A `CredentialError` names secret and field, and never what they hold.
 */
export function argoCdGitCredentials(
  settings: ArgoCdGitCredentialsSettings,
): Pick<CredentialProvider, "forGit"> {
  const { secrets, namespace = "argocd" } = settings;
  return {
    async forGit(request: GitCredentialRequest): Promise<GitCredential> {
      const { reference, project, signal } = request;
      const url = comparableGitUrl(request.url);
      if (url === undefined) throw noAddress();
      if (reference?.kind === "secret") {
        const secret = nameSecret(reference, request);
        const fields = await readNamedSecret(secrets, secret, url, { signal });
        return toCredential(settings, fields, url, true);
      }
      const query = { url, project };
      const fields = await findRepositoryFields({ secrets, namespace }, query, { signal });
      return toCredential(settings, fields, url, false);
    },
  };
}

async function toCredential(
  settings: ArgoCdGitCredentialsSettings,
  fields: CredentialFields,
  { protocol, hostname }: ComparableGitUrl,
  appFirst: boolean,
): Promise<GitCredential> {
  const needsProof = !isInsecure(fields);
  if (protocol === "ssh") {
    const own = ownKnownHosts(fields);
    const isAsked = needsProof && own === undefined && fields.secret("sshPrivateKey") !== undefined;
    const known = isAsked ? await readSetting("knownHosts", () => readKnownHosts(settings)) : own;
    return sshCredential(fields, known);
  }
  const isAsked = needsProof && protocol === "https";
  const read = async (): Promise<string | undefined> => settings.certificates?.(hostname);
  const ca = isAsked ? await readSetting("certificates", read) : undefined;
  return httpCredential(fields, { ca, appFirst });
}

async function readKnownHosts({
  knownHosts,
}: ArgoCdGitCredentialsSettings): Promise<string | undefined> {
  return typeof knownHosts === "function" ? knownHosts() : knownHosts;
}

/** What cannot be read is not a reason to trust somebody, or to go on with less. */
async function readSetting(
  reference: "knownHosts" | "certificates",
  read: () => Promise<string | undefined>,
): Promise<string | undefined> {
  try {
    const text = await read();
    return text === undefined || text.trim() === "" ? undefined : text;
  } catch (cause) {
    if (CredentialError.is(cause)) throw cause;
    const message = `the setting "${reference}" of the Git credentials cannot be read`;
    throw new CredentialError("unavailable", message, { reference, cause });
  }
}

function noAddress(): CredentialError {
  const message = "credentials were asked for what is not an address of a Git repository";
  return new CredentialError("unsupported-reference", message, { reference: "repocreds" });
}
