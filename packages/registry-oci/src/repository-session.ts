import { RegistryError } from "@image-updater/core";
import type { CredentialProvider, RegistryCallOptions, Repository } from "@image-updater/core";
import { askCredential } from "./auth/ask-credential.js";
import type { AuthorizationRequest, Authorizer } from "./auth/authorizer.js";
import { createCallCredential, type CallCredential } from "./auth/call-credential.js";
import type { Call } from "./http/call.js";
import type { HttpClient } from "./http/http-client.js";
import type { HttpRequest, HttpResponse, RequestPlace } from "./http/http-message.js";
import { saidBy } from "./http/words.js";
import { repositoryUrl } from "./repository-url.js";
import type { RegistryChannel } from "./registry-channels.js";

/** Amazon's registry says 403 to a password that has expired. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403]);

/** What one call of the client reads from its repository. */
export interface RepositorySession {
  readonly repository: Repository;
  /** Of its call. */
  readonly pauseDeadline: Call["pauseDeadline"];
  /** What errors name, with the tag or digest under way. */
  place(reference?: string): RequestPlace;
  /** The URL of a resource below `/v2/<name>/`, as `manifests/1.0`. */
  url(resource: string): URL;
  /** Words of the registry, fit for a message. */
  said(words: string): string;
  /** Sends with whatever authorization the registry wants; answers with any status. */
  send(request: SessionRequest): Promise<HttpResponse>;
}

/** A request of a session: the rest is the session's. */
export type SessionRequest = Pick<HttpRequest, "url" | "bodyLimit" | "headers" | "redirects"> & {
  readonly method: "GET" | "HEAD";
  readonly reference?: string | undefined;
};

/** What sessions share. */
export interface SessionParts {
  readonly http: HttpClient;
  readonly authorizer: Authorizer;
  readonly credentials: Pick<CredentialProvider, "forRepository">;
}

/**
 * Opens a session for one call; no request is sent.
 *
 * @throws RegistryError `refused-address` when the repository has no usable address.
 */
export function openRepository(
  { http, authorizer, credentials }: SessionParts,
  channel: RegistryChannel,
  repository: Repository,
  { signal, pauseDeadline, credential: reference }: RegistryCallOptions,
): RepositorySession {
  const base = repositoryUrl(repository);
  const placeOf = (at?: string): RequestPlace => ({
    host: repository.host,
    repository: repository.path,
    ...(at === undefined ? {} : { reference: at }),
  });
  const credential = createCallCredential((rejected) =>
    askCredential(
      () =>
        credentials.forRepository({
          repository,
          reference,
          signal,
          ...(rejected ? { rejected } : {}),
        }),
      placeOf(),
    ),
  );

  return {
    repository,
    pauseDeadline,
    place: placeOf,
    said: (words) => saidBy(http.redactor, words),
    url: (resource) => new URL(`${base}/${resource}`),
    async send({ reference: at, ...request }): Promise<HttpResponse> {
      const place = placeOf(at);
      const { dispatcher, rate } = channel;
      const asked = { ...request, place, dispatcher, rate, signal, pauseDeadline };
      const identity = {
        repository,
        place,
        credential: credential.get,
        dispatcher,
        rate,
        signal,
        pauseDeadline,
      };
      return sendAgainIfRenewed(() => sendAuthorized(http, authorizer, asked, identity), {
        credential,
        origin: asked.url.origin,
      });
    },
  };
}

/** A credential that is kept may be old: what refuses it is asked again with the one of today. */
async function sendAgainIfRenewed(
  send: () => Promise<HttpResponse>,
  { credential, origin }: { readonly credential: CallCredential; readonly origin: string },
): Promise<HttpResponse> {
  try {
    const response = await send();
    const isRefused = REFUSALS.has(response.status) && response.url.origin === origin;
    if (!isRefused || !(await credential.renew())) return response;
  } catch (error) {
    if (!isRefusedByTokenServer(error) || !(await credential.renew())) throw error;
  }
  return send();
}

/** Errors without a status are not what a server said. */
function isRefusedByTokenServer(error: unknown): boolean {
  if (!RegistryError.is(error) || error.context.status === undefined) return false;
  return error.code === "unauthorized" || error.code === "forbidden";
}

/** At most one new authorization for one request: a registry that wants another each time is refused. */
async function sendAuthorized(
  http: HttpClient,
  authorizer: Authorizer,
  request: HttpRequest,
  identity: AuthorizationRequest,
): Promise<HttpResponse> {
  const known = await authorizer.remembered(identity);
  const first = await http.send({ ...request, authorization: known });
  // Where a redirect led to another origin, its challenge is not the registry's to make.
  if (first.status !== 401 || first.url.origin !== request.url.origin) return first;
  const challenge = first.headers.get("www-authenticate") ?? "";
  const authorization = await authorizer.answer(identity, challenge, known);
  // A password that was refused does not become right by being sent again.
  if (authorization === known) return first;
  const second = await http.send({ ...request, authorization });
  if (second.status === 401) await authorizer.forget(identity, authorization);
  return second;
}
