import { growingPause, retry, type Outcome } from "@image-updater/http";
import { expect, it } from "vitest";

interface Run {
  readonly result: Promise<number>;
  readonly seen: readonly Outcome<number>[];
  readonly waited: readonly number[];
}

function run(outcomes: readonly (number | Error)[], waits: readonly number[]): Run {
  const seen: Outcome<number>[] = [];
  const waited: number[] = [];
  let attempts = 0;
  const result = retry(
    async () => {
      const outcome = outcomes[attempts] ?? 0;
      attempts += 1;
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
    {
      waitAfter: (outcome, count) => {
        expect(count).toBe(seen.length);
        seen.push(outcome);
        return waits[count];
      },
      delay: async (ms) => void waited.push(ms),
      signal: undefined,
    },
  );
  return { result, seen, waited };
}

it("attempts until the policy names no wait, and answers with the last value", async () => {
  const { result, seen, waited } = run([1, new Error("lost"), 3, 4], [10, 20]);
  expect(await result).toBe(3);
  expect(seen.map(({ kind }) => kind)).toEqual(["answered", "failed", "answered"]);
  expect(waited).toEqual([10, 20]);
});

it("throws what the last attempt threw", async () => {
  const { result } = run([1, new Error("lost")], [0]);
  await expect(result).rejects.toThrow("lost");
});

it.each([
  [0, 0, 250],
  [0, 0.5, 500],
  [1, 0.5, 1000],
  [3, 1, 6000],
  [6, 0.5, 30_000],
  [2000, 0.5, 30_000],
])("pauses after %i attempts, by chance %d, for %i ms", (count, random, ms) => {
  expect(growingPause(count, random)).toBe(ms);
});
