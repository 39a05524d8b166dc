import type { GitCredential } from "@image-updater/core";
import type { Dispatcher } from "undici";
import {
  createHttpTransport,
  createSmartHttp,
  type HttpRepositoryUrl,
  type HttpTransport,
} from "@image-updater/git-remote";
import { authorizationOf, type Authorization } from "./authorization.js";
import type { Connections } from "./connections.js";
import { describeGithubApp, type GithubApp } from "./github-app/github-app.js";
import type { InstallationTokens } from "./github-app/installation-tokens.js";
import type { ForgeAccess, RepositoryAccess } from "./repository-access.js";

/** Settings of {@link openHttpAccess}. */
export interface HttpAccessSettings {
  /** For credentials without connection settings of their own. */
  readonly dispatcher: Dispatcher | undefined;
  readonly requestTimeoutMs: number;
  readonly allowHttp: boolean;
  readonly connections: Connections;
  readonly installations: InstallationTokens;
}

/** Where, and as whom. */
export interface HttpAccessRequest {
  readonly address: HttpRepositoryUrl;
  readonly credential: GitCredential;
  /** Where an earlier greeting was found, and who is told where it is found now. */
  readonly greeting: {
    base(identity: string | undefined): string | undefined;
    found(identity: string | undefined, base: string): void;
  };
  /** Token of an installation that was refused: another one is made. */
  readonly refusedToken?: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Opens the way into a repository over HTTP(S); a GitHub App becomes a token of its installation first.
 *
 * Throws `WriteBackError` `unsupported` for a key for SSH and what the API of GitHub says, and
 * `CredentialError` for a credential or a connection that cannot be used.
 */
export async function openHttpAccess(
  settings: HttpAccessSettings,
  request: HttpAccessRequest,
): Promise<RepositoryAccess> {
  const { address, credential, greeting } = request;
  const connection = credential.kind === "ssh-key" ? undefined : credential.connection;
  const borrowed = await settings.connections.borrow(connection, address.url);
  const dispatcher = borrowed?.dispatcher ?? settings.dispatcher;
  const send = createHttpTransport({ dispatcher, requestTimeoutMs: settings.requestTimeoutMs });
  try {
    const { authorization, identity, forge } = await logIn(settings, request, send);
    const transport = createSmartHttp({
      url: address.url,
      base: greeting.base(identity),
      authorization,
      send,
      found: (base) => greeting.found(identity, base),
    });
    const api = forge === undefined ? undefined : { ...forge, dispatcher };
    return { transport, identity, forge: api, close: () => borrowed?.release() };
  } catch (error) {
    borrowed?.release();
    throw error;
  }
}

interface Login {
  readonly authorization: Authorization;
  readonly identity: string | undefined;
  readonly forge: Omit<ForgeAccess, "dispatcher"> | undefined;
}

async function logIn(
  settings: HttpAccessSettings,
  request: HttpAccessRequest,
  send: HttpTransport,
): Promise<Login> {
  const { address, credential } = request;
  if (credential.kind === "github-app") {
    const { url } = address;
    const app = describeGithubApp(credential, { url, allowHttp: settings.allowHttp });
    return logInAsApp(settings, request, app, send);
  }
  const authorization = authorizationOf(credential, address);
  const { header: identity, token } = authorization;
  const kind = credential.kind === "bearer" ? "bearer" : "basic";
  return { authorization, identity, forge: token === undefined ? undefined : { kind, token } };
}

/** What GitHub takes for the user of an installation token. */
const APP_USER = "x-access-token";

/** The identity outlives its tokens, and with it what was read by them. */
async function logInAsApp(
  { installations }: HttpAccessSettings,
  { address, refusedToken, signal }: HttpAccessRequest,
  app: GithubApp,
  send: HttpTransport,
): Promise<Login> {
  const token = await installations.get({ app, send, refused: refusedToken, signal });
  return {
    authorization: authorizationOf({ kind: "basic", username: APP_USER, password: token }, address),
    identity: JSON.stringify(["github-app", app.key, app.installation]),
    forge: { kind: "github-app", token, baseUrl: app.apiUrl },
  };
}
