import { setImmediate } from "node:timers/promises";
import { WriteBackError, type Clock, type WriteBackErrorCode } from "@image-updater/core";
import { describe, expect, it } from "vitest";
import { DEFAULT_DEADLINE_MS, retryUntilDeadline, type RetryLimits } from "../src/retry.js";

const failure = (code: WriteBackErrorCode): WriteBackError =>
  new WriteBackError(code, code, { target: "t" });

/** Limits on a clock that only pauses move. */
function limits(deadlineMs: number): RetryLimits & { readonly pauses: number[] } {
  let time = 0;
  const pauses: number[] = [];
  const delay = async (ms: number): Promise<void> => {
    pauses.push(ms);
    time += ms;
  };
  const clock = { now: () => new Date(time), delay };
  return { target: "t", clock, random: () => 0.5, deadlineMs, signal: undefined, pauses };
}

async function attempts(
  given: RetryLimits,
  code: WriteBackErrorCode,
): Promise<readonly [number, unknown]> {
  let count = 0;
  const end = await retryUntilDeadline(given, async () => {
    count += 1;
    return { kind: "again", error: failure(code) };
  }).catch((error: unknown) => (WriteBackError.is(error) ? error.code : error));
  return [count, end];
}

it("tries a lost race until the deadline, with pauses that grow to a limit", async () => {
  const given = limits(10_000);
  const [count, end] = await attempts(given, "conflict");
  expect(end).toBe("conflict");
  expect(count).toBeGreaterThan(10);
  expect(given.pauses.slice(0, 6)).toEqual([50, 100, 200, 400, 800, 1000]);
  expect(given.pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(10_000);
});

it.each(["unavailable", "timeout", "invalid-response"] as const)(
  "tries %s three times",
  async (code) => {
    expect(await attempts(limits(60_000), code)).toEqual([3, code]);
  },
);

it("tries once when there is no time", async () => {
  expect(await attempts(limits(0), "conflict")).toEqual([1, "conflict"]);
});

it.each([
  ["rejected", 1],
  ["unauthorized", 1],
  ["unavailable", 3],
] as const)("lets a thrown %s end it after %i", async (code, expected) => {
  let count = 0;
  const end = retryUntilDeadline(limits(60_000), () => {
    count += 1;
    return Promise.reject(failure(code));
  });
  await expect(end).rejects.toMatchObject({ code });
  expect(count).toBe(expected);
});

it("stops between attempts when it is cancelled", async () => {
  const controller = new AbortController();
  const end = retryUntilDeadline({ ...limits(60_000), signal: controller.signal }, async () => {
    controller.abort();
    return { kind: "again", error: failure("conflict") };
  });
  await expect(end).rejects.toMatchObject({ code: "cancelled" });
});

describe("the pause after a lost race", () => {
  /** Pauses of a writer whose attempts take a time, at most as long as they may be. */
  const pausesOf = async (tookMs: number, ahead: readonly number[]): Promise<readonly number[]> => {
    let time = 0;
    const pauses: number[] = [];
    const clock = {
      now: () => new Date(time),
      delay: async (ms: number): Promise<void> => {
        pauses.push(ms);
      },
    };
    const left = [...ahead];
    await retryUntilDeadline({ ...limits(1_000_000), clock, random: () => 1 }, async () => {
      time += tookMs;
      const next = left.shift();
      if (next === undefined) return { kind: "done", value: undefined };
      return { kind: "again", error: failure("conflict"), ahead: next };
    });
    return pauses;
  };

  it("grows with what others pushed meanwhile", async () => {
    const [few = 0] = await pausesOf(1000, [1]);
    const [many = 0] = await pausesOf(1000, [9]);
    expect([few, many]).toEqual([8000, 40_000]);
  });

  it("grows with what an attempt takes", async () => {
    expect(await pausesOf(100, [1])).toEqual([800]);
    expect(await pausesOf(3000, [1])).toEqual([24_000]);
  });

  it("gets shorter for those who wait for long", async () => {
    expect(await pausesOf(1000, [1, 1, 1, 1])).toEqual([
      8000,
      8000 / 2 ** 0.5,
      8000 / 3 ** 0.5,
      4000,
    ]);
  });

  it("leaves time for other attempts before the deadline", async () => {
    const given = limits(10_000);
    let count = 0;
    const end = retryUntilDeadline({ ...given, random: () => 1 }, async () => {
      count += 1;
      await given.clock.delay(4000, undefined);
      return { kind: "again", error: failure("conflict"), ahead: 20 };
    });
    await expect(end).rejects.toMatchObject({ code: "conflict" });
    // An attempt takes 4000 each time; of the 6000 that are left then, no more than a quarter is waited.
    expect(given.pauses).toEqual([4000, 1500, 4000, 200, 4000]);
    expect(count).toBe(3);
  });
});

it("counts failures from the last lost race on, for others arrive meanwhile", async () => {
  const given = limits(600_000);
  const left: WriteBackErrorCode[] = [
    "unavailable",
    "unavailable",
    "conflict",
    "timeout",
    "timeout",
  ];
  const end = retryUntilDeadline(given, async () => {
    const code = left.shift();
    // The race is lost long after a minute.
    if (code === "conflict") await given.clock.delay(120_000, undefined);
    if (code === undefined) return { kind: "done", value: "arrived" };
    return { kind: "again", error: failure(code) };
  });
  expect(await end).toBe("arrived");
});

it("does not try what fails for as long as races", async () => {
  const given = limits(600_000);
  let count = 0;
  const end = retryUntilDeadline(given, async () => {
    count += 1;
    await given.clock.delay(61_000, undefined);
    return { kind: "again", error: failure("timeout") };
  });
  await expect(end).rejects.toMatchObject({ code: "timeout" });
  expect(count).toBe(1);
});

/** Time that goes on to the next moment that anybody waits for, once nobody has anything else to do. */
function sharedTime(): { readonly clock: Clock; run(): Promise<void> } {
  let time = 0;
  const waiting: { readonly at: number; readonly wake: () => void }[] = [];
  const clock: Clock = {
    now: () => new Date(time),
    delay: (ms) => new Promise((wake) => waiting.push({ at: time + ms, wake })),
  };
  const run = async (): Promise<void> => {
    for (;;) {
      await setImmediate();
      waiting.sort((one, other) => one.at - other.at);
      const next = waiting.shift();
      if (next === undefined) return;
      time = next.at;
      next.wake();
    }
  };
  return { clock, run };
}

it.each([1, 2, 3, 4, 5])(
  "brings all of ten writers' ten commits each to one branch, %i",
  async (seed) => {
    const random = randomOf(seed);
    const { clock, run } = sharedTime();
    let branch = 0;
    const write = (): Promise<unknown> =>
      retryUntilDeadline({ ...limits(DEFAULT_DEADLINE_MS), clock, random }, async () => {
        const seen = branch;
        // On a machine that is too busy by far.
        await clock.delay(1000 + 1000 * random());
        if (branch !== seen) {
          return { kind: "again", error: failure("conflict"), ahead: branch - seen };
        }
        branch += 1;
        return { kind: "done", value: branch };
      });
    const writers = Array.from({ length: 10 }, async () => {
      for (let count = 0; count < 10; count += 1) await write();
    });
    const all = Promise.all(writers);
    await run();
    await all;
    expect(branch).toBe(100);
  },
);

/** Numbers from 0 to 1 that are the same every time (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
