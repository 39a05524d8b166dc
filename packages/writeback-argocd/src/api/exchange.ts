import { ApplicationError, type CancelSignal } from "@image-updater/core";
import {
  BodyTooLargeError,
  connectionCode,
  ContentEncodingError,
  joinHeaders,
  readBody,
  startDeadline,
  withoutReceivedBytes,
  type Deadline,
} from "@image-updater/http";
import { request, type Dispatcher } from "undici";

/** One request to an API server. */
export interface ApiRequest {
  /** `namespace/name`. */
  readonly application: string;
  /** What messages name. */
  readonly origin: string;
  readonly url: string;
  readonly method: "GET" | "PATCH";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** For all of it. */
  readonly timeoutMs: number;
  readonly dispatcher: Dispatcher | undefined;
  readonly signal: CancelSignal | undefined;
}

/** An answer, read to its end. */
export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
}

/** Kubernetes keeps objects of up to 3 MiB or so; Argo CD answers with one of them. */
const MAX_BYTES = 16 * 1024 * 1024;
const CERTIFICATE_CODE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS|ERR_SSL/u;

/**
 * One request and its answer: no retry, no redirect.
 *
 * Throws ApplicationError `cancelled`, `unavailable` without an answer in time, and `invalid-response`
 * for one that is too large.
 */
export async function exchange(asked: ApiRequest): Promise<ApiAnswer> {
  if (asked.signal?.aborted === true) throw cancelled(asked);
  const deadline = startDeadline(asked.timeoutMs, asked.signal);
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
    return { status: answer.statusCode, text: await readText(answer, asked) };
  } catch (cause) {
    if (ApplicationError.is(cause)) throw cause;
    const endedBy = deadline.endedBy();
    throw endedBy === "cancelled" ? cancelled(asked) : connectionError(asked, cause, endedBy);
  } finally {
    deadline.clear();
  }
}

function requestHeaders({ headers, body }: ApiRequest): Record<string, string> {
  return {
    accept: "application/json",
    "accept-encoding": "identity",
    "user-agent": "image-updater-sdk",
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...headers,
  };
}

async function readText(
  { headers, body }: Dispatcher.ResponseData,
  { application, origin }: ApiRequest,
): Promise<string> {
  const encoding = joinHeaders(headers).get("content-encoding");
  try {
    const bytes = await readBody(body, { encoding, limit: MAX_BYTES });
    return bytes.toString("utf8");
  } catch (error) {
    if (!(error instanceof BodyTooLargeError)) throw error;
    const message = `${application}: the answer of ${origin} is larger than ${MAX_BYTES} bytes`;
    throw new ApplicationError("invalid-response", message, { application });
  }
}

function cancelled({ application, origin }: ApiRequest): ApplicationError {
  const message = `${application}: the request to ${origin} was cancelled`;
  return new ApplicationError("cancelled", message, { application });
}

function connectionError(
  { application, origin, timeoutMs }: ApiRequest,
  cause: unknown,
  endedBy: ReturnType<Deadline["endedBy"]>,
): ApplicationError {
  const context = { application, cause: withoutReceivedBytes(cause) };
  if (cause instanceof ContentEncodingError) {
    const message = `${application}: the answer of ${origin} cannot be decoded: ${cause.message}`;
    return new ApplicationError("invalid-response", message, context);
  }
  if (endedBy === "timeout") {
    const message = `${application}: ${origin} did not answer within ${timeoutMs} ms`;
    return new ApplicationError("unavailable", message, context);
  }
  const code = connectionCode(cause);
  const hint = CERTIFICATE_CODE.test(code)
    ? "; a private certificate authority is named by the setting ca"
    : "";
  const message = `${application}: no answer of ${origin} (${code})${hint}`;
  return new ApplicationError("unavailable", message, context);
}
