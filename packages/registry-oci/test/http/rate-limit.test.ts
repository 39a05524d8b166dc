import type { Clock } from "@image-updater/core";
import { expect, it } from "vitest";
import { createRateLimit } from "../../src/http/rate-limit.js";
import { createJumpingClock } from "../support/jumping-clock.js";

it("spaces requests evenly", async () => {
  const clock = createJumpingClock();
  const rate = createRateLimit(1, clock);
  for (let count = 0; count < 3; count += 1) await rate.take();
  expect(clock.delays).toEqual([1000, 1000]);
});

it("lets what a pause left unused follow at once, ten at most", async () => {
  const clock = createJumpingClock();
  const rate = createRateLimit(100, clock);
  for (let count = 0; count < 12; count += 1) await rate.take();
  expect(clock.delays).toEqual([10, 10]);
  clock.advance(60_000);
  for (let count = 0; count < 11; count += 1) await rate.take();
  expect(clock.delays).toEqual([10, 10, 10]);
});

it("keeps the rate for requests that wait at the same time", async () => {
  const waits: number[] = [];
  const clock = {
    now: () => new Date(0),
    async delay(ms: number): Promise<void> {
      waits.push(ms);
    },
  };
  const rate = createRateLimit(2, clock);
  await Promise.all([rate.take(), rate.take(), rate.take(), rate.take()]);
  expect(waits).toEqual([500, 1000]);
});

interface SteppedClock extends Clock {
  readonly pending: () => number;
  /** Moves on by so much, and lets delays end that are over by then. */
  step(ms: number): Promise<void>;
}

function createSteppedClock(): SteppedClock {
  let now = 0;
  const delays = new Set<{ readonly end: number; readonly resolve: () => void }>();
  return {
    now: () => new Date(now),
    pending: () => delays.size,
    delay: (ms, signal) =>
      new Promise((done) => {
        const delay = { end: now + ms, resolve: (): void => (delays.delete(delay), done()) };
        delays.add(delay);
        signal?.addEventListener("abort", delay.resolve, { once: true });
      }),
    async step(ms): Promise<void> {
      now += ms;
      for (const delay of delays) if (delay.end <= now) delay.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

it("gives the turn of a call that was given up to another", async () => {
  const clock = createSteppedClock();
  const rate = createRateLimit(1, clock);
  await rate.take();
  const controller = new AbortController();
  const givenUp = Array.from({ length: 50 }, () => rate.take({ signal: controller.signal }));
  await clock.step(0);
  controller.abort();
  await Promise.all(givenUp);
  await clock.step(0);
  expect(clock.pending()).toBe(0);
  let isTaken = false;
  const next = rate.take().then(() => (isTaken = true));
  await clock.step(999);
  expect(isTaken).toBe(false);
  await clock.step(1);
  expect(isTaken).toBe(true);
  await next;
});

it("takes those in turn for whom calls are, and keeps the rate", async () => {
  const clock = createSteppedClock();
  const rate = createRateLimit(1, clock);
  await rate.take();
  const order: string[] = [];
  for (const of of ["big", "big", "big", "small", "big", "other"]) {
    void rate.take({ of }).then(() => order.push(of));
  }
  for (let second = 1; second <= 6; second += 1) {
    await clock.step(1000);
    expect(order).toHaveLength(second);
  }
  expect(order).toEqual(["big", "small", "other", "big", "big", "big"]);
});

it("goes on after all who waited were given up and another came at once", async () => {
  const clock = createSteppedClock();
  const rate = createRateLimit(1, clock);
  await rate.take();
  const controller = new AbortController();
  const givenUp = rate.take({ signal: controller.signal });
  controller.abort();
  let isTaken = false;
  void rate.take().then(() => (isTaken = true));
  await givenUp;
  await clock.step(500);
  expect(isTaken).toBe(false);
  await clock.step(500);
  expect(isTaken).toBe(true);
});
