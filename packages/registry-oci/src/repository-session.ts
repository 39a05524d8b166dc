import { CredentialError, RegistryError } from "@image-updater/core";
import type {
  Credential,
  CredentialProvider,
  RegistryCallOptions,
  Repository,
} from "@image-updater/core";
import type { AuthorizationRequest, Authorizer } from "./auth/authorizer.js";
import type { HttpClient } from "./http/http-client.js";
import type { HttpRequest, HttpResponse, RequestPlace } from "./http/http-message.js";
import { cancelledError, formatPlace } from "./http/transport-error.js";
import { repositoryUrl } from "./repository-url.js";
import type { RegistryChannel } from "./registry-channels.js";

/** What one call of the client reads from its repository. */
export interface RepositorySession {
  readonly repository: Repository;
  /** What errors name, with the tag or digest under way. */
  place(reference?: string): RequestPlace;
  /** The URL of a resource below `/v2/<name>/`, as `manifests/1.0`. */
  url(resource: string): URL;
  /** Sends with whatever authorization the registry wants; answers with any status. */
  send(request: SessionRequest): Promise<HttpResponse>;
}

/** A request of a session: the rest is the session's. */
export type SessionRequest = Pick<HttpRequest, "url" | "bodyLimit" | "headers"> & {
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
  { signal, credential: reference }: RegistryCallOptions,
): RepositorySession {
  const base = repositoryUrl(repository);
  const placeOf = (at?: string): RequestPlace => ({
    host: repository.host,
    repository: repository.path,
    ...(at === undefined ? {} : { reference: at }),
  });
  let credential: Promise<Credential> | undefined;
  const askOnce = (): Promise<Credential> =>
    (credential ??= askCredential(
      () => credentials.forRepository({ repository, reference, signal }),
      placeOf(),
    ));

  return {
    repository,
    place: placeOf,
    url: (resource) => new URL(`${base}/${resource}`),
    async send({ reference: at, ...request }): Promise<HttpResponse> {
      const place = placeOf(at);
      const { dispatcher, rate } = channel;
      const asked = { ...request, place, dispatcher, rate, signal };
      return sendAuthorized(http, authorizer, asked, {
        repository,
        place,
        credential: askOnce,
        dispatcher,
        signal,
      });
    },
  };
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
  const second = await http.send({ ...request, authorization });
  if (second.status === 401) await authorizer.forget(identity, authorization);
  return second;
}

/** A port throws its own error: the credential's becomes the cause. */
async function askCredential(
  ask: () => Promise<Credential>,
  place: RequestPlace,
): Promise<Credential> {
  try {
    return await ask();
  } catch (error) {
    if (!CredentialError.is(error)) throw error;
    if (error.code === "cancelled") throw cancelledError(place);
    const message = `${formatPlace(place)}: no credentials: ${error.message}`;
    const code = error.retryable ? "unavailable" : "unauthorized";
    throw new RegistryError(code, message, { ...place, cause: error });
  }
}
