import type { Clock } from "@image-updater/core";
import { retry, type Outcome } from "@image-updater/http";
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
export function withRetries(
  send: () => Promise<KubernetesResponse>,
  request: KubernetesRequest,
  { retries, clock, random, access }: RetryPolicy,
): Promise<KubernetesResponse> {
  const { signal } = request;
  let hasWaited = false;
  const attempt = async (): Promise<KubernetesResponse> => {
    if (hasWaited && signal?.aborted === true) {
      throw new KubernetesError("cancelled", "the request was cancelled while it waited");
    }
    hasWaited = true;
    return send();
  };
  return retry(attempt, {
    signal,
    delay: (ms, ended) => clock.delay(ms, ended),
    waitAfter: (outcome, count) => {
      const usual = 500 * 2 ** count * (1 + random());
      const mayPass = access.mayPass(request);
      remember(access, request, outcome);
      const wait = waitOf(outcome, { isRead: request.method === "GET", usual, mayPass });
      return wait === undefined || wait > LONGEST_WAIT_MS || count >= retries ? undefined : wait;
    },
  });
}

function remember(
  access: AccessMemory,
  request: KubernetesRequest,
  outcome: Outcome<KubernetesResponse>,
): void {
  if (outcome.kind === "answered") access.sawAnswer(request, outcome.value.status);
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
function waitOf(
  outcome: Outcome<KubernetesResponse>,
  { isRead, usual, mayPass }: Waits,
): number | undefined {
  if (outcome.kind === "failed") return isRead && isLost(outcome.error) ? usual : undefined;
  const { status, retryAfterSeconds } = outcome.value;
  const asked = retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1000;
  // The server did not begin with these, so that a write is safe too.
  if (status === 429 || (status === 503 && asked !== undefined)) return asked ?? usual;
  if (status === 401 || status === 403) return mayPass ? usual : undefined;
  return isRead && status >= 500 ? usual : undefined;
}
