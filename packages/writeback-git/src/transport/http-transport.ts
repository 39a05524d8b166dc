import { WriteBackError } from "@image-updater/core";
import { request, type Dispatcher } from "undici";

/** One exchange with a Git server. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /** What messages name. */
  readonly target: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** A complete answer; of a header that came twice, the first. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Sends a request and waits for the whole answer. Redirects are answers like any other. */
export type HttpTransport = (request: HttpRequest) => Promise<HttpAnswer>;

/** Settings of {@link createHttpTransport}. */
export interface HttpTransportSettings {
  readonly dispatcher: Dispatcher | undefined;
  /** For one request, from the first byte sent to the last received. */
  readonly requestTimeoutMs: number;
}

/**
 * HTTP on undici, within limits of time and size.
 *
 * Throws `WriteBackError`: `cancelled`, `timeout`, `too-large`, and `unavailable` for a connection
 * that failed or broke. Every answer is read to its end or its connection closed.
 */
export function createHttpTransport(settings: HttpTransportSettings): HttpTransport {
  return async (given) => {
    const timeout = AbortSignal.timeout(settings.requestTimeoutMs);
    const signals = given.signal === undefined ? [timeout] : [timeout, given.signal];
    try {
      return await exchange(given, AbortSignal.any(signals), settings);
    } catch (cause) {
      if (WriteBackError.is(cause)) throw cause;
      throw connectionError(given, cause, timeout, settings.requestTimeoutMs);
    }
  };
}

async function exchange(
  { method, url, headers, body, maxBytes, target }: HttpRequest,
  signal: AbortSignal,
  { dispatcher, requestTimeoutMs }: HttpTransportSettings,
): Promise<HttpAnswer> {
  const response = await request(url, {
    method,
    headers: { ...headers, "user-agent": "git/image-updater-sdk" },
    body: body ?? null,
    signal,
    headersTimeout: requestTimeoutMs,
    bodyTimeout: requestTimeoutMs,
    ...(dispatcher === undefined ? {} : { dispatcher }),
  });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    const bytes: Uint8Array = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) {
      throw new WriteBackError(
        "too-large",
        `the answer of ${target} is larger than the ${maxBytes} bytes that are allowed`,
        { target },
      );
    }
    chunks.push(bytes);
  }
  return {
    status: response.statusCode,
    headers: firstValues(response.headers),
    body: Buffer.concat(chunks),
  };
}

function firstValues(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).map(([name, value]): [string, string] => [
    name,
    (typeof value === "string" ? value : value?.[0]) ?? "",
  ]);
  return Object.fromEntries(entries);
}

function connectionError(
  { target, signal }: HttpRequest,
  cause: unknown,
  timeout: AbortSignal,
  requestTimeoutMs: number,
): WriteBackError {
  if (signal?.aborted === true) return cancelledError(target);
  if (timeout.aborted || isTimeout(cause)) {
    const message = `${target} did not answer within ${requestTimeoutMs} ms`;
    return new WriteBackError("timeout", message, { target, cause });
  }
  return new WriteBackError("unavailable", `cannot reach ${target}: ${describe(cause)}`, {
    target,
    cause,
  });
}

/** The error of a call that its caller ended. */
export function cancelledError(target: string): WriteBackError {
  return new WriteBackError("cancelled", `the work on ${target} was cancelled`, { target });
}

function isTimeout(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && /TIMEOUT|ETIMEDOUT/u.test(String(cause.code));
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.message !== "") return cause.message;
  return "code" in cause ? String(cause.code) : cause.name;
}
