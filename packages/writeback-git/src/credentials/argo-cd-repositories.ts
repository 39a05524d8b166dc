import { isDeepStrictEqual } from "node:util";
import {
  CredentialError,
  type CallOptions,
  type SecretData,
  type SecretReader,
} from "@image-updater/core";
import {
  comparableGitUrl,
  isSameRepository,
  matchPrefix,
  type ComparableGitUrl,
} from "./comparable-git-url.js";
import { CREDENTIAL_FIELDS, credentialFields, type CredentialFields } from "./credential-fields.js";

/** A repository, and for whom its credentials are. */
export interface RepositoryQuery {
  readonly url: ComparableGitUrl;
  /** Argo CD project: credentials of another one are not for it. */
  readonly project: string | undefined;
}

/** Where Argo CD keeps its repositories. */
export interface ArgoCdRepositories {
  readonly secrets: SecretReader;
  readonly namespace: string;
}

/**
 * The fields of the secrets that Argo CD has for a repository; without any when it has none.
 *
 * As Argo CD: the `repository` secret with the same URL, of the project first and then of no project;
 * one without credentials, or none at all, gets those of the `repo-creds` secret with the longest prefix
 * of the URL. Before them come the secrets that Argo CD pushes with, `repository-write` and
 * `repo-write-creds`, by the same rules: the others may only be allowed to read. Two secrets that are
 * for it alike and say different things are a `CredentialError`.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/source-hydrator/#push-secrets
 */
export async function findRepositoryFields(
  repositories: ArgoCdRepositories,
  query: RepositoryQuery,
  options: CallOptions,
): Promise<CredentialFields> {
  const write = await findSecrets(repositories, WRITE_TYPES, query, options);
  if (write.some(hasCredentials)) return fieldsOf(write);
  return fieldsOf(await findSecrets(repositories, READ_TYPES, query, options));
}

interface SecretTypes {
  readonly repository: string;
  readonly template: string;
}

const READ_TYPES: SecretTypes = { repository: "repository", template: "repo-creds" };
const WRITE_TYPES: SecretTypes = { repository: "repository-write", template: "repo-write-creds" };
const TEMPLATE_TYPES: readonly (string | undefined)[] = [READ_TYPES.template, WRITE_TYPES.template];

/** The secret of the repository, and the template where that has no credentials of its own. */
async function findSecrets(
  { secrets, namespace }: ArgoCdRepositories,
  types: SecretTypes,
  query: RepositoryQuery,
  options: CallOptions,
): Promise<readonly SecretData[]> {
  const list = async (type: string): Promise<readonly SecretData[]> => {
    const labels = { "argocd.argoproj.io/secret-type": type };
    return (await secrets.list({ namespace, labels }, options)).filter(isForGit);
  };
  const repository = chooseRepository(await list(types.repository), query);
  if (repository !== undefined && hasCredentials(repository)) return [repository];
  const template = chooseTemplate(await list(types.template), query.url);
  return [repository, template].filter((secret) => secret !== undefined);
}

function isForGit({ data }: SecretData): boolean {
  return ["", "git"].includes(valueOf(data, "type").toLowerCase());
}

function chooseRepository(
  secrets: readonly SecretData[],
  { url, project = "" }: RepositoryQuery,
): SecretData | undefined {
  const same = secrets.filter(({ data }) => {
    const other = comparableGitUrl(valueOf(data, "url"));
    return other !== undefined && isSameRepository(url, other);
  });
  const own = same.filter(({ data }) => valueOf(data, "project") === project);
  const anybodys = same.filter(({ data }) => valueOf(data, "project") === "");
  return onlyOne(own.length > 0 ? own : anybodys);
}

function chooseTemplate(
  secrets: readonly SecretData[],
  url: ComparableGitUrl,
): SecretData | undefined {
  const lengths = secrets.map(({ data }) => {
    const prefix = comparableGitUrl(valueOf(data, "url"));
    return prefix === undefined ? -1 : (matchPrefix(url, prefix) ?? -1);
  });
  const longest = Math.max(...lengths);
  return longest < 0 ? undefined : onlyOne(secrets.filter((_, at) => lengths[at] === longest));
}

/** The order in which a cluster lists secrets says nothing. */
function onlyOne(secrets: readonly SecretData[]): SecretData | undefined {
  const [first, ...others] = secrets;
  if (first === undefined) return undefined;
  const contender = others.find(({ data }) => !isDeepStrictEqual(said(data), said(first.data)));
  if (contender === undefined) return first;
  const reference = referenceOf(first);
  const message = `${reference} and ${referenceOf(contender)} are for the same URL and project, with different contents; remove one of them`;
  throw new CredentialError("invalid-secret", message, { reference });
}

function said(data: SecretData["data"]): readonly string[] {
  return CREDENTIAL_FIELDS.map((field) => valueOf(data, field));
}

/** What makes Argo CD leave the templates aside. */
const OWN_CREDENTIALS = [
  "username",
  "password",
  "bearerToken",
  "sshPrivateKey",
  "tlsClientCertData",
  "githubAppPrivateKey",
] as const;

function hasCredentials({ data }: SecretData): boolean {
  if (OWN_CREDENTIALS.some((field) => valueOf(data, field) !== "")) return true;
  return valueOf(data, "useAzureWorkloadIdentity").toLowerCase() === "true";
}

/** Fields that a repository does not get from a template. */
const NOT_INHERITED: ReadonlySet<string> = new Set(["insecure", "insecureIgnoreHostKey"]);

/** The fields of secrets together; the first secret that has one wins. */
function fieldsOf(secrets: readonly SecretData[]): CredentialFields {
  const reference = secrets.length === 0 ? "repocreds" : secrets.map(referenceOf).join(" with ");
  const entries = secrets.toReversed().flatMap(({ data, labels }) => {
    const isTemplate = TEMPLATE_TYPES.includes(labels["argocd.argoproj.io/secret-type"]);
    return [...data].filter(
      ([field, value]) => value.trim() !== "" && !(isTemplate && NOT_INHERITED.has(field)),
    );
  });
  return credentialFields(reference, new Map(entries));
}

function referenceOf({ namespace, name }: SecretData): string {
  return `secret:${namespace}/${name}`;
}

function valueOf(data: SecretData["data"], field: string): string {
  return data.get(field)?.trim() ?? "";
}
