import type { Clock } from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import { refuseIgnoredSettings } from "@image-updater/http";
import {
  createRateLimit,
  type HttpClientSettings,
  type RateLimit,
} from "@image-updater/registry-oci/http";
import type { Dispatcher } from "undici";

/** More is refused to the container registry of one account. */
const REQUESTS_PER_SECOND = 15;

/** Defaults, in milliseconds. docs/deadlines.md has them, too. */
export const DEFAULT_OPEN_API_LIMITS = { requestTimeoutMs: 30_000, deadlineMs: 60_000 } as const;

/** How Alibaba Cloud's APIs are reached: settings with their defaults filled in. */
export interface OpenApiConnection {
  readonly clock: Clock;
  readonly dispatcher?: Dispatcher | undefined;
  readonly userAgent: string;
  /** For one request with its whole answer. */
  readonly requestTimeoutMs: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** No attempt starts later than this after the first failure. */
  readonly deadlineMs: number;
  /** From 0 up to 1, for jitter. */
  readonly random: () => number;
  /** Taken from before each request to the container registry's API. */
  readonly rate: RateLimit;
}

/** A connection by the settings of an HTTP client; its rate is its own. */
export function openApiConnection(
  settings: HttpClientSettings,
  requestsPerSecond: number = REQUESTS_PER_SECOND,
): OpenApiConnection {
  const { clock = systemClock(), dispatcher, userAgent = "image-updater-sdk" } = settings;
  const {
    requestTimeoutMs = DEFAULT_OPEN_API_LIMITS.requestTimeoutMs,
    retries = 3,
    deadlineMs = DEFAULT_OPEN_API_LIMITS.deadlineMs,
  } = settings;
  const { random = Math.random } = settings;
  refuseIgnoredSettings("acrCredentials", { dispatcher });
  const rate = createRateLimit(requestsPerSecond, clock);
  return { clock, dispatcher, userAgent, requestTimeoutMs, retries, deadlineMs, random, rate };
}
