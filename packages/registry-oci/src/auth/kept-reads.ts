import type { Clock } from "@image-updater/core";
import { createBoundedMap } from "../http/bounded-map.js";
import type { Call } from "../http/call.js";
import { createSingleFlight, type FlightCall } from "../http/single-flight.js";

const MOST_KEPT = 1000;

/** How something is read. */
export interface ReadOptions extends Call {
  /** What was read within so many milliseconds is good enough. */
  readonly maxAgeMs: number;
  /** Whether what is kept must not be used. */
  readonly isRejected: boolean;
}

/** Reads that are shared by those who ask at the same time, and kept for those who ask soon after. */
export interface KeptReads<T> {
  /** What `read` brings, or brought; `undefined` when `signal` was aborted. A failure is not kept. */
  get(
    key: string,
    read: (call: FlightCall) => Promise<T>,
    options: ReadOptions,
  ): Promise<T | undefined>;
}

/** Nothing is kept at first. */
export function createKeptReads<T>(clock: Clock): KeptReads<T> {
  const flights = createSingleFlight<T>();
  const kept = createBoundedMap<{ readonly value: T; readonly readAt: number }>(MOST_KEPT);
  return {
    async get(key, read, { maxAgeMs, isRejected, ...caller }): Promise<T | undefined> {
      const now = clock.now().getTime();
      const known = isRejected ? undefined : kept.get(key);
      if (known !== undefined && now < known.readAt + maxAgeMs) return known.value;
      const readAndKeep = async (call: FlightCall): Promise<T> => {
        const value = await read(call);
        kept.set(key, { value, readAt: now });
        return value;
      };
      return flights.run(key, readAndKeep, caller);
    },
  };
}
