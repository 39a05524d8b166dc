import type { IncomingMessage } from "node:http";
import type { Clock } from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import type {
  KubernetesApi,
  KubernetesRequest,
  KubernetesResponse,
  KubernetesWatchEvent,
  KubernetesWatchRequest,
} from "./kubernetes-api.js";
import {
  createConnection,
  type KubeConfigLike,
  type KubernetesConnection,
  type OutgoingRequest,
} from "./kubernetes-connection.js";
import { KubernetesError } from "./kubernetes-error.js";
import { readWatchEvents } from "./read-watch-events.js";
import { startDeadline, type RequestDeadline } from "./request-deadline.js";
import { withRetries } from "./retry-request.js";

/** Settings of {@link kubernetesApi}. All are optional. */
export interface KubernetesApiSettings {
  /** For one request with its whole answer, and for a watch to begin; default 30 000. */
  readonly requestTimeoutMs?: number | undefined;
  /** Attempts after the first; default 3. */
  readonly retries?: number | undefined;
  /** Header of every request; default `image-updater-sdk`. */
  readonly userAgent?: string | undefined;
  /** For the waits between attempts; default the machine's. */
  readonly clock?: Clock | undefined;
  /** Between 0 and 1, for jitter; default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/**
 * The API server of a KubeConfig's current context, which @kubernetes/client-node loads: address,
 * authorities, client certificates, tokens, and programs that give them.
 *
 * A request that the server put off (429, or 503 with `Retry-After`) is sent again; of the others only a
 * `GET`, after 5xx or a lost connection.
 */
export function kubernetesApi(
  kubeConfig: KubeConfigLike,
  settings: KubernetesApiSettings = {},
): KubernetesApi {
  const { requestTimeoutMs = 30_000, userAgent = "image-updater-sdk" } = settings;
  const connection = createConnection(kubeConfig);
  const policy = {
    retries: settings.retries ?? 3,
    clock: settings.clock ?? systemClock(),
    random: settings.random ?? Math.random,
  };
  const shared = { connection, timeoutMs: requestTimeoutMs, userAgent };
  return {
    contract: "kubernetes-api/1",
    request: (request) => withRetries(() => exchange(request, shared), request, policy),
    watch: (request) => openWatch(request, shared),
  };
}

interface Shared {
  readonly connection: KubernetesConnection;
  readonly timeoutMs: number;
  readonly userAgent: string;
}

async function exchange(
  request: KubernetesRequest,
  { connection, timeoutMs, userAgent }: Shared,
): Promise<KubernetesResponse> {
  const deadline = startDeadline(timeoutMs, request.signal);
  try {
    const answer = await connection.send(outgoing(request, userAgent), deadline.signal);
    const status = answer.statusCode ?? 0;
    const body = decodeBody(await readText(answer), status);
    const retryAfter = Number(answer.headers["retry-after"] ?? Number.NaN);
    return { status, body, ...(retryAfter >= 0 ? { retryAfterSeconds: retryAfter } : {}) };
  } catch (error) {
    throw transportError(error, deadline, timeoutMs);
  } finally {
    deadline.clear();
  }
}

async function* openWatch(
  { path, query, signal }: KubernetesWatchRequest,
  { connection, timeoutMs, userAgent }: Shared,
): AsyncGenerator<KubernetesWatchEvent> {
  const deadline = startDeadline(timeoutMs, signal);
  const request = { method: "GET", path, query: { ...query, watch: "true" } } as const;
  let answer: IncomingMessage | undefined;
  try {
    answer = await connection.send(outgoing(request, userAgent), deadline.signal);
    if (answer.statusCode === 200) {
      deadline.stopTimer();
      for await (const event of readWatchEvents(answer)) {
        // Some may have come before the signal, and were not read yet.
        if (deadline.endedBy() !== undefined) return;
        yield event;
      }
    } else {
      const code = answer.statusCode ?? 0;
      const body = decodeBody(await readText(answer), code);
      yield { type: "ERROR", object: body ?? { kind: "Status", code } };
    }
  } catch (error) {
    if (deadline.endedBy() !== "cancelled") throw transportError(error, deadline, timeoutMs);
  } finally {
    deadline.clear();
    answer?.destroy();
  }
}

function outgoing(
  { method, path, query, body, contentType = "application/json" }: KubernetesRequest,
  userAgent: string,
): OutgoingRequest {
  const search = new URLSearchParams({ ...query }).toString();
  const text = body === undefined ? undefined : JSON.stringify(body);
  const length = text === undefined ? "0" : String(Buffer.byteLength(text));
  const sent = method === "GET" ? {} : { "content-length": length, "content-type": contentType };
  return {
    method,
    target: search === "" ? path : `${path}?${search}`,
    headers: { accept: "application/json", "user-agent": userAgent, ...sent },
    body: text,
  };
}

async function readText(answer: IncomingMessage): Promise<string> {
  answer.setEncoding("utf8");
  const parts: string[] = [];
  for await (const part of answer) parts.push(String(part));
  return parts.join("");
}

/** What is not JSON comes from something in between, and is believed only to be an error. */
function decodeBody(text: string, status: number): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch (cause) {
    if (status >= 300) return undefined;
    const message = `the answer of the API server (status ${status}) is no JSON`;
    throw new KubernetesError("invalid-response", message, { status, cause });
  }
}

function transportError(
  error: unknown,
  deadline: RequestDeadline,
  timeoutMs: number,
): KubernetesError {
  const by = deadline.endedBy();
  if (by === "cancelled") return new KubernetesError("cancelled", "the request was cancelled");
  if (by === "timeout") {
    const message = `the API server did not answer within ${timeoutMs} ms`;
    return new KubernetesError("timeout", message);
  }
  if (KubernetesError.is(error)) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "no code";
  const message = `no answer from the API server (${code})`;
  return new KubernetesError("unavailable", message, { cause: error });
}
