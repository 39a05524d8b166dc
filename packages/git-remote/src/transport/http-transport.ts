import { GitRemoteError } from "../git-remote-error.js";
import { ContentEncodingError, decodeContent } from "@image-updater/http";
import { request, type Dispatcher } from "undici";
import { connectionError } from "./connection-error.js";

/** One exchange with a Git server, or with the API of its forge. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PATCH" | "PUT";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /** The repository, or what else errors are about. */
  readonly target: string;
  /** What messages name. Default: the target. */
  readonly name?: string | undefined;
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** The head of an answer, and its body while it arrives; of a header that came twice, the first. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** To be read once, by everybody who gets an answer: else its connection is never used again. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Sends a request and waits for the head of its answer. Redirects are answers like any other. */
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
 * Throws `GitRemoteError`, while waiting or while the body is read: `cancelled`, `timeout`,
 * `too-large`, and what {@link connectionError} says of a connection that failed or broke.
 */
export function createHttpTransport(settings: HttpTransportSettings): HttpTransport {
  return async (given) => {
    const timeout = AbortSignal.timeout(settings.requestTimeoutMs);
    const signals = given.signal === undefined ? [timeout] : [timeout, given.signal];
    const signal = AbortSignal.any(signals);
    const { requestTimeoutMs } = settings;
    const name = (cause: unknown): unknown => {
      if (GitRemoteError.is(cause)) return cause;
      if (given.signal?.aborted === true) return cancelledError(given.target);
      return connectionError({ ...given, timeout, requestTimeoutMs }, cause);
    };
    try {
      const { statusCode, headers, body } = await send(given, signal, settings);
      return {
        status: statusCode,
        headers: firstValues(headers),
        body: readBody(body, firstValues(headers)["content-encoding"], given, name),
      };
    } catch (cause) {
      throw name(cause);
    }
  };
}

function send(
  { method, url, headers, body }: HttpRequest,
  signal: AbortSignal,
  { dispatcher, requestTimeoutMs }: HttpTransportSettings,
): Promise<Dispatcher.ResponseData> {
  return request(url, {
    method,
    headers: {
      "user-agent": "git/image-updater-sdk",
      // Without a word on encodings a server may choose any.
      "accept-encoding": "identity",
      ...headers,
    },
    body: body ?? null,
    signal,
    headersTimeout: requestTimeoutMs,
    bodyTimeout: requestTimeoutMs,
    ...(dispatcher === undefined ? {} : { dispatcher }),
  });
}

async function* readBody(
  body: Dispatcher.ResponseData["body"],
  encoding: string | undefined,
  { target, name: place = target, maxBytes }: HttpRequest,
  name: (cause: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  let hasEnded = false;
  try {
    const sent = body.iterator({ destroyOnReturn: false });
    for await (const bytes of decodeContent(sent, encoding, maxBytes)) {
      size += bytes.length;
      if (size > maxBytes) throw tooLarge({ target, name: place }, maxBytes);
      yield bytes;
    }
    hasEnded = true;
  } catch (cause) {
    if (!(cause instanceof ContentEncodingError)) throw name(cause);
    const message = `the answer of ${place} cannot be decoded: ${cause.message}`;
    throw new GitRemoteError("invalid-response", message, { target, cause });
  } finally {
    // Read to its end, a connection can be used again; what goes on for long is cut off.
    if (!hasEnded) await dispose(body, encoding);
  }
}

const LONGEST_REST = 64 * 1024;
const LONGEST_WAIT_MS = 1000;

async function dispose(
  body: Dispatcher.ResponseData["body"],
  encoding: string | undefined,
): Promise<void> {
  // A decoder may read it still, and Bun cannot dump a body.
  if (encoding !== undefined || typeof body.dump !== "function") {
    body.on("error", () => {});
    body.destroy();
    return;
  }
  const signal = AbortSignal.timeout(LONGEST_WAIT_MS);
  await body.dump({ limit: LONGEST_REST, signal }).catch(() => undefined);
}

/** A whole body of at most `maxBytes`; what is beyond them is dropped. */
export async function readStart(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

function tooLarge(
  { target, name }: Required<Pick<HttpRequest, "target" | "name">>,
  maxBytes: number,
): GitRemoteError {
  const message = `the answer of ${name} is larger than the ${maxBytes} bytes that are allowed`;
  return new GitRemoteError("too-large", message, { target });
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

/** The error of a call that its caller ended. */
export function cancelledError(target: string): GitRemoteError {
  return new GitRemoteError("cancelled", `the work on ${target} was cancelled`, { target });
}
