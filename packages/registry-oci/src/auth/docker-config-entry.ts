import {
  CredentialError,
  parseDockerConfig,
  type Credential,
  type DockerConfig,
  type DockerCredential,
} from "@image-updater/core";

/** What a docker config itself holds, without the help of a program. */
export type DockerConfigCredential = Exclude<DockerCredential, { readonly kind: "helper" }>;

/**
 * The docker config in the text; `name` says in messages where the text is from.
 *
 * @throws CredentialError `invalid-secret` when it is none.
 */
export function readDockerConfig(text: string, name: string): DockerConfig {
  const { value, diagnostics } = parseDockerConfig(text);
  if (value !== undefined) return value;
  throw invalidSecret(name, diagnostics[0]?.message ?? "it is not a docker config");
}

/**
 * The credential of an entry.
 *
 * @throws CredentialError `invalid-secret` for an entry that cannot be used.
 */
export function readDockerConfigEntry(found: DockerConfigCredential, name: string): Credential {
  switch (found.kind) {
    case "invalid":
      throw invalidSecret(name, `the entry "${found.key}" ${found.problem}`);
    // Field by field: a spread leaves the secret ones behind.
    case "basic":
      return { kind: "basic", username: found.username, password: found.password };
    case "identity-token":
      return { kind: "identity-token", token: found.token };
    case "bearer":
      break;
  }
  return { kind: "bearer", token: found.token };
}

/** The error of a credential that is there and cannot be used. */
export function invalidSecret(name: string, problem: string): CredentialError {
  return new CredentialError("invalid-secret", `${name}: ${problem}`, { reference: name });
}
