import type { Clock } from "@image-updater/core";
import type { ChangedValue } from "./changed-values.js";

/** When to stop writing what others put back. */
export interface RevertSettings {
  /** How often a value may be put back before it is written no more. Default: 2. */
  readonly limit?: number | undefined;
  /** How long after the last time all is forgotten. Default: one day. */
  readonly forgetAfterMs?: number | undefined;
  /** Applications to remember; the ones that were not written for longest go first. Default: 10 000. */
  readonly maxApplications?: number | undefined;
}

/** A value that was put back too often. */
export interface FoughtValue extends ChangedValue {
  /** How often it was put back. */
  readonly times: number;
}

/** Remembers what was written, to see when it is gone again. */
export interface RevertMemory {
  /**
   * Counts which of the values that differ were written before and now are what they had been, and
   * answers those that are not to be written again.
   */
  review(application: string, values: readonly ChangedValue[]): readonly FoughtValue[];
  /** Notes what was written. */
  remember(application: string, values: readonly ChangedValue[]): void;
}

/** What was written last in one place. */
interface Written {
  readonly before: string | undefined;
  readonly after: string;
  /** Whether it is not known yet to have been put back. */
  readonly stands: boolean;
  /** Towards the limit. */
  readonly count: number;
  /** Ever, until it is forgotten. */
  readonly times: number;
  readonly at: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * A {@link RevertMemory} for as many Applications as the settings say.
 *
 * A value was put back when it was written and the place holds again what it held before. Another value
 * for the place starts anew, but where there had been a fight up to the limit, one more time is enough.
 */
export function createRevertMemory(
  settings: RevertSettings & { readonly clock: Clock },
): RevertMemory {
  const { clock, forgetAfterMs = DAY_MS, maxApplications = 10_000 } = settings;
  const limit = Math.max(settings.limit ?? 2, 1);
  const applications = new Map<string, Map<string, Written>>();

  /** What is remembered of an Application, without what is too old. */
  function recall(application: string): Map<string, Written> {
    const places = applications.get(application) ?? new Map<string, Written>();
    const oldest = clock.now().getTime() - forgetAfterMs;
    for (const [place, { at }] of places) if (at < oldest) places.delete(place);
    if (places.size === 0) applications.delete(application);
    return places;
  }

  function countFor(written: Written, { after }: ChangedValue): number {
    return written.after === after ? written.count : Math.min(written.count, limit - 1);
  }

  return {
    review(application, values) {
      const places = recall(application);
      return values.flatMap((value): readonly FoughtValue[] => {
        const last = places.get(value.place);
        if (last === undefined) return [];
        const isBack = last.stands && last.before === value.before;
        const written = isBack ? putBack(last, clock) : last;
        places.set(value.place, written);
        if (countFor(written, value) < limit) return [];
        return [{ ...value, times: written.times }];
      });
    },
    remember(application, values) {
      const places = recall(application);
      for (const value of values) {
        const { before, after, place } = value;
        const last = places.get(place);
        const count = last === undefined ? 0 : countFor(last, value);
        const at = clock.now().getTime();
        places.set(place, { before, after, stands: true, count, times: last?.times ?? 0, at });
      }
      applications.delete(application);
      if (places.size > 0) applications.set(application, places);
      const [longest] = applications.keys();
      if (applications.size > maxApplications && longest !== undefined)
        applications.delete(longest);
    },
  };
}

function putBack(last: Written, clock: Clock): Written {
  const at = clock.now().getTime();
  return { ...last, stands: false, count: last.count + 1, times: last.times + 1, at };
}
