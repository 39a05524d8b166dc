import type { Clock } from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import { createRedactor, refuseIgnoredSettings, type Redactor } from "@image-updater/http";
import type { Dispatcher } from "undici";
import { createConcurrencyGate } from "./concurrency-gate.js";
import { exchange } from "./exchange.js";
import { followRedirects } from "./follow-redirects.js";
import type { HttpRequest, HttpResponse } from "./http-message.js";
import { createNotices, type NoticeListeners } from "./notices.js";
import { createPatience } from "./patience.js";
import { createQuietHosts } from "./quiet-hosts.js";
import { createRequestTurns } from "./request-turns.js";
import { withRetries } from "./retry.js";

/** Settings of {@link createHttpClient}. */
export interface HttpClientSettings extends NoticeListeners {
  /** Carries every request; default undici's global one. */
  readonly dispatcher?: Dispatcher | undefined;
  /** For one request with its whole answer; default 30 seconds. */
  readonly requestTimeoutMs?: number | undefined;
  /** Attempts after the first on 408, 429, 5xx and failed connections; default 3. */
  readonly retries?: number | undefined;
  /**
   * No attempt starts later than this after the first failure, or after the first wait for a host that
   * said 429; default 60 seconds.
   */
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
  /** Knows the secrets of all requests. */
  readonly redactor: Redactor;
  /**
   * The answer, whatever its status, after retries and redirects.
   *
   * A host that said 429 is asked by nobody until the time it named, or for as long as the next try
   * would wait.
   *
   * @throws RegistryError `cancelled`, `timeout`, `unavailable` without a connection, `too-large`,
   * `refused-address` for a redirect that is not followed, `invalid-response` for broken HTTP,
   * `rate-limited` without having asked when the host wants quiet for longer than the deadline.
   */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** An {@link HttpClient} on undici. Creating one does no I/O. */
export function createHttpClient(settings: HttpClientSettings = {}): HttpClient {
  const { requestTimeoutMs = 30_000, userAgent = "image-updater-sdk", dispatcher } = settings;
  const { retries = 3, deadlineMs = 60_000, random = Math.random } = settings;
  refuseIgnoredSettings("createHttpClient", { dispatcher });
  const clock = settings.clock ?? systemClock();
  const quiet = createQuietHosts(clock);
  const gate = createConcurrencyGate(settings.maxConcurrency ?? 8);
  const turns = createRequestTurns({ gate, quiet, clock, random });
  const redactor = createRedactor();
  const tell = createNotices(settings);

  return {
    redactor,
    async send(request: HttpRequest): Promise<HttpResponse> {
      const asked = {
        ...request,
        redactor,
        headers: { "user-agent": userAgent, ...request.headers },
        dispatcher: request.dispatcher ?? dispatcher,
      };
      const patience = createPatience(deadlineMs, clock);
      const sendInTurn = async (hop: HttpRequest): Promise<HttpResponse> => {
        const leave = await turns.take(hop, patience);
        try {
          return await exchange(hop, requestTimeoutMs);
        } finally {
          leave();
        }
      };
      const attempt = async (): Promise<HttpResponse> => {
        const response = await followRedirects(asked, sendInTurn);
        // What a storage behind a redirect says is not the registry's.
        if (response.url.origin === asked.url.origin) tell(response, asked.place);
        return response;
      };
      return withRetries(attempt, { retries, patience, quiet, clock, random }, asked.signal);
    },
  };
}
