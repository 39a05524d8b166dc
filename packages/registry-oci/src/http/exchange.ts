import { RegistryError, type CancelSignal } from "@image-updater/core";
import {
  ContentEncodingError,
  createRedactor,
  decodeContent,
  type Redactor,
} from "@image-updater/http";
import { request, type Dispatcher } from "undici";
import { bodyLimits } from "./body-limits.js";
import type { HttpRequest, HttpResponse, RequestPlace } from "./http-message.js";
import { cancelledError, formatPlace, transportError, type EndedBy } from "./transport-error.js";

/**
 * One request and its answer, read to the end: no retry, no redirect.
 *
 * `timeoutMs` bounds the whole of it. Whatever happens, nothing of the answer is left open.
 */
export async function exchange(asked: HttpRequest, timeoutMs: number): Promise<HttpResponse> {
  if (asked.signal?.aborted === true) throw cancelledError(asked.place);
  const redactor = learnSecrets(asked);
  const limit = endAfter(timeoutMs, asked.signal);
  try {
    const { statusCode, headers, body } = await request(asked.url, {
      method: asked.method,
      headers: requestHeaders(asked),
      body: asked.body ?? null,
      signal: limit.signal,
      // The timer above bounds them both.
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(asked.dispatcher === undefined ? {} : { dispatcher: asked.dispatcher }),
    });
    const joined = joinHeaders(headers);
    const bytes = await readBody(body, joined.get("content-encoding"), statusCode, asked);
    return { status: statusCode, headers: joined, body: bytes, url: asked.url, redactor };
  } catch (error) {
    throw transportError(error, limit.endedBy(), asked);
  } finally {
    limit.clear();
  }
}

function learnSecrets({
  redactor = createRedactor(),
  authorization,
  secrets = [],
}: HttpRequest): Redactor {
  if (authorization !== undefined) redactor.hideHeader(authorization);
  for (const secret of secrets) redactor.hide(secret);
  return redactor;
}

/** Without a word on encodings a server may choose any (RFC 9110, 12.5.3), and some do anyhow. */
function requestHeaders({ headers, authorization }: HttpRequest): Record<string, string> {
  const plain = { "accept-encoding": "identity", ...headers };
  return authorization === undefined ? plain : { ...plain, authorization };
}

async function readBody(
  body: Dispatcher.ResponseData["body"],
  encoding: string | undefined,
  status: number,
  asked: HttpRequest,
): Promise<Uint8Array> {
  // Leaving the loop early destroys the stream, which then reports that it was destroyed.
  body.on("error", ignore);
  const failed = status >= 300;
  const limit = failed ? bodyLimits.error : asked.bodyLimit;
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const bytes of decodeContent(bytesOf(body), encoding, limit)) {
      length += bytes.length;
      if (length > limit && !failed) throw tooLarge(limit, asked.place);
      chunks.push(bytes);
      if (length > limit) break;
    }
  } catch (error) {
    // The status of a failure says enough.
    if (!(failed && error instanceof ContentEncodingError)) throw error;
  }
  return Buffer.concat(chunks).subarray(0, limit);
}

async function* bytesOf(body: Dispatcher.ResponseData["body"]): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    const bytes: unknown = chunk;
    if (bytes instanceof Uint8Array) yield bytes;
  }
}

function tooLarge(limit: number, place: RequestPlace): RegistryError {
  const message = `${formatPlace(place)}: the answer is over the limit of ${limit} bytes`;
  return new RegistryError("too-large", message, place);
}

function joinHeaders(headers: Dispatcher.ResponseData["headers"]): ReadonlyMap<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    joined.set(name.toLowerCase(), typeof value === "string" ? value : value.join(", "));
  }
  return joined;
}

interface EndLimit {
  readonly signal: AbortSignal;
  endedBy(): EndedBy | undefined;
  clear(): void;
}

/** A signal of our own instead of `AbortSignal.any`, which holds on to long-lived signals. */
function endAfter(timeoutMs: number, caller: CancelSignal | undefined): EndLimit {
  const controller = new AbortController();
  let cause: EndedBy | undefined;
  const end = (by: EndedBy): void => {
    cause ??= by;
    controller.abort();
  };
  const cancel = (): void => end("cancelled");
  const timer = setTimeout(() => end("timeout"), timeoutMs);
  caller?.addEventListener("abort", cancel, { once: true });
  return {
    signal: controller.signal,
    endedBy: () => cause,
    clear(): void {
      clearTimeout(timer);
      caller?.removeEventListener("abort", cancel);
    },
  };
}

function ignore(): void {}
