import type { Clock } from "@image-updater/core";
import { createBoundedMap } from "./bounded-map.js";

const MOST_HOSTS = 1000;
const LONGEST_PAUSE_MS = 86_400_000;

/** Hosts that want to be left alone. */
export interface QuietHosts {
  /** Leaves the host alone for so many milliseconds from now, at most a day; never shortens a pause. */
  silence(host: string, pauseMs: number): void;
  /** Milliseconds until the host may be asked again, 0 when it may. */
  pauseOf(host: string): number;
}

/** No host wants quiet at first. */
export function createQuietHosts(clock: Clock): QuietHosts {
  const ends = createBoundedMap<number>(MOST_HOSTS);

  function pauseOf(host: string): number {
    const pause = (ends.get(host) ?? 0) - clock.now().getTime();
    if (pause > 0) return pause;
    ends.delete(host);
    return 0;
  }

  return {
    pauseOf,
    silence(host, pauseMs): void {
      const pause = Math.min(LONGEST_PAUSE_MS, pauseMs);
      if (pause > pauseOf(host)) ends.set(host, clock.now().getTime() + pause);
    },
  };
}
