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
 * of the URL. Two secrets that are for it alike and say different things are a `CredentialError`.
 */
export async function findRepositoryFields(
  { secrets, namespace }: ArgoCdRepositories,
  query: RepositoryQuery,
  options: CallOptions,
): Promise<CredentialFields> {
  const list = async (type: string): Promise<readonly SecretData[]> => {
    const labels = { "argocd.argoproj.io/secret-type": type };
    return (await secrets.list({ namespace, labels }, options)).filter(isForGit);
  };
  const repository = chooseRepository(await list("repository"), query);
  if (repository !== undefined && hasCredentials(repository)) return fieldsOf([repository]);
  const template = chooseTemplate(await list("repo-creds"), query.url);
  return fieldsOf([repository, template].filter((secret) => secret !== undefined));
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
    const isTemplate = labels["argocd.argoproj.io/secret-type"] === "repo-creds";
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
