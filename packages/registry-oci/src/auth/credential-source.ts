import {
  CredentialError,
  findDockerCredential,
  formatCredentialReference,
  readUserPassword,
} from "@image-updater/core";
import type {
  CancelSignal,
  Credential,
  CredentialReference,
  Repository,
  SecretReader,
} from "@image-updater/core";
import { runCredentialScript } from "./credential-script.js";
import { invalidSecret, readDockerConfig, readDockerConfigEntry } from "./docker-config-entry.js";

/** Where references lead. */
export interface CredentialPlaces {
  readonly secrets?: SecretReader | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What a reference led to; a docker config answers differently for each repository. */
export type CredentialSource = (repository: Repository) => Credential;

/**
 * Reads what the reference names.
 *
 * @throws CredentialError, also from the source it returns, when there is no usable credential.
 */
export async function readCredentialSource(
  reference: CredentialReference,
  { secrets, environment }: CredentialPlaces,
  signal: CancelSignal,
): Promise<CredentialSource> {
  const name = formatCredentialReference(reference);
  switch (reference.kind) {
    case "pullsecret": {
      const key = { ...placeOf(reference), key: ".dockerconfigjson" };
      const text = await readerOf(secrets, name).read(key, { signal });
      return dockerConfigSource(text, name);
    }
    case "secret": {
      const key = { ...placeOf(reference), key: reference.field };
      return userSource(await readerOf(secrets, name).read(key, { signal }), name);
    }
    case "env":
      return environmentSource(environment[reference.variable], name);
    case "ext":
      break;
  }
  return userSource(await runCredentialScript(reference.path, name, signal), name);
}

type SecretPlace = { readonly namespace: string; readonly name: string };

function placeOf({ namespace, name }: SecretPlace): SecretPlace {
  return { namespace, name };
}

function readerOf(secrets: SecretReader | undefined, reference: string): SecretReader {
  if (secrets !== undefined) return secrets;
  const message = `${reference}: secrets cannot be read; give registryCredentials the setting "secrets"`;
  throw new CredentialError("unsupported-reference", message, { reference });
}

function environmentSource(value: string | undefined, reference: string): CredentialSource {
  if (value !== undefined) return userSource(value, reference);
  const message = `${reference}: the environment variable is not set`;
  throw new CredentialError("not-found", message, { reference });
}

function userSource(text: string, reference: string): CredentialSource {
  const user = readUserPassword(text);
  if (user.kind === "refused") throw invalidSecret(reference, user.problem);
  const { username, password } = user;
  return () => ({ kind: "basic", username, password });
}

function dockerConfigSource(text: string, reference: string): CredentialSource {
  const config = readDockerConfig(text, reference);
  return (repository) => {
    // As a node reads pull secrets: there are no helper programs.
    const found = findDockerCredential(config, repository, { helpers: false });
    if (found === undefined) {
      const message = `${reference}: the docker config has no entry for ${repository.host}`;
      throw new CredentialError("not-found", message, { reference });
    }
    if (found.kind !== "helper") return readDockerConfigEntry(found, reference);
    throw invalidSecret(reference, `the entry for ${repository.host} needs a helper program`);
  };
}
