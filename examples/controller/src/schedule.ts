import type { Clock } from "@image-updater/core";
import type { Scope, Trigger } from "./trigger.js";

/** When cycles run. */
export interface Schedule {
  /** From the end of a whole cycle to the next; negative: triggers only. */
  readonly intervalMs: number;
  /** By which part of the interval, at most, each wait is drawn out. */
  readonly jitter: number;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Does the work; two never run at the same time. Must not throw. */
  run(scope: Scope, signal: AbortSignal): Promise<void>;
}

/** A running schedule. */
export interface Scheduler {
  /** Runs cycles until the signal is aborted; the cycle that then runs is waited for. */
  start(signal: AbortSignal): Promise<void>;
  /** Asks for a cycle over what the trigger is about, as soon as no other cycle runs. */
  trigger(trigger: Trigger): void;
}

/**
 * Runs a cycle over everything at once and after each interval, and in between one for all triggers
 * that came meanwhile, which does not move the next whole one.
 */
export function createScheduler(schedule: Schedule): Scheduler {
  const { clock } = schedule;
  const pending = new Map<string, Trigger>();
  let wake = new AbortController();

  async function start(signal: AbortSignal): Promise<void> {
    let due = schedule.intervalMs < 0 ? Number.POSITIVE_INFINITY : clock.now().getTime();
    while (!signal.aborted) {
      wake = new AbortController();
      if (clock.now().getTime() >= due) {
        // What was asked for is part of everything.
        pending.clear();
        await schedule.run("everything", signal);
        due = clock.now().getTime() + nextWait(schedule);
      } else if (pending.size > 0) {
        const triggers = [...pending.values()];
        pending.clear();
        await schedule.run(triggers, signal);
      } else {
        const left = Math.min(due - clock.now().getTime(), LONGEST_WAIT_MS);
        await clock.delay(left, AbortSignal.any([signal, wake.signal]));
      }
    }
  }

  return {
    start,
    trigger(trigger): void {
      pending.set(JSON.stringify(trigger), trigger);
      wake.abort();
    },
  };
}

const LONGEST_WAIT_MS = 3_600_000;

function nextWait({ intervalMs, jitter, random }: Schedule): number {
  return intervalMs < 0 ? Number.POSITIVE_INFINITY : intervalMs * (1 + random() * jitter);
}
