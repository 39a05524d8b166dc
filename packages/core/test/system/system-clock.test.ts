import { afterEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../src/system/system-clock.js";
import { clockContract } from "../../src/testing/port-contracts.js";

describe("systemClock keeps the Clock contract", () => {
  for (const { name, run } of clockContract(systemClock)) it(name, run);
});

describe("systemClock", () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("tells the host's time", () => {
    vi.useFakeTimers({ now: new Date("2024-06-01T00:00:00Z") });
    expect(systemClock().now().toISOString()).toBe("2024-06-01T00:00:00.000Z");
  });

  it("ends a delay when its signal is aborted, and leaves no timer behind", async () => {
    vi.useFakeTimers();
    const abort = new AbortController();
    const delay = systemClock().delay(60_000, abort.signal);
    expect(vi.getTimerCount()).toBe(1);
    abort.abort();
    await delay;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("takes its listener off the signal when a delay is over", async () => {
    vi.useFakeTimers();
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, "removeEventListener");
    const delay = systemClock().delay(1000, signal);
    await vi.advanceTimersByTimeAsync(1000);
    await delay;
    expect(removed).toHaveBeenCalledTimes(1);
  });

  it("waits longer than the longest timer that hosts have", async () => {
    vi.useFakeTimers();
    const days = 24 * 3_600_000;
    const over = vi.fn<() => void>();
    const delay = systemClock()
      .delay(60 * days)
      .then(over);
    await vi.advanceTimersByTimeAsync(59 * days);
    expect(over).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(days);
    await delay;
    expect(over).toHaveBeenCalledTimes(1);
  });

  it("says what to do on a host without timers", () => {
    vi.stubGlobal("setTimeout", undefined);
    expect(() => void systemClock().delay(1)).toThrow(/pass a clock of your own/u);
  });
});
