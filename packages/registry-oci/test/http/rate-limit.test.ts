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
