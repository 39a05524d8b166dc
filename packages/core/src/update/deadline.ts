import type { CancelSignal } from "../ports/cancel-signal.js";
import type { Clock } from "../ports/clock.js";
import { createCancelSource, createPlainSource } from "./cancel-source.js";
import { onAbort } from "./on-abort.js";

/** How long a port is waited for. */
export interface Deadline {
  readonly clock: Clock;
  readonly ms: number;
  /** Aborts the call. */
  readonly signal?: CancelSignal | undefined;
  /** What an aborted signal does to the wait: ends it at once (default), or leaves it to the port. */
  readonly onAbort?: "end" | "wait" | undefined;
  /** The longest that a call may say that it waits for its turn, in milliseconds. Default: not at all. */
  readonly turnMs?: number | undefined;
  /** Makes the error to throw instead of the port's answer. */
  readonly failure: (code: "timeout" | "cancelled") => Error;
}

/** What a call is told about its deadline. */
export interface DeadlineCall {
  /** Aborted with the caller's signal, and when the call is given up. */
  readonly signal: CancelSignal;
  /** Stops the deadline while the call waits for its own turn; what it answers lets it go on. */
  readonly pauseDeadline: () => () => void;
}

/** Defaults of the updater's `timeouts`, in milliseconds. docs/deadlines.md has them, too. */
export const DEFAULT_TIMEOUTS = {
  registry: 120_000,
  turn: 3_600_000,
  cache: 5000,
  readSource: 10_000,
  writeBack: 300_000,
} as const;

/** The longest delay that every host's timers can keep. */
export const LONGEST_DELAY: number = 2 ** 31 - 1;

/**
 * Does the work, and waits for it until the deadline; leaves no delay pending.
 *
 * Work that is given up has its signal aborted. A port that does not listen to it goes on for itself;
 * what it says then is not heard.
 */
export function withDeadline<T>(
  deadline: Deadline,
  work: (call: DeadlineCall) => Promise<T>,
): Promise<T> {
  const { clock, ms, signal, onAbort: abortMeans = "end", turnMs = 0, failure } = deadline;
  if (isAborted(signal)) return Promise.reject(failure("cancelled"));
  return new Promise<T>((resolve, reject) => {
    const call = createCancelSource();
    const answer = createTimer(clock, ms, () => giveUp("timeout"));
    const turn = createTimer(clock, turnMs, () => giveUp("timeout"));
    const stopListening = onAbort(signal, () => {
      if (abortMeans === "end") giveUp("cancelled");
      else call.abort();
    });
    function end(): void {
      stopListening();
      answer.stop();
      turn.stop();
    }
    function giveUp(code: "timeout" | "cancelled"): void {
      end();
      // Before the abort: a port that listens to it rejects with an error that says less.
      reject(failure(code));
      call.abort();
    }
    let pauses = 0;
    function pauseDeadline(): () => void {
      let isOver = turnMs <= 0;
      if (isOver) return () => undefined;
      pauses += 1;
      if (pauses === 1) {
        answer.stop();
        turn.start();
      }
      return () => {
        if (isOver) return;
        isOver = true;
        pauses -= 1;
        if (pauses > 0) return;
        turn.stop();
        answer.start();
      };
    }
    answer.start();
    void hear(() => work({ signal: call.signal, pauseDeadline }), {
      resolve(value: T): void {
        end();
        resolve(value);
      },
      reject(error: unknown): void {
        end();
        reject(error);
      },
    });
  });
}

/** A port that throws before it promises anything has failed like any other. */
async function hear<T>(
  work: () => Promise<T>,
  { resolve, reject }: { resolve(value: T): void; reject(error: unknown): void },
): Promise<void> {
  try {
    resolve(await work());
  } catch (error) {
    reject(error);
  }
}

interface Timer {
  start(): void;
  /** What is left of the time is kept for the next start. */
  stop(): void;
}

function createTimer(clock: Clock, ms: number, onEnd: () => void): Timer {
  let left = ms;
  let running: { readonly since: number; abort(): void } | undefined;
  return {
    start(): void {
      const delay = createPlainSource();
      running = { since: clock.now().getTime(), abort: delay.abort };
      const isOver = (): void => {
        if (!delay.signal.aborted) onEnd();
      };
      void clock.delay(Math.min(left, LONGEST_DELAY), delay.signal).then(isOver, isOver);
    },
    stop(): void {
      if (running === undefined) return;
      left -= clock.now().getTime() - running.since;
      running.abort();
      running = undefined;
    },
  };
}

function isAborted(signal: CancelSignal | undefined): boolean {
  return signal?.aborted === true;
}
