import { expect, it } from "vitest";
import { createLanes } from "../../src/write/lanes.js";

/** Work that is over when it is told, and what has begun. */
function work(): {
  readonly begun: string[];
  start(lane: string): Promise<string>;
  finish(lane: string, error?: Error): void;
} {
  const run = createLanes(2);
  const begun: string[] = [];
  const endings = new Map<string, (error?: Error) => void>();
  return {
    begun,
    start: (lane) =>
      run(lane, () => {
        begun.push(lane);
        return new Promise((resolve, reject) => {
          endings.set(lane, (error) => (error === undefined ? resolve(lane) : reject(error)));
        });
      }),
    finish: (lane, error) => endings.get(lane)?.(error),
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it("runs a few lanes at once, and each of them one after the other", async () => {
  const { begun, start, finish } = work();
  const results = [start("a"), start("a"), start("b"), start("c")];
  await settled();
  expect(begun).toEqual(["a", "b"]);
  finish("b");
  await settled();
  expect(begun).toEqual(["a", "b", "c"]);
  finish("a");
  await settled();
  expect(begun).toEqual(["a", "b", "c", "a"]);
  finish("a");
  finish("c");
  expect(await Promise.all(results)).toEqual(["a", "a", "b", "c"]);
});

it("never runs more at once than it may, also when some have waited", async () => {
  const run = createLanes(2);
  let now = 0;
  let most = 0;
  const step = async (): Promise<void> => {
    now += 1;
    most = Math.max(most, now);
    await settled();
    now -= 1;
  };
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(["a", "b", "c", "d", "e"].map((lane) => run(lane, step)));
  }
  expect(most).toBe(2);
});

it("goes on after work that failed", async () => {
  const { begun, start, finish } = work();
  const failing = start("a");
  const next = start("a");
  await settled();
  finish("a", new Error("broken"));
  await expect(failing).rejects.toThrow("broken");
  await settled();
  expect(begun).toEqual(["a", "a"]);
  finish("a");
  expect(await next).toBe("a");
});
