import { inspect } from "node:util";
import { CredentialError, formatCredentialReference } from "@image-updater/core";
import type {
  CancelSignal,
  Credential,
  CredentialProvider,
  RepositoryCredentialRequest,
} from "@image-updater/core";
import { GHCR_HOST, isHostOf } from "./github-hosts.js";

const NAME = "githubToken";
const READABLE = /^[\x21-\x7e]+$/;

/** Gives a token as it is now. It is called for every call of the client: keep what is costly to make. */
export type TokenReader = (
  signal: CancelSignal | undefined,
) => string | undefined | Promise<string | undefined>;

/** Settings of {@link githubToken}. */
export interface GithubTokenSettings {
  /** GitHub looks at the token only; default `x-access-token`, the name App tokens go by. */
  readonly username?: string | undefined;
  /** The registries that the token is for; others are read anonymously. Default `ghcr.io`. */
  readonly hosts?: readonly string[] | undefined;
  /** Asked for images that name credentials of their own; without it such an image is an error. */
  readonly references?: Pick<CredentialProvider, "forRepository"> | undefined;
}

/**
 * Credentials out of a GitHub token: a classic personal token with `read:packages`, the
 * `GITHUB_TOKEN` of a workflow, or the installation token of an App.
 *
 * The token is read anew for each call, and white space around it does not count. Where the reader
 * gives none, or fails, that is a `CredentialError`, never an anonymous read.
 */
export function githubToken(
  read: TokenReader,
  settings: GithubTokenSettings = {},
): Pick<CredentialProvider, "forRepository"> {
  const { username = "x-access-token", hosts = [GHCR_HOST], references } = settings;
  return {
    async forRepository(request: RepositoryCredentialRequest): Promise<Credential> {
      if (request.reference !== undefined) return forReference(request, references);
      if (!isHostOf(hosts, request.repository.host)) return { kind: "anonymous" };
      return conceal(username, await readToken(read, request.signal));
    },
  };
}

async function forReference(
  request: RepositoryCredentialRequest,
  references: GithubTokenSettings["references"],
): Promise<Credential> {
  if (references !== undefined) return references.forRepository(request);
  const name = request.reference === undefined ? "" : formatCredentialReference(request.reference);
  const message = `${name}: the image names its own credentials; give ${NAME} the setting "references", as registryCredentials makes it`;
  throw new CredentialError("unsupported-reference", message, { reference: name });
}

async function readToken(read: TokenReader, signal: CancelSignal | undefined): Promise<string> {
  const token = (await ask(read, signal))?.trim() ?? "";
  if (token === "") {
    const message = `${NAME}: there is no token; leave the credentials out to read anonymously`;
    throw new CredentialError("not-found", message, { reference: NAME });
  }
  if (READABLE.test(token)) return token;
  const message = `${NAME}: the token holds spaces or characters that no GitHub token has`;
  throw new CredentialError("invalid-secret", message, { reference: NAME });
}

async function ask(
  read: TokenReader,
  signal: CancelSignal | undefined,
): Promise<string | undefined> {
  try {
    return await read(signal);
  } catch (cause) {
    if (CredentialError.is(cause)) throw cause;
    // The message of a stranger may quote what it read.
    const message = `${NAME}: the token could not be read`;
    throw new CredentialError("unavailable", message, { reference: NAME, cause });
  }
}

/** The password can be read, and is redacted where the credential is printed. */
function conceal(username: string, password: string): Credential {
  const redacted = (): object => ({ kind: "basic", username, password: "[redacted]" });
  const printed = { toJSON: { value: redacted }, [inspect.custom]: { value: redacted } };
  const credential: Credential = { kind: "basic", username, password };
  return Object.defineProperties(credential, printed);
}
