import { RegistryError, type Credential } from "@image-updater/core";
import type { Clock } from "@image-updater/core";
import type { Dispatcher } from "undici";
import { z } from "zod";
import { bodyLimits } from "../http/body-limits.js";
import type { Call } from "../http/call.js";
import { decodeAnswer } from "../http/decode-answer.js";
import { errorWords } from "../http/error-words.js";
import type { HttpClient } from "../http/http-client.js";
import type { HttpResponse, RequestPlace } from "../http/http-message.js";
import type { RateLimit } from "../http/rate-limit.js";
import { statusError } from "../http/status-error.js";
import { formatPlace } from "../http/transport-error.js";
import { urlSaidBy } from "../http/words.js";
import { basicHeader } from "./basic-header.js";
import type { Token } from "./token-cache.js";

const CLIENT_ID = "image-updater-sdk";
const SHORTEST_LIFE_SECONDS = 60;

/** What a token is asked for. */
export interface TokenRequest {
  readonly realm: URL;
  readonly service?: string | undefined;
  readonly scopes: readonly string[];
  readonly credential: Credential;
  readonly place: RequestPlace;
  readonly dispatcher?: Dispatcher | undefined;
  readonly rate?: RateLimit | undefined;
}

/**
 * A token of the registry's token server, by the distribution token specification: GET, or POST with
 * the refresh token where the credential is one.
 *
 * @throws RegistryError `unauthorized` when the server refuses the credential.
 */
export async function requestToken(
  http: HttpClient,
  clock: Clock,
  request: TokenRequest,
  call: Call,
): Promise<Token> {
  // Taken before the exchange: a token then never lives longer here than at the server.
  const askedAt = clock.now().getTime();
  const response = await exchangeToken(http, request, call);
  if (response.status !== 200) throw refusedToken(response, request, clock.now());
  const what = `the token of ${urlSaidBy(http.redactor, request.realm)}`;
  const body = decodeAnswer(response, tokenSchema, {
    url: request.realm,
    place: request.place,
    what,
  });
  const value = body.token ?? body.access_token;
  if (value === undefined || value === null) {
    const message = `${formatPlace(request.place)}: ${what} is missing in its answer`;
    throw new RegistryError("invalid-response", message, request.place);
  }
  return { value, ...lifeOf(body.expires_in, body.issued_at, askedAt) };
}

/** Visible ASCII: what a header can carry. */
const tokenText = z
  .string()
  .regex(/^[\x21-\x7e]+$/)
  .or(z.literal("").transform(() => undefined))
  .nullish();

const tokenSchema = z.object({
  token: tokenText,
  access_token: tokenText,
  expires_in: z.number().nullish().catch(undefined),
  issued_at: z.string().nullish().catch(undefined),
});

async function exchangeToken(
  http: HttpClient,
  request: TokenRequest,
  call: Call,
): Promise<HttpResponse> {
  if (request.credential.kind !== "identity-token") return getToken(http, request, call);
  const posted = await postRefreshToken(http, request, request.credential.token, call);
  // A server without this form answers 404 by the specification, or 405; then GET is what it knows.
  return posted.status === 404 || posted.status === 405 ? getToken(http, request, call) : posted;
}

function getToken(
  http: HttpClient,
  { realm, service, scopes, credential, place, dispatcher, rate }: TokenRequest,
  call: Call,
): Promise<HttpResponse> {
  const url = new URL(realm);
  url.searchParams.set("client_id", CLIENT_ID);
  if (service !== undefined) url.searchParams.set("service", service);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  if (credential.kind === "basic") url.searchParams.set("account", credential.username);
  return http.send({
    method: "GET",
    url,
    place,
    headers: { accept: "application/json" },
    authorization: basicHeader(credential),
    bodyLimit: bodyLimits.token,
    dispatcher,
    rate,
    signal: call.signal,
    pauseDeadline: call.pauseDeadline,
  });
}

function postRefreshToken(
  http: HttpClient,
  { realm, service, scopes, place, dispatcher, rate }: TokenRequest,
  refreshToken: string,
  call: Call,
): Promise<HttpResponse> {
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    refresh_token: refreshToken,
    client_id: CLIENT_ID,
  });
  if (service !== undefined) form.set("service", service);
  if (scopes.length > 0) form.set("scope", scopes.join(" "));
  return http.send({
    method: "POST",
    url: realm,
    place,
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
    secrets: [refreshToken],
    bodyLimit: bodyLimits.token,
    dispatcher,
    rate,
    signal: call.signal,
    pauseDeadline: call.pauseDeadline,
  });
}

/** A token server has no other way to say "wrong password" than 401, or 400 for a refresh token. */
function refusedToken(response: HttpResponse, request: TokenRequest, now: Date): RegistryError {
  const { place, credential } = request;
  const realm = urlSaidBy(response.redactor, request.realm);
  const error = statusError(response, place, `a token of ${realm}`, now);
  const { status } = response;
  if (status === 401 || (status === 400 && credential.kind === "identity-token")) {
    const refused =
      credential.kind === "anonymous" ? "needs credentials" : "refused the credentials";
    const message = `${formatPlace(place)}: the token server ${realm} ${refused}${errorWords(response)}`;
    return new RegistryError("unauthorized", message, { ...place, status });
  }
  // Of the token server, not of the repository.
  if (error.code !== "not-found") return error;
  return new RegistryError("invalid-response", error.message, { ...place, status });
}

function lifeOf(
  expiresIn: number | null | undefined,
  issuedAtText: string | null | undefined,
  askedAt: number,
): { readonly issuedAt: number; readonly expiresAt: number } {
  const life = Math.max(SHORTEST_LIFE_SECONDS, expiresIn ?? 0) * 1000;
  const said = Date.parse(issuedAtText ?? "");
  // Clocks differ: a time in the future, or one that makes the token dead already, is not believed.
  const issuedAt = said <= askedAt && said + life > askedAt ? said : askedAt;
  return { issuedAt, expiresAt: issuedAt + life };
}
