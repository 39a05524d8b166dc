import { ApplicationError, type CancelSignal } from "@image-updater/core";
import { ContentEncodingError, decodeContent, withoutReceivedBytes } from "@image-updater/http";
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
  const limit = endAfter(asked.timeoutMs, asked.signal);
  try {
    const answer = await request(asked.url, {
      method: asked.method,
      headers: requestHeaders(asked),
      body: asked.body ?? null,
      signal: limit.signal,
      // The timer above bounds them both.
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(asked.dispatcher === undefined ? {} : { dispatcher: asked.dispatcher }),
    });
    return { status: answer.statusCode, text: await readText(answer, asked) };
  } catch (cause) {
    if (ApplicationError.is(cause)) throw cause;
    throw limit.endedBy() === "caller" ? cancelled(asked) : connectionError(asked, cause, limit);
  } finally {
    limit.clear();
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
  // Leaving the loop early destroys the stream, which then reports that it was destroyed.
  body.on("error", () => undefined);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const encoding = [headers["content-encoding"] ?? []].flat().join();
  for await (const bytes of decodeContent(body, encoding, MAX_BYTES)) {
    size += bytes.length;
    if (size > MAX_BYTES) {
      const message = `${application}: the answer of ${origin} is larger than ${MAX_BYTES} bytes`;
      throw new ApplicationError("invalid-response", message, { application });
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

interface EndLimit {
  readonly signal: AbortSignal;
  /** Who ended the request before its answer was complete. */
  endedBy(): "caller" | "timer" | undefined;
  clear(): void;
}

/** A signal of our own instead of `AbortSignal.any`: the updater's signal has events and no more. */
function endAfter(timeoutMs: number, caller: CancelSignal | undefined): EndLimit {
  const controller = new AbortController();
  let by: ReturnType<EndLimit["endedBy"]>;
  const end = (who: "caller" | "timer"): void => {
    by ??= who;
    controller.abort();
  };
  const cancel = (): void => end("caller");
  const timer = setTimeout(() => end("timer"), timeoutMs);
  caller?.addEventListener("abort", cancel, { once: true });
  return {
    signal: controller.signal,
    endedBy: () => by,
    clear(): void {
      clearTimeout(timer);
      caller?.removeEventListener("abort", cancel);
    },
  };
}

function cancelled({ application, origin }: ApiRequest): ApplicationError {
  const message = `${application}: the request to ${origin} was cancelled`;
  return new ApplicationError("cancelled", message, { application });
}

function connectionError(
  { application, origin, timeoutMs }: ApiRequest,
  cause: unknown,
  limit: EndLimit,
): ApplicationError {
  const context = { application, cause: withoutReceivedBytes(cause) };
  if (cause instanceof ContentEncodingError) {
    const message = `${application}: the answer of ${origin} cannot be decoded: ${cause.message}`;
    return new ApplicationError("invalid-response", message, context);
  }
  if (limit.endedBy() === "timer") {
    const message = `${application}: ${origin} did not answer within ${timeoutMs} ms`;
    return new ApplicationError("unavailable", message, context);
  }
  const code = codeOf(cause);
  const hint = CERTIFICATE_CODE.test(code)
    ? "; a private certificate authority is named by the setting ca"
    : "";
  const message = `${application}: no answer of ${origin} (${code})${hint}`;
  return new ApplicationError("unavailable", message, context);
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  // One error for each address of the host that was tried.
  const [first]: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  const source = first instanceof Error ? first : error;
  return "code" in source && typeof source.code === "string" ? source.code : source.name;
}
