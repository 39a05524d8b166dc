import { describe, expect, it } from "vitest";
import { createTestClock } from "../../src/testing/index.js";

describe("a test's clock", () => {
  it("stands still until it is moved", () => {
    const clock = createTestClock();
    expect(clock.now().toISOString()).toBe("2024-01-01T00:00:00.000Z");
    clock.advance(1500);
    expect(clock.now().toISOString()).toBe("2024-01-01T00:00:01.500Z");
    expect(createTestClock("2030-05-06T00:00:00Z").now().getUTCFullYear()).toBe(2030);
  });

  it("ends the delays that are over, and no other", async () => {
    const clock = createTestClock();
    const ended: number[] = [];
    const delays = [10, 20, 30].map((ms) => clock.delay(ms).then(() => ended.push(ms)));
    expect(clock.pending).toBe(3);
    clock.advance(20);
    await Promise.all(delays.slice(0, 2));
    expect(ended).toEqual([10, 20]);
    expect(clock.pending).toBe(1);
    clock.advance(10);
    await Promise.all(delays);
    expect(clock.pending).toBe(0);
  });

  it.each([
    ["a signal that is aborted already", AbortSignal.abort(), 1000],
    ["no time at all", undefined, 0],
  ])("does not wait for %s", async (_name, signal, ms) => {
    const clock = createTestClock();
    await clock.delay(ms, signal);
    expect(clock.pending).toBe(0);
  });

  it("ends a delay whose signal is aborted later", async () => {
    const clock = createTestClock();
    const controller = new AbortController();
    const delay = clock.delay(1000, controller.signal);
    expect(clock.pending).toBe(1);
    controller.abort();
    await delay;
    expect(clock.pending).toBe(0);
    expect(clock.now().toISOString()).toBe("2024-01-01T00:00:00.000Z");
  });
});
