import { RegistryError, type Clock, type Credential } from "@image-updater/core";
import { z } from "zod";
import { credentialIdentity } from "../auth/credential-identity.js";
import { createKeptReads } from "../auth/kept-reads.js";
import { bodyLimits } from "../http/body-limits.js";
import type { Call } from "../http/call.js";
import { decodeAnswer } from "../http/decode-answer.js";
import { errorWords } from "../http/error-words.js";
import type { HttpClient } from "../http/http-client.js";
import type { RequestPlace } from "../http/http-message.js";
import { statusError } from "../http/status-error.js";
import { cancelledError, formatPlace } from "../http/transport-error.js";

const KEPT_MS = 300_000;

type BasicCredential = Extract<Credential, { readonly kind: "basic" }>;

/** For whom a token is wanted. */
export interface HubTokenRequest extends Call {
  readonly credential: Credential;
  readonly place: RequestPlace;
  /** Whether the token answered last was refused. */
  readonly isRejected: boolean;
}

/** Tokens of the Docker Hub API. */
export interface HubTokens {
  /**
   * The `Authorization` header; `undefined` for credentials without user name and password, with which
   * only public repositories can be read.
   *
   * @throws RegistryError `unauthorized` when they are refused.
   */
  headerFor(request: HubTokenRequest): Promise<string | undefined>;
}

/** Tokens are kept for five minutes, by identity. `baseUrl` is that of the API. */
export function createHubTokens(http: HttpClient, clock: Clock, baseUrl: string): HubTokens {
  const tokens = createKeptReads<string>(clock);

  async function requestToken(
    { username, password }: BasicCredential,
    place: RequestPlace,
    call: Call,
  ): Promise<string> {
    const body = JSON.stringify({ identifier: username, secret: password });
    const url = new URL(`${baseUrl}/v2/auth/token`);
    const response = await http.send({
      method: "POST",
      url,
      place,
      headers: { accept: "application/json", "content-type": "application/json" },
      body,
      secrets: [password],
      bodyLimit: bodyLimits.token,
      ...call,
    });
    if (response.status === 401) {
      const message = `${formatPlace(place)}: the Docker Hub API refused the credentials${errorWords(response)}`;
      throw new RegistryError("unauthorized", message, { ...place, status: 401 });
    }
    const what = "a token of the Docker Hub API";
    if (response.status !== 200) throw statusError(response, place, what, clock.now());
    return decodeAnswer(response, tokenSchema, { url, place, what }).access_token;
  }

  return {
    async headerFor({ credential, place, isRejected, ...caller }): Promise<string | undefined> {
      if (credential.kind !== "basic") return undefined;
      const token = await tokens.get(
        credentialIdentity(credential),
        (call) => requestToken(credential, place, call),
        { maxAgeMs: KEPT_MS, isRejected, ...caller },
      );
      if (token === undefined) throw cancelledError(place);
      return `Bearer ${token}`;
    },
  };
}

const tokenSchema = z.object({ access_token: z.string().regex(/^[\x21-\x7e]+$/) });
