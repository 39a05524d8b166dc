import type { CancelSignal } from "../ports/cancel-signal.js";
import type { Clock } from "../ports/clock.js";

/** What this file needs of any JavaScript host: Node, Deno, Bun, browsers and workers have it. */
interface Host {
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

/** The abort events that every host's signal has. */
interface AbortEvents {
  addEventListener(type: "abort", listener: () => void, options: { once: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** The longest wait that hosts keep; they end a longer one at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The host's clock and timers. A pending delay keeps the process alive until it is over or cancelled. */
export function systemClock(): Clock {
  return {
    now(): Date {
      return new Date();
    },
    delay(ms: number, signal?: CancelSignal): Promise<void> {
      const host: Host = hostTimers();
      if (signal?.aborted === true) return Promise.resolve();
      return new Promise((resolve) => {
        const events = abortEvents(signal);
        let handle: unknown;
        const finish = (): void => {
          host.clearTimeout(handle);
          events?.removeEventListener("abort", finish);
          resolve();
        };
        const wait = (left: number): void => {
          const step = Math.min(left, LONGEST_TIMER_MS);
          handle = host.setTimeout(() => (step < left ? wait(left - step) : finish()), step);
        };
        wait(ms);
        events?.addEventListener("abort", finish, { once: true });
      });
    },
  };
}

function hostTimers(): Host {
  const host: object = globalThis;
  if (isHost(host)) return host;
  throw new TypeError("this host has no timers; pass a clock of your own");
}

function isHost(value: object): value is Host {
  return "setTimeout" in value && typeof value.setTimeout === "function";
}

function abortEvents(signal: CancelSignal | undefined): AbortEvents | undefined {
  const value: object | undefined = signal;
  return value !== undefined && isAbortEvents(value) ? value : undefined;
}

function isAbortEvents(value: object): value is AbortEvents {
  return "addEventListener" in value && typeof value.addEventListener === "function";
}
