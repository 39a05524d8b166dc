import type { CancelSignal, Clock } from "@image-updater/core";
import type { KubernetesApi } from "../api/kubernetes-api.js";
import { KubernetesError } from "../api/kubernetes-error.js";

/** What reading and writing an object needs. */
export interface ObjectWriter {
  readonly api: KubernetesApi;
  readonly clock: Clock;
  /** Between 0 and 1, for jitter. */
  readonly random: () => number;
}

const ATTEMPTS = 5;
const FIRST_WAIT_MS = 10;

/** Reads and writes again while others write in between, a few times. */
export async function untilNoConflict<T>(
  { clock, random }: ObjectWriter,
  attempt: () => Promise<T>,
  signal: CancelSignal | undefined,
): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      const isConflict = KubernetesError.is(error) && error.code === "conflict";
      if (!isConflict || count >= ATTEMPTS || signal?.aborted === true) throw error;
      await clock.delay(FIRST_WAIT_MS * 2 ** count * (1 + random()), signal);
    }
  }
}
