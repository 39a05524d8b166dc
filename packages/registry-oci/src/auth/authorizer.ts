import { RegistryError } from "@image-updater/core";
import type { Clock, Credential, Repository } from "@image-updater/core";
import { refuseRealm } from "@image-updater/http";
import type { Dispatcher } from "undici";
import type { Call } from "../http/call.js";
import type { HttpClient } from "../http/http-client.js";
import type { RequestPlace } from "../http/http-message.js";
import type { RateLimit } from "../http/rate-limit.js";
import { cancelledError, formatPlace } from "../http/transport-error.js";
import { urlSaidBy } from "../http/words.js";
import { basicHeader } from "./basic-header.js";
import { createBoundedMap } from "../http/bounded-map.js";
import { parseChallenges, type Challenge } from "./challenge.js";
import { credentialIdentity } from "./credential-identity.js";
import { createTokenCache } from "./token-cache.js";
import { requestToken } from "./token-request.js";

const MOST_REPOSITORIES = 10_000;
const MOST_SCOPES = 4;

/** Who asks, and for what. */
export interface AuthorizationRequest extends Call {
  readonly repository: Repository;
  readonly place: RequestPlace;
  /** Asked only when the registry wants to know. */
  readonly credential: () => Promise<Credential>;
  readonly dispatcher?: Dispatcher | undefined;
  /** The registry's: requests for tokens count too. */
  readonly rate?: RateLimit | undefined;
}

/** Finds the `Authorization` header a registry wants. */
export interface Authorizer {
  /** The header by what the registry asked for last time; `undefined` when it never asked. */
  remembered(request: AuthorizationRequest): Promise<string | undefined>;
  /**
   * The header that answers a `WWW-Authenticate`; `refused` is the header that earned it.
   *
   * @throws RegistryError `unauthorized` when the credentials cannot answer it, `refused-address` for
   * a token server that the registry must not name.
   */
  answer(request: AuthorizationRequest, challenge: string, refused?: string): Promise<string>;
  /** Drops the token of a header that was refused although it was new. */
  forget(request: AuthorizationRequest, refused: string): Promise<void>;
}

/** Whether a registry may name this token server, where that is held to more than all are. */
export type TrustsRealm = (realm: URL, repository: Repository) => boolean;

/** Decides about token servers, and hides what registries were sent in what they call them. */
interface RealmGuard {
  readonly trustsRealm: TrustsRealm;
  readonly redactor: HttpClient["redactor"];
}

/** How a registry wants to be asked. */
type Demand = { readonly kind: "basic" } | TokenDemand;

interface TokenDemand {
  readonly kind: "token";
  readonly realm: URL;
  readonly service?: string | undefined;
  readonly scopes: readonly string[];
}

/** An {@link Authorizer} that remembers challenges by repository and tokens by all they depend on. */
export function createAuthorizer(
  http: HttpClient,
  clock: Clock,
  trustsRealm: TrustsRealm = () => true,
): Authorizer {
  const demands = createBoundedMap<Demand>(MOST_REPOSITORIES);
  const tokens = createTokenCache(clock);
  const guard = { trustsRealm, redactor: http.redactor };

  async function headerFor(request: AuthorizationRequest, demand: Demand): Promise<string> {
    const credential = await request.credential();
    if (demand.kind === "basic") return basicOrRefuse(credential, request.place);
    if (credential.kind === "bearer") return bearerOrRefuse(credential.token, request.place);
    const { repository, place, dispatcher, rate } = request;
    const asked = { ...demand, credential, place, dispatcher, rate };
    const token = await tokens.get(
      tokenKey(repository, demand, credential),
      (call) => requestToken(http, clock, asked, call),
      request,
    );
    if (token === undefined) throw cancelledError(place);
    return `Bearer ${token}`;
  }

  async function forget(request: AuthorizationRequest, refused: string): Promise<void> {
    const demand = demands.get(demandKey(request.repository));
    if (demand?.kind !== "token") return;
    const credential = await request.credential();
    tokens.forget(
      tokenKey(request.repository, demand, credential),
      refused.replace(/^Bearer /, ""),
    );
  }

  return {
    async remembered(request): Promise<string | undefined> {
      const key = demandKey(request.repository);
      const demand = demands.get(key);
      if (demand === undefined) return undefined;
      try {
        return await headerFor(request, demand);
      } catch (error) {
        // The registry may have another token server by now: the next call asks it again.
        if (!isCancelled(error)) demands.delete(key);
        throw error;
      }
    },
    async answer(request, challenge, refused): Promise<string> {
      if (refused !== undefined) await forget(request, refused);
      const key = demandKey(request.repository);
      const asked = demandOf(parseChallenges(challenge), request, guard);
      const demand = withEarlierScopes(asked, demands.get(key));
      demands.set(key, demand);
      return headerFor(request, demand);
    },
    forget,
  };
}

