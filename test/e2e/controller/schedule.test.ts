import { createTestClock, type TestClock } from "@image-updater/core/testing";
import { describe, expect, it } from "vitest";
import { createScheduler, type Scheduler } from "../../../examples/controller/src/schedule.js";
import type { Scope, Trigger } from "../../../examples/controller/src/trigger.js";

const WEB: Trigger = { kind: "application", namespace: "argocd", name: "web" };
const API: Trigger = { kind: "application", namespace: "argocd", name: "api" };

interface Stage {
  readonly clock: TestClock;
  readonly scheduler: Scheduler;
  /** What ran so far, with the second at which it began. */
  readonly runs: (readonly [number, Scope])[];
  /** Ends the cycle that waits, if cycles wait. */
  release(): void;
  stop(): Promise<void>;
}

function stage(
  intervalMs: number,
  {
    jitter = 0,
    random = 0,
    waits = false,
  }: { jitter?: number; random?: number; waits?: boolean } = {},
): Stage {
  const clock = createTestClock();
  const begin = clock.now().getTime();
  const runs: (readonly [number, Scope])[] = [];
  const ending = new AbortController();
  let release = (): void => undefined;
  const scheduler = createScheduler({
    intervalMs,
    jitter,
    clock,
    random: () => random,
    async run(scope): Promise<void> {
      runs.push([(clock.now().getTime() - begin) / 1000, scope]);
      if (waits) await new Promise<void>((resolve) => (release = resolve));
    },
  });
  const finished = scheduler.start(ending.signal);
  return {
    clock,
    scheduler,
    runs,
    release: () => release(),
    stop: () => {
      ending.abort();
      release();
      return finished;
    },
  };
}

/** Lets everything that can go on do so. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe("the schedule", () => {
  it("runs at once and after each interval", async () => {
    const { clock, runs, stop } = stage(60_000);
    await settle();
    for (const step of [30_000, 30_000, 60_000]) {
      clock.advance(step);
      await settle();
    }
    expect(runs.map(([at]) => at)).toEqual([0, 60, 120]);
    await stop();
  });

  it("counts the interval from the end of a cycle", async () => {
    const { clock, runs, release, stop } = stage(60_000, { waits: true });
    await settle();
    clock.advance(45_000);
    release();
    await settle();
    clock.advance(59_000);
    await settle();
    expect(runs).toHaveLength(1);
    clock.advance(1_000);
    await settle();
    expect(runs.map(([at]) => at)).toEqual([0, 105]);
    await stop();
  });

  it("draws out the interval by its jitter", async () => {
    const { clock, runs, stop } = stage(60_000, { jitter: 0.5, random: 0.5 });
    await settle();
    clock.advance(74_000);
    await settle();
    expect(runs).toHaveLength(1);
    clock.advance(1_000);
    await settle();
    expect(runs).toHaveLength(2);
    await stop();
  });

  it("runs for a trigger at once, without moving the next whole cycle", async () => {
    const { clock, runs, scheduler, stop } = stage(60_000);
    await settle();
    clock.advance(20_000);
    scheduler.trigger(WEB);
    await settle();
    clock.advance(40_000);
    await settle();
    expect(runs).toEqual([
      [0, "everything"],
      [20, [WEB]],
      [60, "everything"],
    ]);
    await stop();
  });

  it("runs once for all triggers that come during a cycle, each once", async () => {
    const { runs, scheduler, release, stop } = stage(60_000, { waits: true });
    await settle();
    for (const trigger of [WEB, API, { ...WEB }]) scheduler.trigger(trigger);
    await settle();
    expect(runs).toHaveLength(1);
    release();
    await settle();
    expect(runs[1]?.[1]).toEqual([WEB, API]);
    release();
    await settle();
    expect(runs).toHaveLength(2);
    await stop();
  });

  it("has a whole cycle take over triggers that wait for the same moment", async () => {
    const { clock, runs, scheduler, release, stop } = stage(60_000, { waits: true });
    await settle();
    release();
    await settle();
    scheduler.trigger(WEB);
    await settle();
    scheduler.trigger(API);
    clock.advance(60_000);
    release();
    await settle();
    expect(runs.map(([, scope]) => scope)).toEqual(["everything", [WEB], "everything"]);
    await stop();
  });

  it("runs for triggers only when the interval is negative", async () => {
    const { clock, runs, scheduler, stop } = stage(-1);
    await settle();
    clock.advance(86_400_000);
    await settle();
    expect(runs).toEqual([]);
    scheduler.trigger(WEB);
    await settle();
    expect(runs.map(([, scope]) => scope)).toEqual([[WEB]]);
    await stop();
  });

  it("ends when it is stopped, after the cycle that runs, and begins no other", async () => {
    const { runs, scheduler, stop } = stage(60_000, { waits: true });
    await settle();
    scheduler.trigger(WEB);
    await stop();
    expect(runs).toHaveLength(1);
  });
});
