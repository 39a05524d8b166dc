import type { CancelSignal } from "@image-updater/core";
import type { Call } from "./call.js";
import { createSharedPause, type SharedPause } from "./shared-pause.js";

/** What work is told of those who wait for it. */
export interface FlightCall extends Call {
  readonly signal: CancelSignal;
}

/** Merges equal work that is asked for at the same time. */
export interface SingleFlight<T> {
  /**
   * The result of the work under way for the key, or of `work`, which then is the work under way.
   *
   * A caller whose signal is aborted gets `undefined` and leaves the others alone; the work's own signal
   * is aborted when the last caller has gone. While the work waits for its turn, the deadlines of all
   * its callers stand still.
   */
  run(key: string, work: (call: FlightCall) => Promise<T>, caller?: Call): Promise<T | undefined>;
}

interface Flight<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  readonly pause: SharedPause;
  callers: number;
}

/** Work is merged within one of these only. */
export function createSingleFlight<T>(): SingleFlight<T> {
  const flights = new Map<string, Flight<T>>();

  function start(key: string, work: (call: FlightCall) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const pause = createSharedPause();
    const { signal } = controller;
    const flight: Flight<T> = {
      controller,
      pause,
      callers: 0,
      result: work({ signal, pauseDeadline: pause.begin }).finally(() => land(key, flight)),
    };
    // A caller that has gone does not look at the failure of what it left.
    flight.result.catch(ignore);
    flights.set(key, flight);
    return flight;
  }

  function land(key: string, flight: Flight<T>): void {
    if (flights.get(key) === flight) flights.delete(key);
  }

  return {
    async run(key, work, { signal, pauseDeadline } = {}): Promise<T | undefined> {
      if (signal?.aborted === true) return undefined;
      const flight = flights.get(key) ?? start(key, work);
      flight.callers += 1;
      const leave = flight.pause.join(pauseDeadline);
      try {
        return await untilAborted(flight.result, signal);
      } finally {
        leave();
        flight.callers -= 1;
        if (flight.callers === 0) {
          land(key, flight);
          flight.controller.abort();
        }
      }
    },
  };
}

async function untilAborted<T>(
  result: Promise<T>,
  signal: CancelSignal | undefined,
): Promise<T | undefined> {
  if (signal === undefined) return result;
  let stop = ignore;
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function ignore(): void {}
