import { RegistryError } from "@image-updater/core";
import {
  BodyTooLargeError,
  createRedactor,
  joinHeaders,
  readBody,
  readBodyStart,
  startDeadline,
  type Redactor,
} from "@image-updater/http";
import { request, type Dispatcher } from "undici";
import { bodyLimits } from "./body-limits.js";
import type { HttpRequest, HttpResponse, RequestPlace } from "./http-message.js";
import { cancelledError, formatPlace, transportError } from "./transport-error.js";

/**
 * One request and its answer, read to the end: no retry, no redirect.
 *
 * `timeoutMs` bounds the whole of it. Whatever happens, nothing of the answer is left open.
 */
export async function exchange(asked: HttpRequest, timeoutMs: number): Promise<HttpResponse> {
  if (asked.signal?.aborted === true) throw cancelledError(asked.place);
  const redactor = learnSecrets(asked);
  const deadline = startDeadline(timeoutMs, asked.signal);
  try {
    const answer = await request(asked.url, {
      method: asked.method,
      headers: requestHeaders(asked),
      body: asked.body ?? null,
      signal: deadline.signal,
      // The timer above bounds them both.
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(asked.dispatcher === undefined ? {} : { dispatcher: asked.dispatcher }),
    });
    const headers = joinHeaders(answer.headers);
    const body = await readAnswer(answer, headers.get("content-encoding"), asked);
    return { status: answer.statusCode, headers, body, url: asked.url, redactor };
  } catch (error) {
    throw transportError(error, deadline.endedBy(), asked);
  } finally {
    deadline.clear();
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

/** The status of a failure says enough: its body may be cut or broken. */
async function readAnswer(
  { statusCode, body }: Dispatcher.ResponseData,
  encoding: string | undefined,
  { bodyLimit, place }: HttpRequest,
): Promise<Uint8Array> {
  if (statusCode >= 300) return readBodyStart(body, { encoding, limit: bodyLimits.error });
  try {
    return await readBody(body, { encoding, limit: bodyLimit });
  } catch (error) {
    if (error instanceof BodyTooLargeError) throw tooLarge(bodyLimit, place);
    throw error;
  }
}

function tooLarge(limit: number, place: RequestPlace): RegistryError {
  const message = `${formatPlace(place)}: the answer is over the limit of ${limit} bytes`;
  return new RegistryError("too-large", message, place);
}
