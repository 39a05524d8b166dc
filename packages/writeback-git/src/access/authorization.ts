import { WriteBackError, type GitCredential } from "@image-updater/core";
import type { RepositoryUrl } from "@image-updater/git-remote";

/** How requests prove who they are, and what must never be seen in a message. */
export interface Authorization {
  /** Value of the `Authorization` header; absent for anonymous access. */
  readonly header: string | undefined;
  /** What the API of the forge takes; absent for anonymous access. */
  readonly token: string | undefined;
  readonly secrets: readonly string[];
}

/**
 * The header for a credential; user information of the URL is used where there is no other.
 *
 * Throws `unsupported` for a credential that HTTP has no header for.
 */
export function authorizationOf(
  credential: GitCredential,
  { url, userInfo }: RepositoryUrl,
): Authorization {
  if (credential.kind === "basic") return basic(credential.username, credential.password);
  if (credential.kind === "bearer") {
    const { token } = credential;
    return { header: `Bearer ${token}`, token, secrets: [token] };
  }
  if (credential.kind === "anonymous") {
    return userInfo === undefined
      ? { header: undefined, token: undefined, secrets: [] }
      : basic(userInfo.username, userInfo.password);
  }
  const message = `the credential for ${url} is of kind "${credential.kind}", which https:// has no use for; give a user and a password, a token, or a GitHub App`;
  throw new WriteBackError("unsupported", message, { target: url });
}

function basic(username: string, password: string): Authorization {
  const encoded = Buffer.from(`${username}:${password}`).toString("base64");
  // A token may also be the user, with no password or one that only says so.
  const token = NO_PASSWORDS.has(password) ? username : password;
  return { header: `Basic ${encoded}`, token, secrets: [token, encoded] };
}

/** What GitHub takes for the password of a user that is a token. */
const NO_PASSWORDS: ReadonlySet<string> = new Set(["", "x-oauth-basic"]);