/** Bearer before Basic, in whatever order a registry offers them: a password is then shown less often. */
function demandOf(
  challenges: readonly Challenge[],
  request: AuthorizationRequest,
  guard: RealmGuard,
): Demand {
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  const realm = bearer?.parameters.get("realm") ?? "";
  if (bearer !== undefined && URL.canParse(realm)) {
    return tokenDemand(new URL(realm), bearer, request, guard);
  }
  // A Bearer challenge whose realm is not a URL names no token server: the registry takes passwords itself.
  if (bearer !== undefined || challenges.some(({ scheme }) => scheme === "basic")) {
    return { kind: "basic" };
  }
  throw unauthorized("answered 401 without a Bearer or Basic challenge", request.place);
}

function tokenDemand(
  realm: URL,
  { parameters }: Challenge,
  request: AuthorizationRequest,
  { trustsRealm, redactor }: RealmGuard,
): Demand {
  const { repository, place } = request;
  const reason =
    refuseRealm(realm, new URL(repository.apiUrl)) ??
    (trustsRealm(realm, repository) ? undefined : "it is not the registry's");
  if (reason !== undefined) {
    const message = `${formatPlace(place)}: the token server ${urlSaidBy(redactor, realm)} is refused: ${reason}`;
    throw new RegistryError("refused-address", message, place);
  }
  const asked =
    parameters
      .get("scope")
      ?.split(" ")
      .filter((scope) => scope !== "") ?? [];
  const scopes = asked.length > 0 ? asked : [`repository:${repository.path}:pull`];
  return { kind: "token", realm, service: parameters.get("service"), scopes };
}

/**
 * Azure wants another scope for a list than for a manifest: one token for both, or each would cost a
 * challenge again and again. What is asked for now comes first, as some servers look no further.
 */
function withEarlierScopes(demand: Demand, earlier: Demand | undefined): Demand {
  if (demand.kind !== "token" || earlier?.kind !== "token") return demand;
  if (demand.realm.href !== earlier.realm.href || demand.service !== earlier.service) return demand;
  const scopes = new Set([...demand.scopes, ...earlier.scopes]);
  return { ...demand, scopes: [...scopes].slice(0, Math.max(MOST_SCOPES, demand.scopes.length)) };
}

function basicOrRefuse(credential: Credential, place: RequestPlace): string {
  const header = credential.kind === "basic" ? basicHeader(credential) : undefined;
  if (header === undefined) throw unauthorized("wants a user name and a password", place);
  return header;
}

function bearerOrRefuse(token: string, place: RequestPlace): string {
  if (/^[\x21-\x7e]+$/.test(token)) return `Bearer ${token}`;
  throw unauthorized("the token holds characters that a header cannot carry", place);
}

function isCancelled(error: unknown): boolean {
  return RegistryError.is(error) && error.code === "cancelled";
}

function unauthorized(what: string, place: RequestPlace): RegistryError {
  return new RegistryError("unauthorized", `${formatPlace(place)}: ${what}`, place);
}

function demandKey({ apiUrl, path }: Repository): string {
  return JSON.stringify([apiUrl, path]);
}

function tokenKey(
  { apiUrl }: Repository,
  { realm, service, scopes }: TokenDemand,
  credential: Credential,
): string {
  const identity = credentialIdentity(credential);
  return JSON.stringify([apiUrl, realm.href, service ?? null, scopes, identity]);
}
