import type { IncomingMessage } from "node:http";
import type { Clock } from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import { startDeadline, type Deadline } from "@image-updater/http";
import { createAccessMemory, type AccessMemory } from "./access-memory.js";
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
import { readWatchEvents, tooLarge } from "./read-watch-events.js";
import { withRetries } from "./retry-request.js";

/** Default of `requestTimeoutMs`, in milliseconds. docs/deadlines.md has it, too. */
export const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;

/** Settings of {@link kubernetesApi}. All are optional. */
export interface KubernetesApiSettings {
  /** For one request with its whole answer, and for a watch to begin; default 30 000. */
  readonly requestTimeoutMs?: number | undefined;
  /** Attempts after the first; default 3. */
  readonly retries?: number | undefined;
  /** Header of every request; default `image-updater-sdk`. */
  readonly userAgent?: string | undefined;
  /** The longest answer that is read, but for a watch's; default 128 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** The longest event of a watch that is read; default 8 MiB, five times what etcd takes. */
  readonly maxEventBytes?: number | undefined;
  /**
   * Asked before each attempt of a write: where it answers false, nothing is sent, and the write ends
   * with `cancelled`. For who may write only while holding a lease; default yes, always.
   */
  readonly mayWrite?: (() => boolean) | undefined;
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
 * `GET`, after 5xx or a lost connection. So is one that is refused (401, 403) although the same was allowed
 * before, or by a server that has just started: it may not have read its rules yet.
 */
export function kubernetesApi(
  kubeConfig: KubeConfigLike,
  settings: KubernetesApiSettings = {},
): KubernetesApi {
  const { requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS, userAgent = "image-updater-sdk" } =
    settings;
  const { maxBodyBytes = 128 * MIB, maxEventBytes = 8 * MIB, mayWrite = () => true } = settings;
  const connection = createConnection(kubeConfig);
  const clock = settings.clock ?? systemClock();
  const access = createAccessMemory(clock);
  const policy = {
    retries: settings.retries ?? 3,
    clock,
    random: settings.random ?? Math.random,
    access,
  };
  const limits = { maxBodyBytes, maxEventBytes };
  const shared = { connection, timeoutMs: requestTimeoutMs, userAgent, limits, access };
  return {
    contract: "kubernetes-api/1",
    request: (request) =>
      withRetries(
        async () => {
          if (request.method !== "GET" && !mayWrite()) throw fenced();
          return exchange(request, shared);
        },
        request,
        policy,
      ),
    watch: (request) => openWatch(request, shared),
  };
}

const MIB = 1024 * 1024;

function fenced(): KubernetesError {
  return new KubernetesError("cancelled", "nothing was sent: this process may not write any more");
}

interface Shared {
  readonly connection: KubernetesConnection;
  readonly timeoutMs: number;
  readonly userAgent: string;
  readonly limits: { readonly maxBodyBytes: number; readonly maxEventBytes: number };
  readonly access: AccessMemory;
}

async function exchange(
  request: KubernetesRequest,
  { connection, timeoutMs, userAgent, limits }: Shared,
): Promise<KubernetesResponse> {
  const deadline = startDeadline(timeoutMs, request.signal);
  try {
    const answer = await connection.send(outgoing(request, userAgent), deadline.signal);
    const status = answer.statusCode ?? 0;
    const body = decodeBody(await readText(answer, limits.maxBodyBytes), status);
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
  { connection, timeoutMs, userAgent, limits, access }: Shared,
): AsyncGenerator<KubernetesWatchEvent> {
  const deadline = startDeadline(timeoutMs, signal);
  const request = { method: "GET", path, query: { ...query, watch: "true" } } as const;
  let answer: IncomingMessage | undefined;
  try {
    answer = await connection.send(outgoing(request, userAgent), deadline.signal);
    if (answer.statusCode === 200) {
      deadline.stopTimer();
      for await (const event of readWatchEvents(answer, limits.maxEventBytes)) {
        // Some may have come before the signal, and were not read yet.
        if (deadline.endedBy() !== undefined) return;
        yield event;
      }
    } else {
      const code = answer.statusCode ?? 0;
      const body = decodeBody(await readText(answer, limits.maxBodyBytes), code);
      yield { type: "ERROR", object: body ?? { kind: "Status", code } };
    }
  } catch (error) {
    if (deadline.endedBy() === "cancelled") return;
    access.sawTrouble();
    throw transportError(error, deadline, timeoutMs);
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

/** Throws `too-large` over the limit; what comes after it is not read. */
async function readText(answer: IncomingMessage, maxBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer) {
    const bytes = Buffer.from(part);
    length += bytes.length;
    if (length > maxBytes) throw tooLarge("the answer of the API server", maxBytes);
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** What is not JSON comes from something in between, and is believed only to be an error. */
function decodeBody(text: string, status: number): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch (cause) {
    if (status >= 300) return undefined;
    const message = `the answer of the API server (status ${status}) is not JSON`;
    throw new KubernetesError("invalid-response", message, { status, cause });
  }
}

function transportError(error: unknown, deadline: Deadline, timeoutMs: number): KubernetesError {
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
