import type { Clock } from "@image-updater/core";
import type { KubernetesRequest, KubernetesResponse } from "./kubernetes-api.js";
import { KubernetesError } from "./kubernetes-error.js";

/** How often, and by which clock. */
export interface RetryPolicy {
  readonly retries: number;
  readonly clock: Clock;
  readonly random: () => number;
}

/** A server that wants to be left alone for longer is reported instead. */
const LONGEST_WAIT_MS = 30_000;

/** Sends again what may be sent again, with growing waits, or those that the server asks for. */
export async function withRetries(
  send: () => Promise<KubernetesResponse>,
  { method, signal }: KubernetesRequest,
  { retries, clock, random }: RetryPolicy,
): Promise<KubernetesResponse> {
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await settle(send());
    const wait = waitOf(outcome, method === "GET", 500 * 2 ** attempt * (1 + random()));
    if (wait === undefined || wait > LONGEST_WAIT_MS || attempt >= retries) return unwrap(outcome);
    await clock.delay(wait, signal);
    if (signal?.aborted === true) {
      throw new KubernetesError("cancelled", "the request was cancelled while it waited");
    }
  }
}

type Outcome =
  | { readonly kind: "answered"; readonly response: KubernetesResponse }
  | { readonly kind: "failed"; readonly error: unknown };

function settle(sent: Promise<KubernetesResponse>): Promise<Outcome> {
  return sent.then(
    (response): Outcome => ({ kind: "answered", response }),
    (error: unknown): Outcome => ({ kind: "failed", error }),
  );
}

function unwrap(outcome: Outcome): KubernetesResponse {
  if (outcome.kind === "answered") return outcome.response;
  throw outcome.error;
}

/** `undefined` when there is nothing to try again. */
function waitOf(outcome: Outcome, isRead: boolean, usual: number): number | undefined {
  if (outcome.kind === "failed") {
    const { error } = outcome;
    const isLost = KubernetesError.is(error) && ["unavailable", "timeout"].includes(error.code);
    return isRead && isLost ? usual : undefined;
  }
  const { status, retryAfterSeconds } = outcome.response;
  const asked = retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1000;
  // The server did not begin with these, so that a write is safe too.
  if (status === 429 || (status === 503 && asked !== undefined)) return asked ?? usual;
  return isRead && status >= 500 ? usual : undefined;
}
