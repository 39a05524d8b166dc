import { WriteBackError } from "@image-updater/core";
import type { Dispatcher } from "undici";
import { createHttpTransport, readStart } from "@image-updater/git-remote";
import { retryUntilDeadline, type Attempt, type RetryLimits } from "../retry.js";
import { writeBackFailure } from "../write-back-failure.js";
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
 * Calls the API of a forge. What goes wrong with a connection is told as for Git.
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
  } catch (cause) {
    const error = writeBackFailure(cause);
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
  const { name, target, headers, dispatcher, requestTimeoutMs } = settings;
  const transport = createHttpTransport({ dispatcher, requestTimeoutMs });
  const answer = await transport({
    method,
    url: url.href,
    headers: { ...HEADERS, ...headers },
    body: body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
    target,
    name: `the API of ${name} for ${target}`,
    maxBytes: MAX_BODY_BYTES,
    signal,
  });
  const bytes = await readStart(answer.body, MAX_BODY_BYTES);
  return { ...answer, bytes: bytes.length, body: parseJson(Buffer.from(bytes).toString("utf8")) };
}

const HEADERS = { "user-agent": "image-updater-sdk", "content-type": "application/json" };

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
