import { setImmediate } from "node:timers/promises";
import { ProtocolError } from "../protocol-error.js";

/** What a pack may cost; a server is not trusted with memory or time. */
export interface PackLimits {
  readonly objects: number;
  /** For one object, inflated. */
  readonly objectBytes: number;
  /** For all that is inflated while the pack is read, bases of deltas more than once. */
  readonly totalBytes: number;
}

/** Counts what is inflated. */
export interface PackMeter {
  /**
   * Adds bytes; answers a promise when it is time to let others work.
   *
   * Throws `too-large` over the limit; the promise rejects when the signal is aborted.
   */
  spend(bytes: number): Promise<void> | undefined;
}

const BYTES_BETWEEN_PAUSES = 4 * 1024 * 1024;
/** Small objects cost time, too. */
const BYTES_PER_OBJECT = 512;

/** A meter for one pack. */
export function createPackMeter({ totalBytes }: PackLimits, signal?: AbortSignal): PackMeter {
  let spent = 0;
  let sincePause = 0;
  return {
    spend: (bytes) => {
      spent += bytes;
      if (spent > totalBytes) {
        const message = `a pack holds more than the ${totalBytes} bytes that are allowed`;
        throw new ProtocolError(message, undefined, "too-large");
      }
      sincePause += bytes + BYTES_PER_OBJECT;
      if (sincePause < BYTES_BETWEEN_PAUSES) return undefined;
      sincePause = 0;
      return setImmediate(undefined, { signal });
    },
  };
}
