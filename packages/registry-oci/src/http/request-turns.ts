import { RegistryError, type Clock } from "@image-updater/core";
import type { TurnCall } from "./call.js";
import type { ConcurrencyGate, Leave } from "./concurrency-gate.js";
import type { HttpRequest } from "./http-message.js";
import type { Patience } from "./patience.js";
import type { QuietHosts } from "./quiet-hosts.js";
import { cancelledError, formatPlace } from "./transport-error.js";

/** Decides when a request may go out. */
export interface RequestTurns {
  /**
   * Waits until the request's host wants no quiet, its rate allows it and there is a place.
   *
   * @throws RegistryError `cancelled`, or `rate-limited` when the quiet lasts longer than the patience.
   */
  take(request: HttpRequest, patience: Patience): Promise<Leave>;
}

/** What turns depend on; `random` is from 0 up to 1, so that not all who waited go at once. */
export interface TurnSettings {
  readonly gate: ConcurrencyGate;
  readonly quiet: QuietHosts;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Turns for all requests that share the gate and the quiet hosts. */
export function createRequestTurns({ gate, quiet, clock, random }: TurnSettings): RequestTurns {
  async function untilHostMayBeAsked(request: HttpRequest, patience: Patience): Promise<void> {
    const { signal, place, url } = request;
    for (let pause = quiet.pauseOf(url.host); pause > 0; pause = quiet.pauseOf(url.host)) {
      if (!patience.allows(pause)) throw leftAlone(request, pause);
      await clock.delay(pause * (1 + random() / 10), signal);
      if (signal?.aborted === true) throw cancelledError(place);
    }
  }

  return {
    async take(request, patience): Promise<Leave> {
      const { url, rate, place } = request;
      const call = turnOf(request, patience);
      for (;;) {
        await untilHostMayBeAsked(request, patience);
        await rate?.take(call);
        const leave = await gate.enter(url.host, call);
        if (leave === undefined) throw cancelledError(place);
        if (quiet.pauseOf(url.host) === 0) return leave;
        // The host said 429 while this request stood in a queue.
        leave();
      }
    },
  };
}

/** Repositories take turns; what a call waits for its own counts neither for it nor for its patience. */
function turnOf({ signal, place, pauseDeadline }: HttpRequest, patience: Patience): TurnCall {
  const of = JSON.stringify([place.host, place.repository]);
  const pauseBoth = (): (() => void) => {
    const ends = [patience.pause(), pauseDeadline?.()];
    return () => ends.forEach((end) => end?.());
  };
  return { signal, of, pauseDeadline: pauseBoth };
}

function leftAlone({ url, place }: HttpRequest, pauseMs: number): RegistryError {
  const retryAfterSeconds = Math.ceil(pauseMs / 1000);
  const pause = `${url.host} said 429 and is left alone for another ${retryAfterSeconds} s`;
  const message = `${formatPlace(place)}: not asked: ${pause}`;
  return new RegistryError("rate-limited", message, { ...place, retryAfterSeconds });
}
