import type { CancelSignal, Clock } from "@image-updater/core";
import { createSingleFlight, type FlightCall } from "@image-updater/registry-oci/http";

/** Something that is good for a time. */
export interface Expiring<T> {
  readonly value: T;
  /** Milliseconds since the epoch; without it the value is not kept at all. */
  readonly expiresAt?: number | undefined;
}

/** How long before its end a value is replaced: the shorter of the two. */
export interface RenewalMargin {
  readonly ms: number;
  /** A part of the life that was left when the value came. */
  readonly share: number;
}

/** Values by key, each fetched once for all who wait for it, and again before it expires. */
export interface ExpiringCache<T> {
  /**
   * The value kept, or the one `fetch` brings; `undefined` when `signal` was aborted.
   *
   * When a renewal fails, the old value is good until its end.
   */
  read(
    key: string,
    fetch: (signal: CancelSignal) => Promise<Expiring<T>>,
    signal: CancelSignal | undefined,
  ): Promise<T | undefined>;
  /** Forgets the value when it is older than `ageMs`. */
  forget(key: string, ageMs: number): void;
}

interface Entry<T> {
  readonly value: T;
  readonly fetchedAt: number;
  readonly dueAt: number;
  readonly expiresAt: number;
}

/** An {@link ExpiringCache} that renews by the margin. */
export function createExpiringCache<T>(clock: Clock, margin: RenewalMargin): ExpiringCache<T> {
  const entries = new Map<string, Entry<T>>();
  const flights = createSingleFlight<{ readonly value: T }>();

  function keep(key: string, { value, expiresAt }: Expiring<T>): void {
    if (expiresAt === undefined) return;
    const fetchedAt = clock.now().getTime();
    const early = Math.min(margin.ms, (expiresAt - fetchedAt) * margin.share);
    entries.set(key, { value, fetchedAt, expiresAt, dueAt: expiresAt - early });
  }

  function living(key: string, until: "dueAt" | "expiresAt"): Entry<T> | undefined {
    const entry = entries.get(key);
    return entry !== undefined && clock.now().getTime() < entry[until] ? entry : undefined;
  }

  return {
    async read(key, fetch, signal): Promise<T | undefined> {
      const kept = living(key, "dueAt");
      if (kept !== undefined) return kept.value;
      const fetchAndKeep = async ({
        signal: ended,
      }: FlightCall): Promise<{ readonly value: T }> => {
        const fetched = await fetch(ended);
        keep(key, fetched);
        return fetched;
      };
      try {
        return (await flights.run(key, fetchAndKeep, { signal }))?.value;
      } catch (error) {
        const old = living(key, "expiresAt");
        if (old === undefined) throw error;
        return old.value;
      }
    },
    forget(key, ageMs): void {
      const age = clock.now().getTime() - (entries.get(key)?.fetchedAt ?? 0);
      if (age > ageMs) entries.delete(key);
    },
  };
}
