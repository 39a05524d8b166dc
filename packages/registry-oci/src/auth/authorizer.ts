import { createHash } from "node:crypto";
import { RegistryError } from "@image-updater/core";
import type { CancelSignal, Clock, Credential, Repository } from "@image-updater/core";
import type { Dispatcher } from "undici";
import type { HttpClient } from "../http/http-client.js";
import type { RequestPlace } from "../http/http-message.js";
import { redactUrl, refuseRealm } from "../http/origin-guard.js";
import { cancelledError, formatPlace } from "../http/transport-error.js";
import { basicHeader } from "./basic-header.js";
import { createBoundedMap } from "./bounded-map.js";
import { parseChallenges, type Challenge } from "./challenge.js";
import { createTokenCache } from "./token-cache.js";
import { requestToken } from "./token-request.js";

const MOST_REPOSITORIES = 10_000;

/** Who asks, and for what. */
export interface AuthorizationRequest {
  readonly repository: Repository;
  readonly place: RequestPlace;
  /** Asked only when the registry wants to know. */
  readonly credential: () => Promise<Credential>;
  readonly dispatcher?: Dispatcher | undefined;
  readonly signal?: CancelSignal | undefined;
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

/** How a registry wants to be asked. */
type Demand =
  | { readonly kind: "basic" }
  | {
      readonly kind: "token";
      readonly realm: URL;
      readonly service?: string | undefined;
      readonly scopes: readonly string[];
    };

/** An {@link Authorizer} that remembers challenges by repository and tokens by all they depend on. */
export function createAuthorizer(http: HttpClient, clock: Clock): Authorizer {
  const demands = createBoundedMap<Demand>(MOST_REPOSITORIES);
  const tokens = createTokenCache(clock);

  async function headerFor(request: AuthorizationRequest, demand: Demand): Promise<string> {
    const credential = await request.credential();
    if (demand.kind === "basic") return basicOrRefuse(credential, request.place);
    if (credential.kind === "bearer") return bearerOrRefuse(credential.token, request.place);
    const { place, dispatcher } = request;
    const token = await tokens.get(
      tokenKey(demand, credential),
      (signal) => requestToken(http, clock, { ...demand, credential, place, dispatcher }, signal),
      request.signal,
    );
    if (token === undefined) throw cancelledError(place);
    return `Bearer ${token}`;
  }

  async function forget(request: AuthorizationRequest, refused: string): Promise<void> {
    const demand = demands.get(demandKey(request.repository));
    if (demand?.kind !== "token") return;
    const credential = await request.credential();
    tokens.forget(tokenKey(demand, credential), refused.replace(/^Bearer /, ""));
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
      const demand = demandOf(parseChallenges(challenge), request);
      demands.set(demandKey(request.repository), demand);
      return headerFor(request, demand);
    },
    forget,
  };
}

/** Bearer before Basic, in whatever order a registry offers them: a password is then shown less often. */
function demandOf(challenges: readonly Challenge[], request: AuthorizationRequest): Demand {
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  const realm = bearer?.parameters.get("realm") ?? "";
  if (bearer !== undefined && URL.canParse(realm)) {
    return tokenDemand(new URL(realm), bearer, request);
  }
  // A Bearer challenge whose realm is no URL names no token server: the registry takes passwords itself.
  if (bearer !== undefined || challenges.some(({ scheme }) => scheme === "basic")) {
    return { kind: "basic" };
  }
  throw unauthorized("answered 401 without a Bearer or Basic challenge", request.place);
}

function tokenDemand(realm: URL, { parameters }: Challenge, request: AuthorizationRequest): Demand {
  const { repository, place } = request;
  const reason = refuseRealm(realm, new URL(repository.apiUrl));
  if (reason !== undefined) {
    const message = `${formatPlace(place)}: the token server ${redactUrl(realm)} is refused: ${reason}`;
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

function tokenKey(demand: Extract<Demand, { kind: "token" }>, credential: Credential): string {
  const { realm, service, scopes } = demand;
  return JSON.stringify([realm.href, service ?? null, scopes, identityOf(credential)]);
}

/** A hash, so that no password stays in memory as the key of a map. */
function identityOf(credential: Credential): string {
  const identity = JSON.stringify([credential.kind, ...proofOf(credential)]);
  return createHash("sha256").update(identity).digest("hex");
}

function proofOf(credential: Credential): readonly string[] {
  if (credential.kind === "anonymous") return [];
  if (credential.kind === "basic") return [credential.username, credential.password];
  return [credential.token];
}
