import type { Clock } from "@image-updater/core";
import type { AccessMemory } from "./access-memory.js";
import type { KubernetesRequest, KubernetesResponse } from "./kubernetes-api.js";
import { KubernetesError } from "./kubernetes-error.js";

/** How often, and by which clock. */
export interface RetryPolicy {
  readonly retries: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly access: AccessMemory;
}

/** A server that wants to be left alone for longer is reported instead. */
const LONGEST_WAIT_MS = 30_000;

/** Sends again what may be sent again, with growing waits, or those that the server asks for. */
export async function withRetries(
  send: () => Promise<KubernetesResponse>,
  request: KubernetesRequest,
  { retries, clock, random, access }: RetryPolicy,
): Promise<KubernetesResponse> {
  const { signal } = request;
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await settle(send());
    const usual = 500 * 2 ** attempt * (1 + random());
    const mayPass = access.mayPass(request);
    remember(access, request, outcome);
    const wait = waitOf(outcome, { isRead: request.method === "GET", usual, mayPass });
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

function remember(access: AccessMemory, request: KubernetesRequest, outcome: Outcome): void {
  if (outcome.kind === "answered") access.sawAnswer(request, outcome.response.status);
  else if (isLost(outcome.error)) access.sawTrouble();
}

function isLost(error: unknown): boolean {
  return KubernetesError.is(error) && ["unavailable", "timeout"].includes(error.code);
}

interface Waits {
  readonly isRead: boolean;
  readonly usual: number;
  /** Whether a refusal may be a moment's. */
  readonly mayPass: boolean;
}

/** `undefined` when there is nothing to try again. */
function waitOf(outcome: Outcome, { isRead, usual, mayPass }: Waits): number | undefined {
  if (outcome.kind === "failed") return isRead && isLost(outcome.error) ? usual : undefined;
  const { status, retryAfterSeconds } = outcome.response;
  const asked = retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1000;
  // The server did not begin with these, so that a write is safe too.
  if (status === 429 || (status === 503 && asked !== undefined)) return asked ?? usual;
  if (status === 401 || status === 403) return mayPass ? usual : undefined;
  return isRead && status >= 500 ? usual : undefined;
}
