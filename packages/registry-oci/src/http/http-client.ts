import type { Clock } from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import type { Dispatcher } from "undici";
import { createConcurrencyGate, type ConcurrencyGate } from "./concurrency-gate.js";
import { exchange } from "./exchange.js";
import { followRedirects } from "./follow-redirects.js";
import type { HttpRequest, HttpResponse } from "./http-message.js";
import { withRetries } from "./retry.js";
import { cancelledError } from "./transport-error.js";

/** Settings of {@link createHttpClient}. */
export interface HttpClientSettings {
  /** Carries every request; default undici's global one. */
  readonly dispatcher?: Dispatcher | undefined;
  /** For one request with its whole answer; default 30 seconds. */
  readonly requestTimeoutMs?: number | undefined;
  /** Attempts after the first on 408, 429, 5xx and failed connections; default 3. */
  readonly retries?: number | undefined;
  /** No attempt starts later than this after the first failure; default 60 seconds. */
  readonly deadlineMs?: number | undefined;
  /** Requests to one host at the same time; default 8. */
  readonly maxConcurrency?: number | undefined;
  /** The `User-Agent` header; default `image-updater-sdk`. */
  readonly userAgent?: string | undefined;
  /** Default the machine's own. */
  readonly clock?: Clock | undefined;
  /** From 0 up to 1, for the jitter of retries; default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** Sends requests to servers that are not trusted. */
export interface HttpClient {
  /**
   * The answer, whatever its status, after retries and redirects.
   *
   * @throws RegistryError `cancelled`, `timeout`, `unavailable` without a connection, `too-large`,
   * `refused-address` for a redirect that is not followed, `invalid-response` for broken HTTP.
   */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** An {@link HttpClient} on undici. Creating one does no I/O. */
export function createHttpClient(settings: HttpClientSettings = {}): HttpClient {
  const { requestTimeoutMs = 30_000, userAgent = "image-updater-sdk", dispatcher } = settings;
  const gate = createConcurrencyGate(settings.maxConcurrency ?? 8);
  const policy = {
    retries: settings.retries ?? 3,
    deadlineMs: settings.deadlineMs ?? 60_000,
    clock: settings.clock ?? systemClock(),
    random: settings.random ?? Math.random,
  };
  return {
    async send(request: HttpRequest): Promise<HttpResponse> {
      const asked = {
        ...request,
        headers: { "user-agent": userAgent, ...request.headers },
        dispatcher: request.dispatcher ?? dispatcher,
      };
      const attempt = async (): Promise<HttpResponse> => {
        await asked.rate?.take(asked.signal);
        return followRedirects(asked, (hop) => sendInTurn(hop, gate, requestTimeoutMs));
      };
      return withRetries(attempt, policy, asked.signal);
    },
  };
}

async function sendInTurn(
  hop: HttpRequest,
  gate: ConcurrencyGate,
  timeoutMs: number,
): Promise<HttpResponse> {
  const leave = await gate.enter(hop.url.host, hop.signal);
  if (leave === undefined) throw cancelledError(hop.place);
  try {
    return await exchange(hop, timeoutMs);
  } finally {
    leave();
  }
}
