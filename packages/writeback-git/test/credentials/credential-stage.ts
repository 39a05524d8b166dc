import {
  CredentialError,
  type GitCredential,
  type GitCredentialRequest,
} from "@image-updater/core";
import { inMemorySecrets, type SecretFixture } from "@image-updater/core/testing";
import { expect } from "vitest";
import {
  argoCdGitCredentials,
  type ArgoCdGitCredentialsSettings,
} from "../../src/credentials/argo-cd-git-credentials.js";

export const URL_OF_APP = "https://github.com/team/app.git";
export const LABEL = "argocd.argoproj.io/secret-type";
export const SECRET = "hunter2-s3cr3t";
export const LOGIN = { username: "bot", password: "pw" } as const;

export type Data = Readonly<Record<string, string>>;

/** A secret of Argo CD. */
export function secretOf(
  type: string,
  name: string,
  data: Data,
  namespace = "argocd",
): SecretFixture {
  return { namespace, name, labels: { [LABEL]: type }, data };
}

export const repository = (name: string, data: Data): SecretFixture =>
  secretOf("repository", name, data);
export const template = (name: string, data: Data): SecretFixture =>
  secretOf("repo-creds", name, data);

export const basic = (username: string, password: string): GitCredential => ({
  kind: "basic",
  username,
  password,
});

/** What a new provider answers, for the repository of the tests unless another one is named. */
export function ask(
  secrets: readonly SecretFixture[],
  request: Partial<GitCredentialRequest> = {},
  more: Partial<ArgoCdGitCredentialsSettings> = {},
): Promise<GitCredential> {
  const provider = argoCdGitCredentials({ secrets: inMemorySecrets(secrets), ...more });
  return provider.forGit({ url: URL_OF_APP, ...request });
}

/** The error of an answer, in which no secret may stand. */
export async function failure(answer: Promise<GitCredential>): Promise<CredentialError> {
  const error: unknown = await answer.then(
    (credential) => credential,
    (reason: unknown) => reason,
  );
  if (!CredentialError.is(error)) throw new Error(`no error but ${JSON.stringify(error)}`);
  expect(`${error.message} ${JSON.stringify(error)} ${error.stack}`).not.toContain(SECRET);
  return error;
}
