import { WriteBackError } from "@image-updater/core";
import { request, type Dispatcher } from "undici";
import { retryUntilDeadline, type Attempt, type RetryLimits } from "../retry.js";
import { cancelledError, readStart } from "../transport/http-transport.js";
import { cleanServerText } from "../transport/server-text.js";
import type { ForgeAnswer } from "./forge-answer.js";
import { forgeError, type ForgePlace } from "./forge-error.js";
import { rateLimitOf } from "./rate-limit.js";

/** A request to the API of a forge. */
export interface ForgeRequest {
  readonly method: "GET" | "POST" | "PATCH" | "PUT";
  /** From the base of the API, with its query. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: object | undefined;
  /** Statuses besides 2xx that are answers, not errors. */
  readonly expect?: readonly number[] | undefined;
}

/** Calls the API of a forge. Throws `WriteBackError`. */
export type CallForge = (
  request: ForgeRequest,
  signal: AbortSignal | undefined,
) => Promise<ForgeAnswer>;

/** What {@link createForgeCall} is made of. */
export interface ForgeCallSettings extends ForgePlace {
  /** Base URL of the API, without a slash at the end. */
  readonly baseUrl: string;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher | undefined;
  readonly requestTimeoutMs: number;
  readonly limits: RetryLimits;
}

const MAX_BODY_BYTES = 32 * 1024 * 1024;
const MAX_REDIRECTS = 3;

/**
 * Calls the API of a forge over undici.
 *
 * A request that was turned away by a rate limit waits as long as the forge asks and is sent again, if
 * that ends before the deadline. What only reads is also sent again after a failure that may pass.
 * Redirects are followed within the origin: that is how GitHub answers for a repository with a new name.
 */
export function createForgeCall(settings: ForgeCallSettings): CallForge {
  return async (given, signal) => {
    const { clock, deadlineMs } = settings.limits;
    const end = clock.now().getTime() + deadlineMs;
    const limits = { ...settings.limits, signal };
    const settled = await retryUntilDeadline(limits, () => attempt(settings, given, signal, end));
    if (settled instanceof WriteBackError) throw settled;
    return settled;
  };
}

async function attempt(
  settings: ForgeCallSettings,
  given: ForgeRequest,
  signal: AbortSignal | undefined,
  end: number,
): Promise<Attempt<ForgeAnswer | WriteBackError>> {
  const { clock } = settings.limits;
  try {
    const answer = await exchange(settings, given, signal);
    const { status } = answer;
    if ((status >= 200 && status < 300) || given.expect?.includes(status) === true) {
      return { kind: "done", value: answer };
    }
    const now = clock.now();
    const limited = rateLimitOf(answer, now);
    const error = forgeError(settings, answer, limited);
    if (limited === undefined) throw error;
    const waitMs = (limited.waitSeconds ?? 0) * 1000;
    if (now.getTime() + waitMs > end) return { kind: "done", value: error };
    await clock.delay(waitMs, signal);
    return { kind: "again", error };
  } catch (error) {
    // What a write that failed may have done is not known here: whoever asked looks again.
    if (given.method !== "GET" && WriteBackError.is(error)) return { kind: "done", value: error };
    throw error;
  }
}

async function exchange(
  settings: ForgeCallSettings,
  given: ForgeRequest,
  signal: AbortSignal | undefined,
): Promise<ForgeAnswer> {
  let url = new URL(`${settings.baseUrl}${given.path}`);
  for (let hop = 0; ; hop += 1) {
    const answer = await send(settings, { ...given, url }, signal);
    const { location } = answer.headers;
    const isRedirect = answer.status >= 300 && answer.status < 400 && location !== undefined;
    if (!isRedirect || hop === MAX_REDIRECTS || !URL.canParse(location, url.href)) return answer;
    const next = new URL(location, url);
    // The token is for this origin and no other.
    if (next.origin !== url.origin) return answer;
    url = next;
  }
}

async function send(
  settings: ForgeCallSettings,
  { method, body, url }: ForgeRequest & { readonly url: URL },
  signal: AbortSignal | undefined,
): Promise<ForgeAnswer> {
  const { headers, dispatcher, requestTimeoutMs } = settings;
  const timeout = AbortSignal.timeout(requestTimeoutMs);
  try {
    const response = await request(url, {
      method,
      headers: {
        "user-agent": "image-updater-sdk",
        "content-type": "application/json",
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      headersTimeout: requestTimeoutMs,
      bodyTimeout: requestTimeoutMs,
      ...(dispatcher === undefined ? {} : { dispatcher }),
    });
    const bytes = await readStart(response.body, MAX_BODY_BYTES + 1);
    if (bytes.length > MAX_BODY_BYTES) throw tooLarge(settings);
    return {
      status: response.statusCode,
      headers: firstValues(response.headers),
      body: parseJson(Buffer.from(bytes).toString("utf8")),
    };
  } catch (cause) {
    throw WriteBackError.is(cause) ? cause : connectionError(settings, cause, timeout, signal);
  }
}

function firstValues(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).flatMap(([name, value]): [string, string][] => {
    const first = typeof value === "string" ? value : value?.[0];
    return first === undefined ? [] : [[name, first]];
  });
  return Object.fromEntries(entries);
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

function connectionError(
  { name, target, requestTimeoutMs, secrets }: ForgeCallSettings,
  cause: unknown,
  timeout: AbortSignal,
  signal: AbortSignal | undefined,
): WriteBackError {
  if (signal?.aborted === true) return cancelledError(target);
  if (timeout.aborted) {
    const message = `${target}: the API of ${name} did not answer within ${requestTimeoutMs} ms`;
    return new WriteBackError("timeout", message, { target, cause });
  }
  const reason = cleanServerText(cause instanceof Error ? cause.message : String(cause), secrets);
  const message = `${target}: cannot reach the API of ${name}: ${reason}`;
  return new WriteBackError("unavailable", message, { target, cause });
}

function tooLarge({ name, target }: ForgeCallSettings): WriteBackError {
  const message = `${target}: an answer of the API of ${name} is larger than the ${MAX_BODY_BYTES} bytes that are allowed`;
  return new WriteBackError("too-large", message, { target });
}
