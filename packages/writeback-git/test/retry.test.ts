import { WriteBackError, type WriteBackErrorCode } from "@image-updater/core";
import { expect, it } from "vitest";
import { retryUntilDeadline, type RetryLimits } from "../src/retry.js";

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
